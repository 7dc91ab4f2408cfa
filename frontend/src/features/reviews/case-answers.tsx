import { Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { ReviewCase } from "@/api";
import { Section } from "@/components/section";
import styles from "@/features/report/report.module.css";

/** What was asked, and the answers as far as the candidate lets them be read. */
export function CaseAnswers({ review }: { review: ReviewCase }) {
  const { t } = useTranslation();
  return (
    <Section title={t("reviews.answersTitle")}>
      {!review.shares_transcript && <Text c="dimmed">{t("reviews.noAnswer")}</Text>}
      <ol className={styles.transcript}>
        {review.report.answers.map(
          ({ question_id, position, question, answer, is_skipped, review: judged }) => (
            <li key={question_id}>
              <p className={styles.asked}>
                <span className={styles.position}>{position}</span>
                {question}
              </p>
              {is_skipped && <p className={styles.unanswered}>{t("room.skipped")}</p>}
              {answer && <p className={styles.answered}>{answer}</p>}
              {judged?.summary && (
                <Text size="sm" c="dimmed" mt="xs" className="prose">
                  {judged.summary}
                </Text>
              )}
            </li>
          ),
        )}
      </ol>
    </Section>
  );
}
