import { useTranslation } from "react-i18next";
import type { Language } from "@/i18n";
import styles from "./question.module.css";

type Props = { hints: readonly string[]; language: Language };

/** What the answer might touch upon: directions to think in, not the answer. */
export function Hints({ hints, language }: Props) {
  const { t } = useTranslation();
  if (hints.length === 0) return null;
  return (
    <section className={styles.hints} aria-label={t("room.hint")}>
      <p>{t("room.hintLead")}</p>
      <ul lang={language}>
        {hints.map((hint) => (
          <li key={hint}>{hint}</li>
        ))}
      </ul>
    </section>
  );
}
