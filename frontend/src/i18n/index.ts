import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import { savePreference } from "@/lib/preferences";
import type { Texts } from "./en";
import { isLanguage, LANGUAGE_KEY, type Language } from "./language";

export { detectLanguage, LANGUAGE_NAMES, LANGUAGES, type Language } from "./language";

const NAMESPACE = "translation";

let wanted: Language | null = null;

/** Nobody waits for the words of a language that is not shown. */
const TEXTS: Record<Language, () => Promise<Texts>> = {
  ko: async () => (await import("./ko")).ko,
  en: async () => (await import("./en")).en,
};

export async function startI18n(language: Language): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: false,
    resources: { [language]: { [NAMESPACE]: await TEXTS[language]() } },
    interpolation: { escapeValue: false },
    initAsync: false,
  });
}

/** Tell the browser in what language the page is, from now on; called once, before the language is known. */
export function nameLanguage(): void {
  i18next.on("languageChanged", (shown) => {
    document.documentElement.lang = shown;
    document.title = i18next.t("app.name");
  });
}

export function currentLanguage(): Language {
  return isLanguage(i18next.language) ? i18next.language : "ko";
}

/** Show a language, at once where its words are here; where they cannot be fetched, the page stays as it is. */
export function chooseLanguage(language: Language): void {
  savePreference(LANGUAGE_KEY, language);
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
