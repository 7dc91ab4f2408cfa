import i18next from "i18next";
import { ApiError } from "@/lib/api-error";
import { formatBytes } from "@/lib/format";
import { currentLanguage } from ".";
import { en } from "./en";

type KnownCode = Exclude<keyof typeof en.error, "title" | "RATE_LIMITED_FOR">;

export const DEFAULT_MAX_UPLOAD_BYTES = 10 * 1024 * 1024;

/** What happened and what to do next, in the reader's language. */
export function errorText(error: unknown, maxUploadBytes = DEFAULT_MAX_UPLOAD_BYTES): string {
  if (!(error instanceof ApiError)) return i18next.t("error.INTERNAL");
  if (error.code === "RATE_LIMITED" && error.retryAfterS !== null) {
    return i18next.t("error.RATE_LIMITED_FOR", { seconds: error.retryAfterS });
  }
  if (isKnown(error.code)) {
    return i18next.t(`error.${error.code}`, { limit: formatBytes(maxUploadBytes, currentLanguage()) });
  }
  return error.detail ?? i18next.t("error.INTERNAL");
}

function isKnown(code: string): code is KnownCode {
  return code in en.error && code !== "title";
}
