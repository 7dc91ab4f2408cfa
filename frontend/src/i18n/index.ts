import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import { readPreference, savePreference } from "@/lib/preferences";
import { en } from "./en";
import { ko } from "./ko";

export const LANGUAGES = ["ko", "en"] as const;
export type Language = (typeof LANGUAGES)[number];

/** Each language is named in itself, so that somebody who cannot read the other one finds it. */
export const LANGUAGE_NAMES: Record<Language, string> = { ko: "한국어", en: "English" };

const STORAGE_KEY = "language";

/** The language chosen here before, else the browser's, else Korean. */
export function detectLanguage(browserLanguages: readonly string[]): Language {
  const known = browserLanguages.map((tag) => tag.slice(0, 2)).find(isLanguage);
  return readPreference(STORAGE_KEY, LANGUAGES) ?? known ?? "ko";
}

export function startI18n(language: Language): void {
  i18next.on("languageChanged", (chosen) => {
    document.documentElement.lang = chosen;
    document.title = i18next.t("app.name");
  });
  void i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: "ko",
    resources: { ko: { translation: ko }, en: { translation: en } },
    interpolation: { escapeValue: false },
    initAsync: false,
  });
}

export function currentLanguage(): Language {
  return isLanguage(i18next.language) ? i18next.language : "ko";
}

export function chooseLanguage(language: Language): void {
  savePreference(STORAGE_KEY, language);
  if (language !== i18next.language) void i18next.changeLanguage(language);
}

function isLanguage(tag: string): tag is Language {
  return (LANGUAGES as readonly string[]).includes(tag);
}
