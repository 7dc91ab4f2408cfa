import type { Language } from "@/i18n";

/** What is read aloud, in the language that the interview is held in, whichever the page is in. */
export const SENTENCES: Record<Language, string> = {
  ko: "오늘은 제가 한 일을 이야기해 보려고 합니다. 저는 문제를 먼저 이해하고, 간단한 방법부터 찾아보고, 정말 나아졌는지 숫자로 확인하는 편입니다.",
  en: "Today I am going to talk about my work. I like to understand a problem first, then I look for a simple solution, and I check with numbers whether it helped.",
};
