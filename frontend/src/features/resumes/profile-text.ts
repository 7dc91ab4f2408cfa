import type { TFunction } from "i18next";
import type { Profile } from "@/api";

/** "3년 2개월", or a range where the document names years without months; null when it does not say how long. */
export function experienceText(profile: Profile, t: TFunction): string | null {
  const { total_experience_months: exact, experience_months_at_least: least } = profile;
  const most = profile.experience_months_at_most;
  if (exact != null) return monthsText(exact, t);
  if (least == null || most == null) return null;
  return t("resume.experienceRange", { least: monthsText(least, t), most: monthsText(most, t) });
}

function monthsText(totalMonths: number, t: TFunction): string {
  const years = Math.floor(totalMonths / 12);
  const months = totalMonths % 12;
  if (years === 0) return t("resume.experienceMonthsOnly", { months });
  if (months === 0) return t("resume.experienceYearsOnly", { years });
  return t("resume.experienceMonths", { years, months });
}
