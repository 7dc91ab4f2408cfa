import { useTranslation } from "react-i18next";
import type { Answer, Turn } from "@/api";
import type { Language } from "@/i18n";
import styles from "./turns.module.css";

type Props = { turns: readonly Turn[]; language: Language };

/** What was asked and answered so far, folded away. */
export function EarlierTurns({ turns, language }: Props) {
  const { t } = useTranslation();
  if (turns.length === 0) return null;
  return (
    <details className={styles.earlier}>
      <summary>{t("room.earlier", { count: turns.length })}</summary>
      <ol className={styles.list} lang={language}>
        {turns.map(({ question, answer }) => (
          <li key={question.id} data-follow-up={question.is_follow_up || undefined}>
            <p className={styles.meta}>
              {[question.stage_title, question.is_follow_up && t("room.followUp")]
                .filter(Boolean)
                .join(" · ")}
            </p>
            <p className={styles.question}>
              {question.position}. {question.text}
            </p>
            {answer && <Given answer={answer} />}
          </li>
        ))}
      </ol>
    </details>
  );
}

function Given({ answer }: { answer: Answer }) {
  const { t } = useTranslation();
  return (
    <p className={styles.answer} data-skipped={answer.is_skipped || undefined}>
      {answer.is_skipped ? t("room.skipped") : answer.text}
    </p>
  );
}
