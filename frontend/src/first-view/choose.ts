/**
 * Runs before all else and alone: puts what was drawn for this address and language into the page, in the colours
 * that its reader prefers, and so starts the script that brings it to life.
 */

import { detectLanguage } from "@/i18n/language";
import { LETTERS_HERE, LETTERS_KEY, readPreference } from "@/lib/preferences";

const language = detectLanguage(navigator.languages);
const views = [...document.querySelectorAll<HTMLTemplateElement>(`template[data-language="${language}"]`)];
const view =
  views.find(({ dataset }) => dataset.path === location.pathname) ??
  views.find(({ dataset }) => dataset.path === "*");

document.documentElement.lang = language;
document.documentElement.dataset.mantineColorScheme = colorScheme();
if (view) {
  document.title = view.dataset.title ?? "";
  document.body.append(view.content.cloneNode(true));
  if (readPreference(LETTERS_KEY, [LETTERS_HERE])) addLetters(view.dataset.letters ?? "");
}

/** They are in the browser's cache: nothing else waits for them. */
function addLetters(address: string): void {
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.crossOrigin = "";
  link.href = address;
  document.head.append(link);
}

/** As Mantine keeps and reads it. */
function colorScheme(): "light" | "dark" {
  const chosen = readPreference("mantine-color-scheme-value", ["light", "dark"]);
  return chosen ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
}
