import { describe, expect, it } from "vitest";
import { makeInterview, makeResume } from "@/testing/factories";
import { nextStep } from "./next-step";

const finished = makeInterview({ status: "finished", report_status: "running" });

describe("the next step", () => {
  it.each([
    ["upload", [], []],
    ["wait", [makeResume({ status: "running" })], []],
    ["mend", [makeResume({ status: "failed" })], []],
    ["start", [makeResume()], []],
    ["continue", [makeResume()], [makeInterview()]],
    ["again", [makeResume()], [finished]],
    ["read", [makeResume()], [makeInterview({ status: "finished", report_status: "ready" })]],
  ] as const)("is to %s", (kind, resumes, interviews) => {
    expect(nextStep(resumes, interviews).kind).toBe(kind);
  });
});
