import { Button, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Report } from "@/api";
import { Card } from "@/components/card";
import { ErrorAlert } from "@/components/error-alert";
import { ThinBar } from "@/components/thin-bar";
import { useElapsedSeconds } from "@/lib/use-elapsed";
import { isBeingWritten } from "./use-report";
import { useRetryReport } from "./use-retry-report";

const EXPLAIN_S = 10;

/** What is being done about this report; nothing when it is done. */
export function ReportState({ report }: { report: Report }) {
  const { t } = useTranslation();
  const retry = useRetryReport(report.interview_id);
  const elapsed = useElapsedSeconds(isBeingWritten(report), report.interview_id);

  if (report.status === "failed") {
    return (
      <ErrorAlert title={t("report.failedTitle")} text={t("report.failedText")}>
        <Button size="compact-md" loading={retry.isPending} onClick={() => retry.mutate()}>
          {t("report.retry")}
        </Button>
      </ErrorAlert>
    );
  }
  if (!isBeingWritten(report)) return null;
  const title = report.status === "pending" ? t("report.pendingTitle") : t("report.runningTitle");
  return (
    <Card>
      <Stack gap="sm">
        <Text fw={600} size="lg" role="status">
          {title}
        </Text>
        <ThinBar percent={report.percent} label={title} />
        <Text size="sm" c="dimmed" className="figures">
          {t("report.runningText", { percent: report.percent })}{" "}
          {elapsed >= EXPLAIN_S && t("report.runningLong")}
        </Text>
      </Stack>
    </Card>
  );
}
