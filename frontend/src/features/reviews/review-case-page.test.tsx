import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { HttpResponse, http } from "msw";
import { describe, expect, it } from "vitest";
import type { ReviewCase } from "@/api";
import { renderPage } from "@/testing/render-page";
import { api, refusal, server } from "@/testing/server";
import { ReviewCasePage } from "./review-case-page";

const NO_SCORE = {
  not_scored_reason: null,
  uncertainty: null,
  no_uncertainty_reason: null,
  answer_count: 1,
  comment: null,
  evidence: [],
  bands: [],
  superseded: null,
} as const;

function makeCase(): ReviewCase {
  return {
    id: "review-1",
    text: "협업 점수가 이상해요.",
    shares_transcript: true,
    requested_at: "2026-11-21T05:00:00Z",
    target_role: "백엔드 개발자",
    language: "ko",
    scenario_title: "짧은 면접",
    report: {
      overall_score: 60,
      not_scored_reason: null,
      uncertainty: null,
      no_uncertainty_reason: "one_grading",
      summary: null,
      competencies: [
        { key: "collaboration", title: "협업", weight: 20, score: 60, ...NO_SCORE, evidence: [], bands: [] },
      ],
      answers: [
        {
          question_id: "q1",
          position: 1,
          question: "질문이에요",
          answer: "답이에요",
          is_skipped: false,
          review: null,
        },
      ],
    },
    explanation: {
      interview_id: "interview-1",
      language: "ko",
      sentences: ["총점은 이렇게 계산했어요."],
      total: null,
      competencies: [],
      points: [],
      not_assessed: [],
      judges: [],
      versions: { rubric: null, prompt: null, model: null, code: null },
      is_calibrated: false,
      not_looked_at: [],
    },
  };
}

function open() {
  return renderPage("/operations/reviews/review-1", [
    { path: "/operations/reviews", element: <p>목록</p> },
    { path: "/operations/reviews/:reviewId", element: <ReviewCasePage /> },
  ]);
}

describe("a review request as an operator reads it", () => {
  it("is answered with words and with scores that are taken out, never with a number", async () => {
    const sent: unknown[] = [];
    server.use(
      http.get(api("/operations/reviews/review-1"), () => HttpResponse.json(makeCase())),
      http.post(api("/operations/reviews/review-1/answer"), async ({ request }) => {
        sent.push(await request.json());
        return HttpResponse.json({});
      }),
    );
    open();
    expect(await screen.findByText("협업 점수가 이상해요.")).toBeVisible();
    expect(screen.getByText("답이에요")).toBeVisible();
    expect(screen.queryByRole("spinbutton")).not.toBeInTheDocument();
    const send = screen.getByRole("button", { name: "답변 보내기" });
    expect(send).toBeDisabled();
    await userEvent.click(screen.getByLabelText("잘못된 점이 있어요"));
    await userEvent.click(screen.getByLabelText("협업 · 60"));
    await userEvent.type(screen.getByLabelText("지원자에게 보낼 답변"), "근거가 모자라요.");
    await userEvent.click(send);
    expect(sent).toEqual([]);
    const dialog = await screen.findByRole("dialog");
    await userEvent.click(within(dialog).getByRole("button", { name: "답변 보내기" }));
    expect(await screen.findByText("목록")).toBeVisible();
    expect(sent).toEqual([{ outcome: "corrected", text: "근거가 모자라요.", withdraw: ["collaboration"] }]);
  });

  it("that was withdrawn meanwhile shows nothing of it", async () => {
    server.use(http.get(api("/operations/reviews/review-1"), () => refusal(409, "REVIEW_NOT_OPEN")));
    open();
    expect(await screen.findByText("이미 끝난 요청이에요")).toBeVisible();
    expect(screen.queryByText("협업 점수가 이상해요.")).not.toBeInTheDocument();
  });
});
