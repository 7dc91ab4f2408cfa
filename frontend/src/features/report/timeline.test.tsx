import { screen } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import type { Turn } from "@/api";
import { makeAnswer, makeQuestion, makeReport, makeTurn } from "@/testing/factories";
import { renderPage } from "@/testing/render-page";
import { Timeline } from "./timeline";

function turn(position: number, asked: string, sent: string, waitMs: number | null): Turn {
  const waiting = waitMs === null ? null : { first_text_ms: 200, whole_ms: waitMs, is_prepared: false };
  return {
    ...makeTurn(position),
    question: makeQuestion(position, { created_at: asked, waiting }),
    answer: { ...makeAnswer("답변"), submitted_at: sent },
  };
}

describe("the timeline", () => {
  it("says how long each answer took and how long its question was waited for", async () => {
    const turns = [
      turn(1, "2026-11-30T09:00:00Z", "2026-11-30T09:01:10Z", null),
      turn(2, "2026-11-30T09:01:12Z", "2026-11-30T09:01:57Z", 1_640),
      turn(3, "2026-11-30T09:03:10Z", "2026-11-30T09:04:00Z", 73_000),
    ];
    const page = <Timeline report={makeReport({ turns })} onQuestion={() => undefined} />;
    renderPage("/", [{ path: "/", element: page }]);
    const rows = (await screen.findAllByRole("listitem")).map((row) => row.textContent);
    expect(rows).toEqual(["1기술1분 10초", "2기술45초기다림 1.6초", "3기술50초기다림 1분 13초"]);
  });
});
