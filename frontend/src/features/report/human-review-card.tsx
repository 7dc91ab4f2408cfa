import { Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Review } from "@/api";
import { Card } from "@/components/card";
import { StatusBadge } from "@/components/status-badge";
import { currentLanguage } from "@/i18n";
import { formatDateTime, formatScore } from "@/lib/format";
import styles from "./explanation.module.css";
import { WithdrawReview } from "./withdraw-review";

const TONES = { requested: "waiting", answered: "done", withdrawn: "waiting" } as const;

/** A request for a person's review, what became of it and when. */
export function HumanReviewCard({ review, interviewId }: { review: Review; interviewId: string }) {
  const { t } = useTranslation();
  return (
    <Card>
      <Stack gap="md">
        <div>
          <StatusBadge tone={TONES[review.state]} label={t(`review.state.${review.state}`)} />
          <Text size="sm" c="dimmed" mt="xs" className="figures">
            {useTimes(review).join(" · ")}
          </Text>
        </div>
        <div>
          <Text size="sm" fw={600}>
            {t("review.yours")}
          </Text>
          <p className={styles.reviewText}>{review.text}</p>
          <Text size="sm" c="dimmed" mt={4}>
            {t(review.shares_transcript ? "review.sharedAll" : "review.sharedQuotes")}
          </Text>
        </div>
        {review.answer && <Answer answer={review.answer} />}
        {review.state === "requested" && <WithdrawReview interviewId={interviewId} reviewId={review.id} />}
      </Stack>
    </Card>
  );
}

function useTimes(review: Review): string[] {
  const { t } = useTranslation();
  const said = (iso: string) => ({ date: formatDateTime(iso, currentLanguage()) });
  const lastRead = review.read_at.at(-1);
  return [
    t("review.requestedAt", said(review.requested_at)),
    ...(lastRead ? [t("review.readAt", said(lastRead))] : []),
    ...(!lastRead && review.state === "requested" ? [t("review.notRead")] : []),
    ...(review.withdrawn_at ? [t("review.withdrawnAt", said(review.withdrawn_at))] : []),
    ...(review.answer ? [t("review.answeredAt", said(review.answer.at))] : []),
  ];
}

function Answer({ answer }: { answer: NonNullable<Review["answer"]> }) {
  const { t } = useTranslation();
  return (
    <div>
      <Text size="sm" fw={600}>
        {t("review.answer")} · {t(`review.outcome.${answer.outcome}`)}
      </Text>
      <p className={styles.reviewText}>{answer.text}</p>
      {answer.withdrawn_scores.length > 0 && (
        <>
          <Text size="sm" fw={600} mt="sm">
            {t("review.withdrawn")}
          </Text>
          <ul className={styles.sentences}>
            {answer.withdrawn_scores.map(({ key, title, score }) => (
              <li key={key}>{t("review.withdrawnScore", { title, score: formatScore(score) })}</li>
            ))}
          </ul>
        </>
      )}
    </div>
  );
}
