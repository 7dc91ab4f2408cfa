import { Skeleton } from "@mantine/core";
import { useQueries } from "@tanstack/react-query";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import type { Interview } from "@/api";
import { Card } from "@/components/card";
import { Section } from "@/components/section";
import { reportQuery } from "@/features/report/report-queries";
import { currentLanguage } from "@/i18n";
import { formatDate } from "@/lib/format";

const ProgressChart = lazy(() => import("./progress-chart"));

const MOST = 12;
const FEWEST_FOR_A_LINE = 2;

/** Overall scores over time. Absent until there are scores to draw; unscored interviews leave no mark. */
export function ProgressSection({ interviews }: { interviews: readonly Interview[] }) {
  const { t } = useTranslation();
  const withReport = interviews.filter((interview) => interview.report_status === "ready").slice(0, MOST);
  const reports = useQueries({ queries: withReport.map((interview) => reportQuery(interview.id)) });
  const points = reports
    .flatMap(({ data }) => (data && data.overall_score !== null ? [data] : []))
    .sort((one, other) => one.created_at.localeCompare(other.created_at))
    .map((report) => ({
      date: formatDate(report.created_at, currentLanguage()),
      score: Math.round(report.overall_score ?? 0),
    }));
  if (points.length < FEWEST_FOR_A_LINE) return null;
  return (
    <Section title={t("home.progress")} lead={t("home.progressText")}>
      <Card>
        <Suspense fallback={<Skeleton height={220} animate={false} />}>
          <ProgressChart points={points} />
        </Suspense>
      </Card>
    </Section>
  );
}
