import type { TFunction } from "i18next";
import type { Resume, ResumeStep } from "@/api";

export const STEPS: readonly ResumeStep[] = ["upload", "parse", "profile", "embed"];

/** "이력서를 읽고 있어요 · 2/4 단계": what is being done with a résumé right now. */
export function progressText(resume: Pick<Resume, "status" | "step">, t: TFunction): string {
  const text = resume.status === "pending" ? t("resume.queued") : t(`resume.steps.${resume.step}`);
  return t("resume.progress", { text, step: STEPS.indexOf(resume.step) + 1 });
}
