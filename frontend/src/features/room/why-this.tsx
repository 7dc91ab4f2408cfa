import { IconChevronRight } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { Question } from "@/api";
import type { Language } from "@/i18n";
import styles from "./question.module.css";

/** What the model wrote could not be asked. */
const UNFIT: ReadonlySet<string> = new Set([
  "asked_before",
  "broken_text",
  "cut_off",
  "empty",
  "personal",
  "placeholder",
  "prompt_leak",
  "too_long",
  "wrong_language",
]);

type Props = {
  question: Pick<Question, "reason" | "source_quote" | "answered_by"> &
    Partial<Pick<Question, "follow_up" | "waiting">>;
  language: Language;
};

/** The reason for a question, one click away so that the question itself stays alone on the page. */
export function WhyThis({ question, language }: Props) {
  const { t } = useTranslation();
  const { fallback_reason: reason } = question.answered_by;
  return (
    <details className={styles.why}>
      <summary>
        <IconChevronRight size={16} aria-hidden />
        {t("room.why")}
      </summary>
      <div className={styles.reason}>
        <p lang={language}>{question.reason}</p>
        {question.source_quote && (
          <blockquote className={styles.quote}>
            <strong>{t("room.sourceQuote")}</strong> <span lang={language}>“{question.source_quote}”</span>
          </blockquote>
        )}
        <Decision question={question} language={language} />
        {reason && <p>{t(fallbackText(reason))}</p>}
        {question.waiting && (
          <p className="figures">
            {t(question.waiting.is_prepared ? "room.waitedPrepared" : "room.waited", {
              seconds: (question.waiting.whole_ms / 1000).toFixed(1),
            })}
          </p>
        )}
      </div>
    </details>
  );
}

/** Why a ready question was asked instead of the model's. */
function fallbackText(reason: string) {
  if (reason === "limit_reached") return "room.fallbackReasonLimit";
  return UNFIT.has(reason) ? "room.fallbackReasonUnfit" : "room.fallbackReason";
}

/** Which words of the answer are followed up, and who decided that. */
function Decision({ question, language }: Props) {
  const { t } = useTranslation();
  const decision = question.follow_up;
  if (!decision) return null;
  return (
    <>
      {decision.quote && (
        <blockquote className={styles.quote}>
          <strong>{t("room.answerQuote")}</strong> <span lang={language}>“{decision.quote}”</span>
        </blockquote>
      )}
      <p>
        {decision.decided_by === "rules"
          ? t("room.decidedByRules")
          : t("room.decidedByModel", { model: decision.decided_by })}
      </p>
    </>
  );
}
