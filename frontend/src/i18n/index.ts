import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import { readPreference, savePreference } from "@/lib/preferences";
import type { Texts } from "./en";

export const LANGUAGES = ["ko", "en"] as const;
export type Language = (typeof LANGUAGES)[number];

/** Each language is named in itself, so that somebody who cannot read the other one finds it. */
export const LANGUAGE_NAMES: Record<Language, string> = { ko: "한국어", en: "English" };

const STORAGE_KEY = "language";
const NAMESPACE = "translation";

let wanted: Language | null = null;

/** The language chosen here before, else the browser's, else Korean. */
export function detectLanguage(browserLanguages: readonly string[]): Language {
  const known = browserLanguages.map((tag) => tag.slice(0, 2)).find(isLanguage);
  return readPreference(STORAGE_KEY, LANGUAGES) ?? known ?? "ko";
}

/** Nobody waits for the words of a language that is not shown. */
const TEXTS: Record<Language, () => Promise<Texts>> = {
  ko: async () => (await import("./ko")).ko,
  en: async () => (await import("./en")).en,
};

export async function startI18n(language: Language): Promise<void> {
  i18next.on("languageChanged", (shown) => {
    document.documentElement.lang = shown;
    document.title = i18next.t("app.name");
  });
  await i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: false,
    resources: { [language]: { [NAMESPACE]: await TEXTS[language]() } },
    interpolation: { escapeValue: false },
    initAsync: false,
  });
}

export function currentLanguage(): Language {
  return isLanguage(i18next.language) ? i18next.language : "ko";
}

/** Show a language, at once where its words are here; where they cannot be fetched, the page stays as it is. */
export function chooseLanguage(language: Language): void {
  savePreference(STORAGE_KEY, language);
  wanted = language;
  if (i18next.hasResourceBundle(language, NAMESPACE)) show(language);
  else
    void loadTexts(language).then(
      () => show(language),
      () => undefined,
    );
}

/** Fetch the words of a language. */
export async function loadTexts(language: Language): Promise<void> {
  i18next.addResourceBundle(language, NAMESPACE, await TEXTS[language]());
}

function show(language: Language): void {
  // Another may have been chosen while this one was on its way.
  if (language === wanted && language !== i18next.language) void i18next.changeLanguage(language);
}

function isLanguage(tag: string): tag is Language {
  return (LANGUAGES as readonly string[]).includes(tag);
}
