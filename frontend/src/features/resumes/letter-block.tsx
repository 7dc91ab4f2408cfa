import { useTranslation } from "react-i18next";
import { useProfile } from "./profile-context";
import styles from "./profile-view.module.css";
import { Sourced } from "./sourced";

/** The questions of a cover letter with their answers; most résumés have none, so nothing is missing without it. */
export function LetterBlock() {
  const { t } = useTranslation();
  const { profile } = useProfile();
  const parts = profile.cover_letter ?? [];
  if (parts.length === 0) return null;
  return (
    <div>
      <h3 className={`${styles.blockTitle} ${styles.apart}`}>{t("resume.coverLetter")}</h3>
      <ul className={styles.entries}>
        {parts.map((part, index) => (
          <li key={part.question}>
            <div className={styles.question}>
              <Sourced pointer={`/cover_letter/${index}/question`}>{part.question}</Sourced>
            </div>
            <div className="prose kept-lines">
              <Sourced pointer={`/cover_letter/${index}/answer`}>{part.answer}</Sourced>
            </div>
          </li>
        ))}
      </ul>
    </div>
  );
}
