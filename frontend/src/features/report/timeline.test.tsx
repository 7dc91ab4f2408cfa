import { screen } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import type { Turn } from "@/api";
import { makeAnswer, makeQuestion, makeReport, makeTurn } from "@/testing/factories";
import { renderPage } from "@/testing/render-page";
import { Timeline } from "./timeline";

function turn(position: number, asked: string, sent: string, waiting: Turn["question"]["waiting"]): Turn {
  return {
    ...makeTurn(position),
    question: makeQuestion(position, { created_at: asked, waiting }),
    answer: { ...makeAnswer("답변"), submitted_at: sent },
  };
}

describe("the timeline", () => {
  it("says how long each answer took and how long its question was waited for, prepared or not", async () => {
    const turns = [
      turn(1, "2026-11-30T09:00:00Z", "2026-11-30T09:01:10Z", null),
      turn(2, "2026-11-30T09:01:12Z", "2026-11-30T09:01:57Z", {
        first_text_ms: 640,
        whole_ms: 1_640,
        is_prepared: false,
      }),
      turn(3, "2026-11-30T09:03:10Z", "2026-11-30T09:04:00Z", {
        first_text_ms: 73_000,
        whole_ms: 73_000,
        is_prepared: false,
      }),
      turn(4, "2026-11-30T09:04:01Z", "2026-11-30T09:04:31Z", {
        first_text_ms: 90,
        whole_ms: 90,
        is_prepared: true,
      }),
    ];
    const page = <Timeline report={makeReport({ turns })} onQuestion={() => undefined} />;
    renderPage("/", [{ path: "/", element: page }]);
    const rows = (await screen.findAllByRole("listitem")).map((row) => row.textContent);
    expect(rows).toEqual([
      "1기술1분 10초",
      "2기술45초첫 글자 0.6초, 전체 1.6초 기다림",
      "3기술50초기다림 1분 13초",
      "4기술30초미리 준비한 질문 · 기다림 0.1초",
    ]);
  });
});
