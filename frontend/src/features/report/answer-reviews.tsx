import { Accordion } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Evidence, Report } from "@/api";
import { Section } from "@/components/section";
import { AnswerReviewBody } from "./answer-review-body";
import styles from "./report.module.css";
import { reviewLabel } from "./review-label";

type Props = { report: Report; onQuote: (evidence: Evidence) => void };

export function AnswerReviews({ report, onQuote }: Props) {
  const { t } = useTranslation();
  const turnOf = (questionId: string) => report.turns.find((turn) => turn.question.id === questionId);
  return (
    <Section title={t("report.answers")}>
      <Accordion variant="separated" radius="lg" multiple order={3} keepMountedMode="display-none">
        {report.answers.map((review) => {
          const turn = turnOf(review.question_id);
          return (
            <Accordion.Item key={review.question_id} value={review.question_id} className={styles.review}>
              <Accordion.Control>
                <span className={styles.reviewHead}>
                  <span className={styles.reviewNumber}>
                    {t("report.answerNumber", { position: turn?.question.position })} ·{" "}
                    {reviewLabel(review, t)}
                  </span>
                  <span className={styles.reviewQuestion}>{turn?.question.text}</span>
                </span>
              </Accordion.Control>
              <Accordion.Panel>
                <AnswerReviewBody review={review} turns={report.turns} onQuote={onQuote} />
              </Accordion.Panel>
            </Accordion.Item>
          );
        })}
      </Accordion>
    </Section>
  );
}
