import { render, screen } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import "@/i18n";
import { CompetencyRadar } from "./competency-radar";

const SCORED = [
  { key: "depth", title: "기술 깊이", score: 80, uncertainty: 4 },
  { key: "solving", title: "문제 해결", score: 50, uncertainty: null },
  { key: "motivation", title: "지원 동기와 조직 적합성", score: 100, uncertainty: 6 },
  { key: "learning", title: "성장", score: 0, uncertainty: 2 },
];

/** How far each corner of a shape is from the middle. */
function reach(shape: Element): number[] {
  const corners = (shape.getAttribute("points") ?? "")
    .split(" ")
    .map((corner) => corner.split(",").map(Number));
  return corners.map(([x = 0, y = 0]) => Math.hypot(x, y));
}

describe("the radar of competencies", () => {
  it("has each corner at its score, and a band where the uncertainty is known", () => {
    const { container } = render(<CompetencyRadar scored={SCORED} />);
    // Four rings, then the shape.
    const shapes = [...container.querySelectorAll("polygon")].map(reach);
    const [whole = 0] = shapes.at(-2) ?? [];
    expect(shapes.at(-1)?.map((length) => Math.round((100 * length) / whole))).toEqual([80, 50, 100, 0]);
    const [axes, bands] = [SCORED.length, SCORED.filter((one) => one.uncertainty !== null).length];
    expect(container.querySelectorAll("line")).toHaveLength(axes + bands);
  });

  it("names every axis with its points, and sends those who do not see it to the list", () => {
    const { container } = render(<CompetencyRadar scored={SCORED} />);
    expect(screen.getByRole("img")).toHaveAccessibleName(/같은 값이/);
    const labels = [...container.querySelectorAll("span")].map((label) => label.textContent);
    expect(labels).toEqual(["기술 깊이 80", "문제 해결 50", "지원 동기와 조직 적합성 100", "성장 0"]);
  });
});
