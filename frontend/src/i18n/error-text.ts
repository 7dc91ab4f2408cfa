import i18next from "i18next";
import { ApiError } from "@/lib/api-error";
import { formatBytes } from "@/lib/format";
import { currentLanguage } from ".";
import type { Texts } from "./en";

type Wait = "RATE_LIMITED_FOR" | "RATE_LIMITED_MINUTES" | "RATE_LIMITED_HOURS";
type KnownCode = Exclude<keyof Texts["error"], "title" | Wait>;

const MINUTE_S = 60;
const HOUR_S = 3600;

export const DEFAULT_MAX_UPLOAD_BYTES = 10 * 1024 * 1024;

/** What happened and what to do next, in the reader's language. */
export function errorText(error: unknown, maxUploadBytes = DEFAULT_MAX_UPLOAD_BYTES): string {
  if (!(error instanceof ApiError)) return i18next.t("error.INTERNAL");
  if (error.code === "RATE_LIMITED" && error.retryAfterS !== null) {
    return waitText(error.retryAfterS);
  }
  if (isKnown(error.code)) {
    return i18next.t(`error.${error.code}`, { limit: formatBytes(maxUploadBytes, currentLanguage()) });
  }
  return error.detail ?? i18next.t("error.INTERNAL");
}

/** How long to wait, in the unit in which somebody would say it. */
function waitText(seconds: number): string {
  if (seconds <= 2 * MINUTE_S) return i18next.t("error.RATE_LIMITED_FOR", { seconds });
  if (seconds <= 2 * HOUR_S)
    return i18next.t("error.RATE_LIMITED_MINUTES", { minutes: Math.ceil(seconds / MINUTE_S) });
  return i18next.t("error.RATE_LIMITED_HOURS", { hours: Math.ceil(seconds / HOUR_S) });
}

function isKnown(code: string): code is KnownCode {
  return i18next.exists(`error.${code}`) && code !== "title";
}
