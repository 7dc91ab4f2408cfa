import { describe, expect, it } from "vitest";
import type { Progress } from "@/api";
import { linesOf } from "./progress-lines";

function point(day: number, score: number): Progress["series"][number]["points"][number] {
  return {
    interview_id: `interview-${day}`,
    target_role: "백엔드 개발자",
    company: null,
    scenario_title: "짧은 면접",
    finished_at: `2026-11-0${day}T04:00:00Z`,
    overall: { score, uncertainty: null },
  };
}

const judge = { rubric: "standard-1", prompt: "p-1", model: "a.gguf" };

describe("the lines of progress", () => {
  it("never join what different judges scored", () => {
    const progress: Progress = {
      series: [
        { judge, points: [point(1, 60.4), point(3, 70)] },
        { judge: { ...judge, model: "b.gguf" }, points: [point(2, 90)] },
      ],
      unscored_count: 0,
    };
    const { lines, rows } = linesOf(progress, (series) => series.judge.model ?? "");
    expect(lines.map(({ label }) => label)).toEqual(["a.gguf", "b.gguf"]);
    expect(rows.map(({ at: _, ...values }) => values)).toEqual([{ line0: 60 }, { line1: 90 }, { line0: 70 }]);
    expect(new Set(lines.map(({ dash }) => dash)).size).toBe(2);
  });
});
