import { describe, expect, it } from "vitest";
import type { Segment, SegmentState, Transcript } from "@/api";
import { missingParts } from "./missing-parts";

function segment(epoch: number, sequence: number, seconds: [number, number], state: SegmentState): Segment {
  const [start_ms, end_ms] = seconds.map((second) => second * 1000) as [number, number];
  return { epoch, sequence, state, start_ms, end_ms, text: state === "done" ? "말" : null, words: [] };
}

function transcript(segments: Segment[], missing: Transcript["missing"]): Transcript {
  return {
    state: "partial",
    take: 1,
    text: "말",
    segments,
    missing,
    is_too_poor: false,
    poor_reason: null,
    end_reason: "button",
    error_code: null,
  };
}

describe("parts that are missing from a transcript", () => {
  it("are named by when they were spoken in the answer", () => {
    const segments = [segment(1, 4, [10, 20], "done"), segment(1, 5, [21, 95], "failed")];
    expect(missingParts(transcript(segments, [{ epoch: 1, sequence: 5 }]))).toEqual([
      { from: "0:11", to: "1:25" },
    ]);
  });

  it("have no time where none is known: in another connection, or never arrived", () => {
    const segments = [segment(1, 0, [0, 5], "done"), segment(2, 0, [1, 4], "pending")];
    expect(missingParts(transcript(segments, [{ epoch: 2, sequence: 1 }]))).toEqual([null, null]);
  });
});
