import { describe, expect, it } from "vitest";
import { cutAtWords } from "./find-words";

describe("words in a text", () => {
  it("are found however their spaces are set", () => {
    expect(cutAtWords("주문\nAPI (v2)를 맡음", "주문 API(v2)")?.map((part) => part.text)).toEqual([
      "",
      "주문\nAPI (v2)",
      "를 맡음",
    ]);
  });

  it("are not found where they are not, or where there are none", () => {
    expect(cutAtWords("C++", "C#")).toBeNull();
    expect(cutAtWords("C++", " ")).toBeNull();
  });
});
