import { Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { ReviewCase } from "@/api";
import { Section } from "@/components/section";
import { ExplainedScore } from "@/features/report/competency-explanation";
import { Sentences } from "@/features/report/explained";
import styles from "@/features/report/report.module.css";
import { ScoreFigure } from "@/features/report/score-figure";

/** What the report says, and how each score came about. */
export function CaseScores({ review }: { review: ReviewCase }) {
  const { t } = useTranslation();
  const { report, explanation } = review;
  return (
    <Section title={t("reviews.scores")}>
      {report.summary && <Text className="prose kept-lines">{report.summary}</Text>}
      <Sentences sentences={explanation.sentences} />
      <ul className={styles.rows}>
        {report.competencies.map((item) => {
          const explained = explanation.competencies.find(({ key }) => key === item.key);
          return (
            <li key={item.key} className={styles.competency}>
              <div className={styles.competencyHead}>
                <h3 className={styles.rowTitle}>{item.title}</h3>
                {item.score === null ? (
                  <Text size="sm" c="dimmed">
                    {t(`report.notScoredShort.${item.not_scored_reason ?? "not_enough_evidence"}`)}
                  </Text>
                ) : (
                  <ScoreFigure score={item.score} uncertainty={item.uncertainty} />
                )}
              </div>
              {item.comment && <Text className="prose kept-lines">{item.comment}</Text>}
              {item.evidence.map(({ question_id, start, quote }) => (
                <blockquote
                  key={`${question_id}:${start}`}
                  className={styles.fromResume}
                  style={{ margin: 0 }}
                >
                  {quote}
                </blockquote>
              ))}
              {explained && <ExplainedScore competency={explained} />}
            </li>
          );
        })}
      </ul>
    </Section>
  );
}
