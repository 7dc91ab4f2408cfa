import { Anchor, Button, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "react-router";
import type { ReviewCase } from "@/api";
import { Card } from "@/components/card";
import { LoadError } from "@/components/load-error";
import { MessagePage } from "@/components/message-page";
import { NoticeAlert } from "@/components/notice-alert";
import { PageSkeleton } from "@/components/page-skeleton";
import { PageTitle } from "@/components/page-title";
import { Section } from "@/components/section";
import styles from "@/features/report/explanation.module.css";
import { currentLanguage } from "@/i18n";
import { errorCode } from "@/lib/api-error";
import { formatDateTime } from "@/lib/format";
import { CaseAnswers } from "./case-answers";
import { CaseScores } from "./case-scores";
import { ReviewAnswerForm } from "./review-answer-form";
import { reviewCaseQuery } from "./review-queries";

/** What a candidate lets an operator read of a report, and the operator's answer. */
export function ReviewCasePage() {
  const { t } = useTranslation();
  const { reviewId = "" } = useParams();
  const { data, error, refetch } = useQuery(reviewCaseQuery(reviewId));
  if (data) return <Case review={data} />;
  if (errorCode(error) === "REVIEW_NOT_OPEN") {
    return (
      <MessagePage title={t("reviews.closedTitle")} text={t("reviews.closedText")}>
        <Button component={Link} to="/operations/reviews">
          {t("reviews.back")}
        </Button>
      </MessagePage>
    );
  }
  return error ? <LoadError error={error} onRetry={refetch} /> : <PageSkeleton />;
}

function Case({ review }: { review: ReviewCase }) {
  const { t } = useTranslation();
  const facts = [
    review.target_role,
    review.scenario_title,
    t("review.requestedAt", { date: formatDateTime(review.requested_at, currentLanguage()) }),
  ];
  return (
    <Stack gap={40} maw={860} mx="auto">
      <div>
        <Anchor component={Link} to="/operations/reviews" size="sm">
          {t("reviews.back")}
        </Anchor>
        <PageTitle title={t("reviews.caseTitle")} />
        <Text c="dimmed" mt={4} className="figures">
          {facts.join(" · ")}
        </Text>
      </div>
      <NoticeAlert text={t("reviews.recorded")} />
      <Section
        title={t("reviews.wish")}
        lead={t(review.shares_transcript ? "reviews.transcriptShared" : "reviews.transcriptHidden")}
      >
        <Card>
          <p className={styles.reviewText}>{review.text}</p>
        </Card>
      </Section>
      <CaseScores review={review} />
      <CaseAnswers review={review} />
      <ReviewAnswerForm review={review} />
    </Stack>
  );
}
