import { useTranslation } from "react-i18next";
import { formatScore } from "@/lib/format";
import styles from "./score.module.css";

type Props = { score: number; uncertainty: number | null };

/** A score in whole points with what it may be off by; one grading says nothing about that. */
export function ScoreFigure({ score, uncertainty }: Props) {
  const { t } = useTranslation();
  return (
    <span className={styles.figure}>
      <strong>{formatScore(score)}</strong>{" "}
      <span className={styles.margin}>
        {uncertainty === null
          ? t("report.marginUnknown")
          : t("report.margin", { points: formatScore(uncertainty) })}
      </span>
    </span>
  );
}
