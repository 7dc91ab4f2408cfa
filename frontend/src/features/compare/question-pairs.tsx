import { Text } from "@mantine/core";
import { IconCheck, IconMinus } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { Comparison, QuestionPair } from "@/api";
import { Section } from "@/components/section";
import styles from "./compare.module.css";

export function QuestionPairs({ comparison }: { comparison: Comparison }) {
  const { t } = useTranslation();
  if (comparison.questions.length === 0) {
    return (
      <Section title={t("compare.questions")}>
        <div className={styles.empty}>{t("compare.noQuestions")}</div>
      </Section>
    );
  }
  return (
    <Section title={t("compare.questions")} lead={t("compare.questionsLead")}>
      <ul className={styles.rows}>
        {comparison.questions.map((pair) => (
          <li key={`${pair.a.question_id}${pair.b.question_id}`}>
            <Pair pair={pair} />
          </li>
        ))}
      </ul>
    </Section>
  );
}

function Pair({ pair }: { pair: QuestionPair }) {
  const { t } = useTranslation();
  const changes = [
    { label: t("compare.newlyCovered"), aspects: pair.newly_covered, Icon: IconCheck },
    { label: t("compare.noLongerCovered"), aspects: pair.no_longer_covered, Icon: IconMinus },
    { label: t("compare.missedInBoth"), aspects: pair.missed_in_both, Icon: IconMinus },
  ].filter(({ aspects }) => aspects.length > 0);
  return (
    <>
      <Text size="sm" c="dimmed">
        {t(pair.is_same ? "compare.same" : "compare.alike")}
      </Text>
      <h3 className={styles.question}>{pair.b.text}</h3>
      {!pair.is_same && (
        <Text size="sm" c="dimmed" className="prose">
          {t("compare.before")}: {pair.a.text}
        </Text>
      )}
      {changes.map(({ label, aspects, Icon }) => (
        <div key={label} className={styles.aspects}>
          <Text size="sm" fw={600}>
            {label}
          </Text>
          <ul>
            {aspects.map((aspect) => (
              <li key={aspect} className={styles.aspect}>
                <Icon size={16} stroke={1.75} aria-hidden />
                {aspect}
              </li>
            ))}
          </ul>
        </div>
      ))}
      {changes.length === 0 && (
        <Text size="sm" c="dimmed" mt={8}>
          {t(pair.is_judged ? "compare.noChange" : "compare.notJudged")}
        </Text>
      )}
    </>
  );
}
