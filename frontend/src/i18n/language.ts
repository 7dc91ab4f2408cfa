import { readPreference } from "@/lib/preferences";

export const LANGUAGES = ["ko", "en"] as const;
export type Language = (typeof LANGUAGES)[number];

/** Each language is named in itself, so that somebody who cannot read the other one finds it. */
export const LANGUAGE_NAMES: Record<Language, string> = { ko: "한국어", en: "English" };

/** Where a chosen language is kept. */
export const LANGUAGE_KEY = "language";

/** The language chosen here before, else the browser's, else Korean. */
export function detectLanguage(browserLanguages: readonly string[]): Language {
  const known = browserLanguages.map((tag) => tag.slice(0, 2)).find(isLanguage);
  return readPreference(LANGUAGE_KEY, LANGUAGES) ?? known ?? "ko";
}

export function isLanguage(tag: string): tag is Language {
  return (LANGUAGES as readonly string[]).includes(tag);
}
