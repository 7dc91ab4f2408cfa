import { IconChevronRight } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { Question } from "@/api";
import type { Language } from "@/i18n";
import styles from "./question.module.css";

type Props = {
  question: Pick<Question, "reason" | "source_quote" | "answered_by">;
  language: Language;
};

/** The reason for a question, one click away so that the question itself stays alone on the page. */
export function WhyThis({ question, language }: Props) {
  const { t } = useTranslation();
  const reason = question.answered_by.fallback_reason;
  return (
    <details className={styles.why}>
      <summary>
        <IconChevronRight size={16} aria-hidden />
        {t("room.why")}
      </summary>
      <div className={styles.reason} lang={language}>
        <p>{question.reason}</p>
        {question.source_quote && (
          <blockquote className={styles.quote}>
            <strong>{t("room.sourceQuote")}</strong> “{question.source_quote}”
          </blockquote>
        )}
        {reason && (
          <p>{t(reason === "limit_reached" ? "room.fallbackReasonLimit" : "room.fallbackReason")}</p>
        )}
      </div>
    </details>
  );
}
