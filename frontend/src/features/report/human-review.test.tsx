import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { HttpResponse, http } from "msw";
import { describe, expect, it } from "vitest";
import type { Explanation, Report, Review } from "@/api";
import { makeDelivery, makeInterview, makeReport } from "@/testing/factories";
import { renderPage } from "@/testing/render-page";
import { api, refusal, server } from "@/testing/server";
import { ReportPage } from "./report-page";

function makeReview(changes: Partial<Review> = {}): Review {
  return {
    id: "review-1",
    state: "requested",
    text: "두 번째 답변이 빠졌어요.",
    shares_transcript: false,
    requested_at: "2026-11-21T05:00:00Z",
    withdrawn_at: null,
    read_at: [],
    answer: null,
    ...changes,
  };
}

const SCORED: Partial<Report> = {
  overall_score: 70,
  not_scored_reason: null,
  competencies: [
    {
      key: "execution",
      title: "실행력",
      weight: 20,
      score: 70,
      not_scored_reason: null,
      uncertainty: null,
      no_uncertainty_reason: "one_grading",
      answer_count: 1,
      comment: null,
      evidence: [],
      bands: [],
      superseded: null,
    },
  ],
};

const EXPLANATION: Explanation = {
  interview_id: "interview-1",
  language: "ko",
  sentences: ["총점 70점은 프로그램이 계산했어요."],
  total: { score: 70, formula: "(70 × 20) ÷ 20 = 70" },
  competencies: [
    {
      key: "execution",
      title: "실행력",
      score: 70,
      not_scored_reason: null,
      superseded: null,
      weight: 20,
      share: 100,
      points: 70,
      bands: [{ low: 60, high: 79, text: "구체적으로 말한다", is_reached: true }],
      answers: [],
      dropped: [],
      sentences: ["답변 하나에서 나온 점수예요."],
    },
  ],
  points: [],
  not_assessed: [],
  judges: [],
  versions: { rubric: null, prompt: null, model: null, code: null },
  is_calibrated: false,
  not_looked_at: [],
};

/** Open the page of a report that a test may change as the server would. */
function open(report: { now: Report }) {
  server.use(
    http.get(api("/interviews/interview-1/report"), () => HttpResponse.json(report.now)),
    http.get(api("/interviews/interview-1/delivery"), () => HttpResponse.json(makeDelivery())),
    http.get(api("/interviews/interview-1"), () => HttpResponse.json(makeInterview({ status: "finished" }))),
    http.get(api("/interviews/interview-1/events"), () => HttpResponse.text("", { status: 503 })),
  );
  return renderPage("/interviews/interview-1/report", [
    { path: "/interviews/:interviewId/report", element: <ReportPage /> },
  ]);
}

describe("a human review", () => {
  it("is asked for with words, and then shows its state instead of the form", async () => {
    const report = { now: makeReport() };
    const sent: unknown[] = [];
    server.use(
      http.post(api("/interviews/interview-1/report/reviews"), async ({ request }) => {
        sent.push(await request.json());
        report.now = makeReport({ reviews: [makeReview()] });
        return HttpResponse.json(makeReview(), { status: 201 });
      }),
    );
    open(report);
    const section = await screen.findByRole("region", { name: "이상한 점이 있나요?" });
    const send = within(section).getByRole("button", { name: "검토 요청하기" });
    expect(send).toBeDisabled();
    await userEvent.type(within(section).getByLabelText("무엇이 이상한가요?"), " 두 번째 답변이 빠졌어요. ");
    await userEvent.click(send);
    expect(await within(section).findByText("기다리고 있어요")).toBeVisible();
    expect(sent).toEqual([{ text: "두 번째 답변이 빠졌어요.", shares_transcript: false }]);
    expect(within(section).queryByLabelText("무엇이 이상한가요?")).not.toBeInTheDocument();
  });

  it("that cannot be stored keeps what was written", async () => {
    server.use(
      http.post(api("/interviews/interview-1/report/reviews"), () => refusal(409, "REVIEW_LIMIT_REACHED")),
    );
    open({ now: makeReport() });
    const field = await screen.findByLabelText("무엇이 이상한가요?");
    await userEvent.type(field, "다시 봐 주세요");
    await userEvent.click(screen.getByRole("button", { name: "검토 요청하기" }));
    expect(await screen.findByText("이 리포트는 더 이상 검토를 요청할 수 없어요.")).toBeVisible();
    expect(field).toHaveValue("다시 봐 주세요");
  });

  it("can be withdrawn once that was confirmed", async () => {
    const report = { now: makeReport({ reviews: [makeReview()] }) };
    server.use(
      http.post(api("/interviews/interview-1/report/reviews/review-1/withdraw"), () => {
        const withdrawn = makeReview({ state: "withdrawn", withdrawn_at: "2026-11-21T06:00:00Z" });
        report.now = makeReport({ reviews: [withdrawn] });
        return HttpResponse.json(withdrawn);
      }),
    );
    open(report);
    await userEvent.click(await screen.findByRole("button", { name: "요청 거두기" }));
    const dialog = await screen.findByRole("dialog");
    await userEvent.click(within(dialog).getByRole("button", { name: "요청 거두기" }));
    expect(await screen.findByText("거둔 요청이에요")).toBeVisible();
    expect(screen.getByRole("button", { name: "다시 검토 요청하기" })).toBeVisible();
  });

  it("that was answered shows the answer, and a withdrawn score as superseded", async () => {
    const [execution] = SCORED.competencies ?? [];
    if (!execution) throw new Error("no competency");
    const at = "2026-11-22T05:00:00Z";
    const answer = {
      outcome: "corrected",
      text: "근거가 모자랐어요.",
      withdrawn_scores: [{ key: "execution", title: "실행력", score: 70, uncertainty: null }],
      at,
    } as const;
    open({
      now: makeReport({
        not_scored_reason: "withdrawn_after_review",
        superseded_overall: 70,
        competencies: [
          {
            ...execution,
            score: null,
            not_scored_reason: "withdrawn_after_review",
            superseded: { score: 70, uncertainty: null, at },
          },
        ],
        reviews: [
          makeReview({
            state: "answered",
            answer: { ...answer, withdrawn_scores: [...answer.withdrawn_scores] },
          }),
        ],
      }),
    });
    expect(await screen.findByText("근거가 모자랐어요.")).toBeVisible();
    expect(screen.getByText("요청하신 검토에 사람이 답했어요.")).toBeVisible();
    expect(screen.getByText("검토 뒤 거둔 점수")).toBeVisible();
    expect(screen.getByText(/모델은 70점을 주었고/)).toBeVisible();
    expect(screen.getByText("실행력: 모델이 준 점수 70점")).toBeVisible();
  });
});

describe("how a score came about", () => {
  it("is loaded when somebody asks, and marks the band that was reached", async () => {
    let loaded = 0;
    server.use(
      http.get(api("/interviews/interview-1/report/explanation"), () => {
        loaded += 1;
        return HttpResponse.json(EXPLANATION);
      }),
    );
    open({ now: makeReport(SCORED) });
    const label = await screen.findByText("이 결과는 이렇게 나왔어요");
    expect(loaded).toBe(0);
    await userEvent.click(label);
    expect(await screen.findByText("답변 하나에서 나온 점수예요.")).toBeVisible();
    expect(screen.getByRole("img", { name: "여기에 들어요" })).toBeVisible();
    await userEvent.click(screen.getByText("총점의 계산과 여기에 들어간 것"));
    expect(await screen.findByText("총점 70점은 프로그램이 계산했어요.")).toBeVisible();
    expect(loaded).toBe(1);
  });
});
