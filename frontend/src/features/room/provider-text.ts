import type { TFunction } from "i18next";
import type { AnsweredBy } from "@/api";

/** Who wrote a question, in words. A prepared question is never presented as the model's. */
export function providerText(answeredBy: AnsweredBy, t: TFunction): string {
  const { provider, model, is_fallback: isFallback } = answeredBy;
  if (provider === "template") return t("room.provider.template");
  if (provider === "question_bank") return t("room.provider.question_bank");
  if (isFallback) return t("room.provider.fallback");
  return model ? t("room.provider.model", { model }) : t("room.provider.modelUnnamed");
}
