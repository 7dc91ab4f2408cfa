import { Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { AnswerReview, Evidence, Turn } from "@/api";
import { QuoteLinks } from "./quote-links";
import styles from "./report.module.css";
import { reviewLabel } from "./review-label";

type Props = { review: AnswerReview; turns: readonly Turn[]; onQuote: (evidence: Evidence) => void };

/** What was read in one answer. */
export function AnswerReviewBody({ review, turns, onQuote }: Props) {
  const { t } = useTranslation();
  const isEmpty =
    !review.summary &&
    !review.improved_answer &&
    [review.covered, review.missed, review.points].every(isEmptyList);
  if (isEmpty) return <Text c="dimmed">{reviewLabel(review, t)}</Text>;
  return (
    <Stack gap="lg">
      {review.summary && <Text className="prose kept-lines">{review.summary}</Text>}
      <Lines title={t("report.covered")} lines={review.covered.map((covered) => covered.text)} />
      <Lines title={t("report.missed")} lines={review.missed} />
      {review.points.map((point) => (
        <div key={`${point.kind}${point.text}`}>
          <Text size="sm" fw={600} c={point.kind === "strength" ? "var(--mantine-color-anchor)" : "dimmed"}>
            {point.kind === "strength" ? t("report.pointStrength") : t("report.pointImprovement")}
          </Text>
          <Text className="prose">{point.text}</Text>
          <QuoteLinks evidence={[point.evidence]} turns={turns} onQuote={onQuote} />
        </div>
      ))}
      {review.improved_answer && (
        <div>
          <h4 className={styles.partTitle}>{t("report.improved")}</h4>
          <p className={styles.improved}>{review.improved_answer}</p>
        </div>
      )}
      {review.evaluated_by?.model && (
        <Text size="sm" c="dimmed">
          {t("report.evaluatedBy", { model: review.evaluated_by.model })}
        </Text>
      )}
    </Stack>
  );
}

function Lines({ title, lines }: { title: string; lines: readonly string[] }) {
  if (isEmptyList(lines)) return null;
  return (
    <div>
      <h4 className={styles.partTitle}>{title}</h4>
      <ul className={styles.lines}>
        {lines.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    </div>
  );
}

function isEmptyList(list: readonly unknown[]): boolean {
  return list.length === 0;
}
