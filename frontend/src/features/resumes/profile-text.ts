import type { TFunction } from "i18next";

/** "3년 2개월"; null when the document does not say how long. */
export function experienceText(totalMonths: number | null | undefined, t: TFunction): string | null {
  if (totalMonths == null) return null;
  const years = Math.floor(totalMonths / 12);
  const months = totalMonths % 12;
  if (years === 0) return t("resume.experienceMonthsOnly", { months });
  if (months === 0) return t("resume.experienceYearsOnly", { years });
  return t("resume.experienceMonths", { years, months });
}
