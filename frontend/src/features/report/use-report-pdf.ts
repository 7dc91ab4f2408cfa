import { useMutation } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { downloadReportPdf, type ReportPdf, readReportPdf, requestReportPdf } from "@/api";
import { ApiError, unwrap } from "@/lib/api-error";
import { saveFile } from "@/lib/save-file";

const LOOK_AGAIN_MS = 700;

/** Ask for the PDF, wait until it is made, and hand it to the browser's downloads. Leaving the page ends the wait. */
export function useReportPdf(interviewId: string) {
  const isGone = useRef(false);
  useEffect(() => {
    isGone.current = false;
    return () => {
      isGone.current = true;
    };
  }, []);

  const path = { interview_id: interviewId };
  return useMutation({
    mutationFn: async () => {
      const body = { utc_offset_min: -new Date().getTimezoneOffset() };
      let pdf: ReportPdf = await unwrap(requestReportPdf({ path, body }));
      while (pdf.state === "pending" && !isGone.current) {
        await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
        pdf = await unwrap(readReportPdf({ path }));
      }
      if (isGone.current) return;
      if (pdf.state !== "ready") throw new ApiError("PDF_FAILED", 200);
      const file = await unwrap(downloadReportPdf({ path, parseAs: "blob" }));
      if (!isGone.current) saveFile(file as Blob, `interview-report-${interviewId}.pdf`);
    },
  });
}
