import { Stack, Text } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Evidence, Report } from "@/api";
import { PageTitle } from "@/components/page-title";
import { Section } from "@/components/section";
import { currentLanguage } from "@/i18n";
import { formatDateTime } from "@/lib/format";
import { AnswerReviews } from "./answer-reviews";
import { Competencies } from "./competencies";
import { FindingList } from "./finding-list";
import { ReportActions } from "./report-actions";
import { ReportState } from "./report-state";
import { SummarySection } from "./summary-section";
import { Transcript } from "./transcript";
import { Versions } from "./versions";

/** Words first, then what they rest on. Parts that are not there yet are left out until they come. */
export function ReportView({ report }: { report: Report }) {
  const { t } = useTranslation();
  const [shown, setShown] = useState<Evidence | null>(null);
  const showQuote = (evidence: Evidence) => {
    // A new object each time, so that the same quote can be asked for twice.
    setShown({ ...evidence });
  };
  // Where nothing was judged, the transcript already says all that there is.
  const isReviewed = report.answers.some((review) => review.status !== "not_scored");
  return (
    <Stack gap={44} maw={800} mx="auto">
      <div>
        <PageTitle title={t("report.title")} />
        <Text c="dimmed" mt={4} className="figures">
          {formatDateTime(report.finished_at ?? report.created_at, currentLanguage())}
        </Text>
      </div>
      <ReportState report={report} />
      <SummarySection report={report} />
      <FindingList title={t("report.strengths")} kind="strength" findings={report.strengths} />
      <FindingList title={t("report.improvements")} kind="improvement" findings={report.improvements} />
      {report.competencies.length > 0 && <Competencies report={report} onQuote={showQuote} />}
      {isReviewed && <AnswerReviews report={report} onQuote={showQuote} />}
      <Section title={t("report.transcript")}>
        <Transcript turns={report.turns} shown={shown} />
      </Section>
      <ReportActions report={report} />
      <Versions report={report} />
    </Stack>
  );
}
