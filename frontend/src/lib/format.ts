import type { Language } from "@/i18n";

const LOCALES: Record<Language, string> = { ko: "ko-KR", en: "en-GB" };

export function formatDate(iso: string, language: Language): string {
  return new Intl.DateTimeFormat(LOCALES[language], { dateStyle: "medium" }).format(new Date(iso));
}

export function formatDateTime(iso: string, language: Language): string {
  return new Intl.DateTimeFormat(LOCALES[language], { dateStyle: "medium", timeStyle: "short" }).format(
    new Date(iso),
  );
}

/** Megabytes with one decimal, kilobytes below one megabyte. */
export function formatBytes(bytes: number, language: Language): string {
  const isSmall = bytes < 1024 * 1024;
  const value = bytes / (isSmall ? 1024 : 1024 * 1024);
  const digits = isSmall || Number.isInteger(value) ? 0 : 1;
  const text = new Intl.NumberFormat(LOCALES[language], { maximumFractionDigits: digits }).format(value);
  return `${text} ${isSmall ? "KB" : "MB"}`;
}

/** A score of 0–100 as it is read: whole points. */
export function formatScore(score: number): string {
  return String(Math.round(score));
}

export type Span = { before: string; quoted: string; after: string };

/**
 * Cut an answer at a quote. Offsets count characters as the server does (code points, not UTF-16 units);
 * null when the text at the offsets is not the quote, so that nothing else is ever highlighted.
 */
export function cutQuote(text: string, quote: string, start: number, end: number): Span | null {
  const characters = Array.from(text);
  const quoted = characters.slice(start, end).join("");
  if (quoted !== quote) return null;
  return { before: characters.slice(0, start).join(""), quoted, after: characters.slice(end).join("") };
}
