import { Button, Group, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconArrowsDiff, IconBraces, IconFileTypePdf } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { exportReport, type Report } from "@/api";
import { ErrorAlert } from "@/components/error-alert";
import { errorText } from "@/i18n/error-text";
import { unwrap } from "@/lib/api-error";
import { saveFile } from "@/lib/save-file";
import styles from "./report.module.css";
import { useReportPdf } from "./use-report-pdf";

/** What can be done with a finished report. */
export function ReportActions({ report }: { report: Report }) {
  const { t } = useTranslation();
  const pdf = useReportPdf(report.interview_id);
  const json = useMutation({
    mutationFn: () => unwrap(exportReport({ path: { interview_id: report.interview_id } })),
    onSuccess: (content) => {
      const file = new Blob([JSON.stringify(content, null, 2)], { type: "application/json" });
      saveFile(file, `interview-report-${report.interview_id}.json`);
    },
    onError: (error) => {
      notifications.show({ color: "red", message: errorText(error) });
    },
  });
  if (report.status !== "ready") return null;
  return (
    <div className={styles.actions}>
      <Group gap="xs">
        <Button
          variant="default"
          leftSection={<IconFileTypePdf size={18} stroke={1.75} />}
          loading={pdf.isPending}
          onClick={() => pdf.mutate()}
        >
          {t("report.pdf")}
        </Button>
        <Button
          variant="default"
          leftSection={<IconBraces size={18} stroke={1.75} />}
          loading={json.isPending}
          onClick={() => json.mutate()}
        >
          {t("report.json")}
        </Button>
        <Button
          component={Link}
          to={`/reports/compare?b=${report.interview_id}`}
          variant="default"
          leftSection={<IconArrowsDiff size={18} stroke={1.75} />}
        >
          {t("report.compare")}
        </Button>
      </Group>
      <Text size="sm" c="dimmed" role="status">
        {pdf.isPending && t("report.pdfMaking")}
        {pdf.isSuccess && t("report.pdfDone")}
      </Text>
      {pdf.isError && (
        <ErrorAlert title={t("report.pdfFailed")} error={pdf.error} onRetry={() => pdf.mutate()} />
      )}
    </div>
  );
}
