import { Button, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Report } from "@/api";
import { Card } from "@/components/card";
import { NoticeAlert } from "@/components/notice-alert";
import { Section } from "@/components/section";
import { formatScore } from "@/lib/format";
import styles from "./report.module.css";
import { ScoreFigure } from "./score-figure";
import { useRetryReport } from "./use-retry-report";

/** The summary in words, then the overall score, or why there is none. */
export function SummarySection({ report }: { report: Report }) {
  const { t } = useTranslation();
  const isReady = report.status === "ready";
  if (!report.summary && !isReady) return null;
  return (
    <Section title={t("report.summary")}>
      {report.summary && (
        <Text size="lg" className="prose kept-lines" lh={1.7}>
          {report.summary}
        </Text>
      )}
      {report.overall_score !== null && (
        <Card>
          <div className={styles.overall}>
            <div>
              <Text size="sm" c="dimmed">
                {t("report.overall")} · {t("report.outOf")}
              </Text>
              <p className={styles.overallScore}>
                <ScoreFigure score={report.overall_score} uncertainty={report.uncertainty} />
              </p>
              {report.superseded_overall !== null && (
                <Text size="sm" c="dimmed" maw={320}>
                  {t("explanation.supersededOverall", { score: formatScore(report.superseded_overall) })}
                </Text>
              )}
            </div>
            <Text size="sm" c="dimmed" className={styles.calibration}>
              {report.is_calibrated ? t("report.calibrated") : t("report.notCalibrated")}
            </Text>
          </div>
        </Card>
      )}
      {isReady && report.overall_score === null && <NotScored report={report} />}
      {isReady && report.overall_score !== null && report.can_retry && (
        <NoticeAlert title={t("report.partlyScoredTitle")} text={t("report.partlyScoredText")}>
          <RetryScoring report={report} />
        </NoticeAlert>
      )}
    </Section>
  );
}

function NotScored({ report }: { report: Report }) {
  const { t } = useTranslation();
  const reason = report.not_scored_reason ?? "not_enough_evidence";
  return (
    <NoticeAlert title={t("report.notScoredTitle")} text={t(`report.notScored.${reason}`)}>
      {report.can_retry && <RetryScoring report={report} />}
    </NoticeAlert>
  );
}

function RetryScoring({ report }: { report: Report }) {
  const { t } = useTranslation();
  const retry = useRetryReport(report.interview_id);
  return (
    <Button size="compact-md" variant="default" loading={retry.isPending} onClick={() => retry.mutate()}>
      {t("report.retryScoring")}
    </Button>
  );
}
