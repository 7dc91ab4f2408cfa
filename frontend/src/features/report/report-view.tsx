import { Stack } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Evidence, Report } from "@/api";
import { Section } from "@/components/section";
import { AnswerReviews } from "./answer-reviews";
import { ClaimsLedger } from "./claims-ledger";
import { Competencies } from "./competencies";
import { DeliverySection } from "./delivery-section";
import { FindingList } from "./finding-list";
import { HowItCameAbout } from "./how-it-came-about";
import { HumanReviewNotice } from "./human-review-notice";
import { HumanReviewSection } from "./human-review-section";
import { NextSteps } from "./next-steps";
import styles from "./report.module.css";
import { ReportHeader } from "./report-header";
import { ReportState } from "./report-state";
import { RoleMatch } from "./role-match";
import { SummarySection } from "./summary-section";
import { Timeline } from "./timeline";
import { type Place, Transcript } from "./transcript";

/** Words first, then what they rest on. Parts that are not there yet are left out until they come. */
export function ReportView({ report }: { report: Report }) {
  const { t } = useTranslation();
  const [shown, setShown] = useState<Place | null>(null);
  // A new object each time, so that the same place can be asked for twice.
  const showQuote = (evidence: Evidence) => setShown({ questionId: evidence.question_id, evidence });
  const showQuestion = (questionId: string) => setShown({ questionId, evidence: null });
  // Where nothing was judged, the transcript already says all that there is.
  const isReviewed = report.answers.some((review) => review.status !== "not_scored");
  const isReady = report.status === "ready";
  return (
    <Stack gap={48} className={styles.report}>
      <ReportHeader report={report} />
      <ReportState report={report} />
      {isReady && <HumanReviewNotice report={report} />}
      <SummarySection report={report} />
      <div className={styles.findingColumns}>
        <FindingList title={t("report.strengths")} kind="strength" findings={report.strengths} />
        <NextSteps report={report} onQuestion={showQuestion} />
      </div>
      {report.competencies.length > 0 && <Competencies report={report} onQuote={showQuote} />}
      <ClaimsLedger report={report} onQuote={showQuote} />
      <RoleMatch report={report} onQuote={showQuote} />
      {isReviewed && <AnswerReviews report={report} onQuote={showQuote} />}
      {isReady && <Timeline report={report} onQuestion={showQuestion} />}
      {isReady && <DeliverySection report={report} />}
      <Section title={t("report.transcript")}>
        <Transcript turns={report.turns} shown={shown} />
      </Section>
      {isReady && <HowItCameAbout report={report} />}
      {isReady && <HumanReviewSection report={report} />}
    </Stack>
  );
}
