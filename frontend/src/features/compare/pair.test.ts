import { describe, expect, it } from "vitest";
import { makeInterview } from "@/testing/factories";
import { choosePair } from "./pair";

const newestFirst = ["c", "b", "a"].map((id) => makeInterview({ id }));

describe("the pair to compare", () => {
  it("is the last two when none is named", () => {
    expect(choosePair(newestFirst, null, null)).toEqual({ a: "b", b: "c" });
  });

  it("is the named one and the one before it", () => {
    expect(choosePair(newestFirst, null, "b")).toEqual({ a: "a", b: "b" });
  });

  it("takes another where none came before", () => {
    expect(choosePair(newestFirst, null, "a")).toEqual({ a: "c", b: "a" });
  });

  it("is what the address says", () => {
    expect(choosePair(newestFirst, "c", "a")).toEqual({ a: "c", b: "a" });
  });

  it("is none of nothing", () => {
    expect(choosePair([], null, null)).toEqual({ a: null, b: null });
  });
});
