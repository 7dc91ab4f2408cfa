import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { Evidence, Turn } from "@/api";
import { cutQuote } from "@/lib/format";
import styles from "./report.module.css";

/** A place to look at: an answer, or words in it. */
export type Place = { questionId: string; evidence: Evidence | null };

type Props = { turns: readonly Turn[]; shown: Place | null };

/** Everything that was asked and answered; the quote that was asked for is marked and brought into view. */
export function Transcript({ turns, shown }: Props) {
  const { t } = useTranslation();
  const list = useRef<HTMLOListElement>(null);

  useEffect(() => {
    if (!shown) return;
    const turn = list.current?.querySelector<HTMLElement>(
      `[data-question="${CSS.escape(shown.questionId)}"]`,
    );
    turn?.focus({ preventScroll: true });
    turn?.scrollIntoView({ block: "center" });
  }, [shown]);

  return (
    <ol className={styles.transcript} ref={list}>
      {turns.map(({ question, answer }) => (
        <li key={question.id} data-question={question.id} tabIndex={-1}>
          <p className={styles.asked}>
            <span className={styles.position}>{question.position}</span>
            {question.text}
          </p>
          {answer && !answer.is_skipped ? (
            <p className={styles.answered}>
              <AnswerText
                text={answer.text}
                shown={shown?.questionId === question.id ? shown.evidence : null}
              />
            </p>
          ) : (
            <p className={styles.unanswered}>{answer ? t("room.skipped") : t("report.noAnswer")}</p>
          )}
        </li>
      ))}
    </ol>
  );
}

function AnswerText({ text, shown }: { text: string; shown: Evidence | null }) {
  const span = shown && cutQuote(text, shown.quote, shown.start, shown.end);
  if (!span) return text;
  return (
    <>
      {span.before}
      <mark>{span.quoted}</mark>
      {span.after}
    </>
  );
}
