import { useTranslation } from "react-i18next";
import type { Evidence, StarPart, Turn } from "@/api";
import { QuoteLinks } from "./quote-links";
import styles from "./report.module.css";

type Props = { parts: readonly StarPart[]; turns: readonly Turn[]; onQuote: (evidence: Evidence) => void };

/** Situation, task, action and result, each with the words that tell it. */
export function StarParts({ parts, turns, onQuote }: Props) {
  const { t } = useTranslation();
  if (parts.length === 0) return null;
  return (
    <div>
      <h4 className={styles.partTitle}>{t("report.starTitle")}</h4>
      <dl className={styles.star}>
        {parts.map(({ part, evidence }) => (
          <div key={part}>
            <dt>{t(`report.star.${part}`)}</dt>
            <dd>
              {evidence ? (
                <QuoteLinks evidence={[evidence]} turns={turns} onQuote={onQuote} />
              ) : (
                <span className={styles.unsaid}>{t("report.starMissing")}</span>
              )}
            </dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
