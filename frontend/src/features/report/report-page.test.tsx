import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { HttpResponse, http } from "msw";
import { describe, expect, it, vi } from "vitest";
import type { CompetencyResult, Report } from "@/api";
import * as files from "@/lib/save-file";
import { makeDelivery, makeInterview, makeReport } from "@/testing/factories";
import { renderPage } from "@/testing/render-page";
import { api, server } from "@/testing/server";
import { ReportPage } from "./report-page";

function competency(key: string, changes: Partial<CompetencyResult> = {}): CompetencyResult {
  return {
    key,
    title: `역량 ${key}`,
    weight: 0.5,
    score: null,
    not_scored_reason: "no_model",
    uncertainty: null,
    no_uncertainty_reason: null,
    answer_count: 0,
    comment: null,
    evidence: [],
    bands: [],
    superseded: null,
    ...changes,
  };
}

function open(report: Report) {
  server.use(
    http.get(api("/interviews/interview-1/report"), () => HttpResponse.json(report)),
    http.get(api("/interviews/interview-1/delivery"), () => HttpResponse.json(makeDelivery())),
    http.get(api("/interviews/interview-1"), () => HttpResponse.json(makeInterview({ status: "finished" }))),
  );
  return renderPage("/interviews/interview-1/report", [
    { path: "/interviews/:interviewId/report", element: <ReportPage /> },
  ]);
}

describe("a report", () => {
  it("without a model says so and shows no score at all", async () => {
    open(makeReport({ competencies: [competency("가"), competency("나")] }));
    expect(await screen.findByText("이 면접은 채점하지 않았어요")).toBeVisible();
    expect(screen.getAllByText("평가하지 않음 · 모델 없음")).toHaveLength(2);
    expect(screen.queryByText("총점")).not.toBeInTheDocument();
    expect(screen.queryByRole("progressbar")).not.toBeInTheDocument();
    const section = screen.getByRole("region", { name: "역량" });
    expect(section.textContent).not.toMatch(/\d/);
  });

  it("shows the score of a competency beside one that was not assessed", async () => {
    open(
      makeReport({
        overall_score: 71.6,
        not_scored_reason: null,
        competencies: [
          competency("가", { score: 80.2, not_scored_reason: null, uncertainty: 3.4 }),
          competency("나", { not_scored_reason: "not_enough_evidence" }),
        ],
      }),
    );
    expect(await screen.findByText("80")).toBeVisible();
    expect(screen.getAllByText("± 3")).toHaveLength(1);
    expect(screen.getByText("± 알 수 없음")).toBeVisible();
    expect(screen.getByText("평가하지 않음 · 근거 부족")).toBeVisible();
    expect(screen.getByText("72")).toBeVisible();
    expect(screen.getAllByText(/아직 맞춰 보지 않은/)[0]).toBeVisible();
  });

  it("leads from a quote to its place in the transcript", async () => {
    const evidence = {
      question_id: "question-1",
      quote: "로그를",
      start: 3,
      end: 6,
      start_ms: null,
      end_ms: null,
    };
    open(
      makeReport({
        competencies: [competency("가", { score: 60, not_scored_reason: null, evidence: [evidence] })],
      }),
    );
    await userEvent.click(await screen.findByRole("button", { name: /1번 답변에서 보기/ }));
    const transcript = screen.getByRole("region", { name: "전체 기록" });
    expect(within(transcript).getByText("로그를").tagName).toBe("MARK");
  });

  it("offers to judge again where an answer could not be judged", async () => {
    server.use(
      http.post(api("/interviews/interview-1/report/retry"), () =>
        HttpResponse.json(makeReport({ summary: "다시 쓴 요약" }), { status: 202 }),
      ),
    );
    open(makeReport({ overall_score: 71.6, not_scored_reason: null, can_retry: true }));
    expect(await screen.findByText("채점하지 못한 답변이 있어요")).toBeVisible();
    await userEvent.click(screen.getByRole("button", { name: "다시 채점하기" }));
    expect(await screen.findByText("다시 쓴 요약")).toBeVisible();
  });

  it("shows what is done while the rest is being written", async () => {
    server.use(http.get(api("/interviews/interview-1/events"), () => HttpResponse.text("", { status: 503 })));
    open(makeReport({ status: "running", percent: 40, strengths: ["과정이 분명해요."] }));
    expect(await screen.findByText("리포트를 쓰고 있어요")).toBeVisible();
    expect(screen.getByText("과정이 분명해요.")).toBeVisible();
    expect(screen.queryByText("이 면접은 채점하지 않았어요")).not.toBeInTheDocument();
    expect(screen.queryByRole("region", { name: "이 리포트는 이렇게 만들었어요" })).not.toBeInTheDocument();
  });

  it("says what became of the claims, what contradicts first", async () => {
    const claim = { kind: "project", about: null, question_ids: [] };
    open(
      makeReport({
        claims: [
          { ...claim, claim_id: "1", text: "묻지 않은 주장", verdict: "never_probed", evidence: null },
          { ...claim, claim_id: "2", text: "다른 주장", verdict: "contradicted", evidence: null },
        ],
      }),
    );
    const section = await screen.findByRole("region", { name: "이력서에 적은 것과 답변" });
    expect(section.textContent).toMatch(/답변과 달라요.*다른 주장.*묻지 않았어요/);
  });

  it("becomes a PDF on request, however long it takes", async () => {
    const states = ["pending", "ready"];
    server.use(
      http.post(api("/interviews/interview-1/report/pdf"), () =>
        HttpResponse.json({ state: "pending" }, { status: 202 }),
      ),
      http.get(api("/interviews/interview-1/report/pdf"), () => HttpResponse.json({ state: states.shift() })),
      http.get(api("/interviews/interview-1/report/pdf/file"), () => HttpResponse.text("%PDF-1.7")),
    );
    const saved = vi.spyOn(files, "saveFile").mockImplementation(() => {});
    open(makeReport());
    await userEvent.click(await screen.findByRole("button", { name: "PDF" }));
    expect(screen.getByText(/PDF를 만들고 있어요/)).toBeVisible();
    expect(await screen.findByText("PDF를 내려받았어요.", {}, { timeout: 5000 })).toBeVisible();
    expect(saved).toHaveBeenCalledWith(expect.anything(), "interview-report-interview-1.pdf");
  });

  it("whose PDF could not be made says so and can be asked again", async () => {
    server.use(
      http.post(api("/interviews/interview-1/report/pdf"), () =>
        HttpResponse.json({ state: "failed", error_code: "expired" }, { status: 202 }),
      ),
    );
    open(makeReport());
    await userEvent.click(await screen.findByRole("button", { name: "PDF" }));
    const alert = await screen.findByRole("alert");
    expect(within(alert).getByText("PDF를 만들지 못했어요")).toBeVisible();
    expect(within(alert).getByRole("button", { name: "다시 시도" })).toBeVisible();
  });

  it("that failed can be written again", async () => {
    server.use(
      http.post(api("/interviews/interview-1/report/retry"), () =>
        HttpResponse.json(makeReport({ summary: "다시 쓴 요약" }), { status: 202 }),
      ),
    );
    open(makeReport({ status: "failed", error_code: "internal" }));
    await userEvent.click(await screen.findByRole("button", { name: "다시 만들기" }));
    expect(await screen.findByText("다시 쓴 요약")).toBeVisible();
  });
});
