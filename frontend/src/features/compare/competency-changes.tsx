import { Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { ComparedCompetency, Comparison, Difference, Score } from "@/api";
import { Section } from "@/components/section";
import { ScoreFigure } from "@/features/report/score-figure";
import { ChangeMark } from "./change-mark";
import styles from "./compare.module.css";

/** Both scores of each competency with their uncertainties, and what may be said about the difference. */
export function CompetencyChanges({ comparison }: { comparison: Comparison }) {
  const { t } = useTranslation();
  const hasNumbers = comparison.obstacles.length === 0;
  const shown = comparison.competencies.filter(
    (item) => hasNumbers || item.comment_a !== null || item.comment_b !== null,
  );
  if (shown.length === 0) return null;
  return (
    <Section title={t("compare.competencies")} lead={hasNumbers ? t("compare.explain") : undefined}>
      <ul className={styles.rows}>
        {hasNumbers && (
          <li className={styles.overall}>
            <Change
              title={t("compare.overall")}
              a={comparison.overall_a}
              b={comparison.overall_b}
              difference={comparison.overall}
            />
          </li>
        )}
        {shown.map((item) => (
          <li key={item.key}>
            <Change
              title={item.title}
              a={item.a}
              b={item.b}
              difference={item.difference}
              hidesNumbers={!hasNumbers}
            />
            <Comments item={item} />
          </li>
        ))}
      </ul>
    </Section>
  );
}

type ChangeProps = {
  title: string;
  a: Score | null;
  b: Score | null;
  difference: Difference | null;
  hidesNumbers?: boolean;
};

function Change({ title, a, b, difference, hidesNumbers = false }: ChangeProps) {
  const { t } = useTranslation();
  return (
    <div className={styles.change}>
      <h3 className={styles.name}>{title}</h3>
      {!hidesNumbers && (
        <dl className={styles.figures}>
          {[
            { label: t("compare.before"), score: a },
            { label: t("compare.after"), score: b },
          ].map(({ label, score }) => (
            <div key={label}>
              <dt>{label}</dt>
              <dd>{score ? <ScoreFigure {...score} /> : t("compare.notAssessed")}</dd>
            </div>
          ))}
        </dl>
      )}
      {difference && <ChangeMark difference={difference} />}
    </div>
  );
}

function Comments({ item }: { item: ComparedCompetency }) {
  const { t } = useTranslation();
  const comments = [
    { label: t("compare.before"), text: item.comment_a },
    { label: t("compare.after"), text: item.comment_b },
  ].filter(({ text }) => text !== null);
  return (
    <dl className={styles.comments}>
      {comments.map(({ label, text }) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>
            <Text className="prose">{text}</Text>
          </dd>
        </div>
      ))}
    </dl>
  );
}
