import { Stack, Text } from "@mantine/core";
import { IconCheck, IconMinus } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { AnswerReview, Evidence, Turn } from "@/api";
import { QuoteLinks } from "./quote-links";
import styles from "./report.module.css";
import { reviewLabel } from "./review-label";
import { StarParts } from "./star-parts";

type Props = { review: AnswerReview; turns: readonly Turn[]; onQuote: (evidence: Evidence) => void };

/** What was read in one answer. */
export function AnswerReviewBody({ review, turns, onQuote }: Props) {
  const { t } = useTranslation();
  const isEmpty =
    !review.summary &&
    !review.improved_answer &&
    [review.covered, review.missed, review.points, review.star].every((list) => list.length === 0);
  if (isEmpty) return <Text c="dimmed">{reviewLabel(review, t)}</Text>;
  return (
    <Stack gap="lg">
      {review.summary && <Text className="prose kept-lines">{review.summary}</Text>}
      <Coverage review={review} turns={turns} onQuote={onQuote} />
      <StarParts parts={review.star} turns={turns} onQuote={onQuote} />
      {review.points.map((point) => (
        <div key={`${point.kind}${point.text}`}>
          <h4 className={styles.partTitle}>
            {point.kind === "strength" ? t("report.pointStrength") : t("report.pointImprovement")}
          </h4>
          <Text className="prose">{point.text}</Text>
          <QuoteLinks evidence={[point.evidence]} turns={turns} onQuote={onQuote} />
        </div>
      ))}
      <Improved review={review} />
      {review.evaluated_by?.model && (
        <Text size="sm" c="dimmed">
          {t("report.evaluatedBy", { model: review.evaluated_by.model })}
          {review.grading_count > 0 && ` · ${t("report.gradings", { count: review.grading_count })}`}
        </Text>
      )}
    </Stack>
  );
}

function Coverage({ review, turns, onQuote }: Props) {
  const { t } = useTranslation();
  if (review.covered.length + review.missed.length === 0) return null;
  return (
    <div className={styles.coverage}>
      <div>
        <h4 className={styles.partTitle}>{t("report.covered")}</h4>
        <ul className={styles.aspects}>
          {review.covered.map(({ text, evidence }) => (
            <li key={text}>
              <IconCheck size={18} stroke={1.75} aria-hidden />
              <div>
                {text}
                <QuoteLinks evidence={evidence ? [evidence] : []} turns={turns} onQuote={onQuote} />
              </div>
            </li>
          ))}
          {review.covered.length === 0 && <li className={styles.unsaid}>{t("report.nothingCovered")}</li>}
        </ul>
      </div>
      <div>
        <h4 className={styles.partTitle}>{t("report.missed")}</h4>
        <ul className={styles.aspects}>
          {review.missed.map((text) => (
            <li key={text}>
              <IconMinus size={18} stroke={1.75} aria-hidden />
              {text}
            </li>
          ))}
          {review.missed.length === 0 && <li className={styles.unsaid}>{t("report.nothingMissed")}</li>}
        </ul>
      </div>
    </div>
  );
}

function Improved({ review }: { review: AnswerReview }) {
  const { t } = useTranslation();
  if (!review.improved_answer && !review.improved_answer_dropped) return null;
  return (
    <div>
      <h4 className={styles.partTitle}>{t("report.improved")}</h4>
      {review.improved_answer ? (
        <p className={styles.improved}>{review.improved_answer}</p>
      ) : (
        <Text size="sm" c="dimmed" className="prose">
          {review.improved_answer_dropped && t(`report.improvedDropped.${review.improved_answer_dropped}`)}
        </Text>
      )}
    </div>
  );
}
