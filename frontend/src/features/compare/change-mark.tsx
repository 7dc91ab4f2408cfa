import { IconArrowDownRight, IconArrowUpRight, IconEqual, IconHelpCircle } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { Difference } from "@/api";
import { formatScore } from "@/lib/format";
import styles from "./compare.module.css";

const ICONS = {
  better: IconArrowUpRight,
  worse: IconArrowDownRight,
  within_uncertainty: IconEqual,
  uncertainty_unknown: IconHelpCircle,
} as const;

/** Whether a difference means something, in a word, then how large it is. */
export function ChangeMark({ difference }: { difference: Difference }) {
  const { t } = useTranslation();
  const Icon = ICONS[difference.change];
  const size = formatScore(Math.abs(difference.points));
  // Less than half a point is no change to be signed.
  const sign = size === "0" ? "" : difference.points > 0 ? "+" : "−";
  const points = `${sign}${size}`;
  const margin = difference.uncertainty === null ? null : formatScore(difference.uncertainty);
  return (
    <p className={difference.change === "better" ? styles.better : styles.mark}>
      <Icon size={18} stroke={1.75} aria-hidden />
      <span>{t(`compare.${difference.change}`)}</span>
      <span className={styles.points}>
        {margin === null ? t("compare.points", { points }) : t("compare.withMargin", { points, margin })}
      </span>
    </p>
  );
}
