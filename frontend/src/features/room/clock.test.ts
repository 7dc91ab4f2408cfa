import i18next from "i18next";
import { describe, expect, it } from "vitest";
import { timeLeftText, warningOf } from "./clock";

describe("the time left", () => {
  it("is said in minutes, never in seconds", () => {
    const said = [1350, 61, 60, 59, 0, -20].map((leftS) => timeLeftText(leftS, i18next.t));
    expect(said).toEqual([
      "23분 남았어요",
      "2분 남았어요",
      "1분 남았어요",
      "1분이 채 안 남았어요",
      "정해진 시간이 지났어요",
      "정해진 시간이 지났어요",
    ]);
  });

  it("is warned of three times, and not as a short interview begins", () => {
    expect([1200, 300, 60, 0].map((leftS) => warningOf(leftS, 1800))).toEqual([null, "soon", "last", "over"]);
    expect([180, 60].map((leftS) => warningOf(leftS, 180))).toEqual([null, "last"]);
  });
});
