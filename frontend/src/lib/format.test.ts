import { describe, expect, it } from "vitest";
import { cutQuote, formatBytes } from "./format";

describe("cutting a quote", () => {
  it("counts characters as the server does, emoji included", () => {
    expect(cutQuote("👍 로그를 봤습니다", "로그", 2, 4)).toEqual({
      before: "👍 ",
      quoted: "로그",
      after: "를 봤습니다",
    });
  });

  it("marks nothing when the text at the place is not the quote", () => {
    expect(cutQuote("로그를 봤습니다", "지표", 0, 2)).toBeNull();
  });
});

it("writes sizes as people read them", () => {
  expect(formatBytes(10 * 1024 * 1024, "ko")).toBe("10 MB");
  expect(formatBytes(284_113, "en")).toBe("277 KB");
});
