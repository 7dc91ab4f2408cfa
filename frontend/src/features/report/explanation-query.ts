import { queryOptions } from "@tanstack/react-query";
import { readReportExplanation } from "@/api";
import type { Language } from "@/i18n";
import { unwrap } from "@/lib/api-error";
import { reportQuery } from "./report-queries";

export function explanationQuery(interviewId: string, language: Language) {
  return queryOptions({
    // Below the report's key: what makes that stale makes this stale too.
    queryKey: [...reportQuery(interviewId).queryKey, "explanation", language],
    queryFn: () =>
      unwrap(readReportExplanation({ path: { interview_id: interviewId }, query: { language } })),
  });
}
