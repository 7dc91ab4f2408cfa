import { describe, expect, it } from "vitest";
import { detectLanguage } from ".";
import { en } from "./en";
import { ko } from "./ko";

function flatten(texts: object, prefix = ""): Map<string, string> {
  const flat = new Map<string, string>();
  for (const [key, value] of Object.entries(texts)) {
    if (typeof value === "string") flat.set(prefix + key, value);
    else for (const [inner, text] of flatten(value, `${prefix}${key}.`)) flat.set(inner, text);
  }
  return flat;
}

const korean = flatten(ko);
const english = flatten(en);
const blanks = (text = "") => (text.match(/{{\w+}}/g) ?? []).sort().join();

describe("the two languages", () => {
  it("say the same things", () => {
    expect([...korean.keys()].sort()).toEqual([...english.keys()].sort());
  });

  it("fill in the same values", () => {
    const different = [...english.keys()].filter((key) => {
      // "One answer" needs no number in English.
      if (key.endsWith("_one")) return false;
      return blanks(korean.get(key)) !== blanks(english.get(key));
    });
    expect(different).toEqual([]);
  });

  it("do not mix", () => {
    expect([...english.entries()].filter(([, text]) => /[가-힣]/.test(text))).toEqual([]);
    const englishOnly = [...korean.values()].filter((text) => /[a-z]{3,} [a-z]{2,}/.test(text));
    expect(englishOnly).toEqual([]);
  });
});

describe("the language of a first visit", () => {
  it("is the browser's", () => {
    expect(detectLanguage(["fr-FR", "en-US", "ko-KR"])).toBe("en");
    expect(detectLanguage(["ko-KR", "en-US"])).toBe("ko");
  });

  it("is Korean when the browser speaks neither", () => {
    expect(detectLanguage(["fr-FR"])).toBe("ko");
  });
});
