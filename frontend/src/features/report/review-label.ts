import type { TFunction } from "i18next";
import type { AnswerReview } from "@/api";
import { formatScore } from "@/lib/format";

/** How one answer stands, in a few words: its score if it has one, else why it has none. */
export function reviewLabel(review: AnswerReview, t: TFunction): string {
  if (review.score !== null) return formatScore(review.score);
  if (review.transcript_problem) return t(`report.transcriptProblem.${review.transcript_problem}`);
  if (review.not_scored_reason) return t(`report.notScoredShort.${review.not_scored_reason}`);
  return review.status === "not_scored" ? t("report.notAssessed") : t(`report.review.${review.status}`);
}
