import { IconQuote } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { Evidence, Turn } from "@/api";
import styles from "./report.module.css";

type Props = { evidence: readonly Evidence[]; turns: readonly Turn[]; onQuote: (evidence: Evidence) => void };

/** Quotes from the answers; each leads to its place in the transcript. */
export function QuoteLinks({ evidence, turns, onQuote }: Props) {
  const { t } = useTranslation();
  if (evidence.length === 0) return null;
  return (
    <ul className={styles.quotes}>
      {evidence.map((item) => {
        const position = turns.find((turn) => turn.question.id === item.question_id)?.question.position;
        return (
          <li key={`${item.question_id}:${item.start}:${item.end}`}>
            <button
              type="button"
              className={styles.quote}
              aria-label={t("report.toQuote", { position, quote: item.quote })}
              onClick={() => onQuote(item)}
            >
              <IconQuote size={16} stroke={1.75} aria-hidden />
              <span>{item.quote}</span>
            </button>
          </li>
        );
      })}
    </ul>
  );
}
