import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { delay, HttpResponse, http } from "msw";
import { beforeEach, describe, expect, it } from "vitest";
import type { CreateInterview, Scenario } from "@/api";
import { makeInterview, makeResume } from "@/testing/factories";
import { renderPage } from "@/testing/render-page";
import { api, refusal, server } from "@/testing/server";
import { SetupPage } from "./setup-page";

const STAGES = [
  { key: "introduction", title: "자기소개", competency: null, question_count: 1 },
  { key: "skill", title: "기술 역량", competency: null, question_count: 3 },
];

const scenario = (id: string, title: string): Scenario => ({
  id,
  title,
  version: 1,
  description: "설명",
  stages: STAGES,
  question_count: 4,
  estimated_minutes: 12,
});

let created: CreateInterview[];

function open() {
  return renderPage("/interviews/new", [
    { path: "/interviews/new", element: <SetupPage /> },
    { path: "/interviews/:interviewId", element: <p>면접방</p> },
  ]);
}

const start = () => screen.findByRole("button", { name: "면접 시작" });

beforeEach(() => {
  created = [];
  server.use(
    http.get(api("/resumes"), () => HttpResponse.json({ items: [makeResume()], total: 1 })),
    http.get(api("/resumes/resume-1"), () => HttpResponse.json(makeResume())),
    http.get(api("/scenarios"), () =>
      HttpResponse.json([scenario("short", "짧은 면접"), scenario("standard", "표준 면접")]),
    ),
    http.post<never, CreateInterview>(api("/interviews"), async ({ request }) => {
      created.push(await request.json());
      await delay(30);
      return HttpResponse.json(makeInterview(), { status: 201 });
    }),
  );
});

describe("setting up an interview", () => {
  it("asks for nothing but the role, and creates one interview for a double click", async () => {
    const user = userEvent.setup();
    open();
    await user.type(await screen.findByLabelText("지원 직무"), "백엔드 개발자");
    await user.dblClick(await start());
    expect(await screen.findByText("면접방")).toBeVisible();
    expect(created).toHaveLength(1);
    expect(created[0]).toMatchObject({
      scenario_id: "short",
      plan: null,
      difficulty: null,
      time_limit_minutes: null,
      consents: { scoring: false, emotion: false },
    });
  });

  it("leads to the role when it is missing", async () => {
    const user = userEvent.setup();
    open();
    await user.click(await start());
    expect(await screen.findByText("지원 직무를 적어 주세요.")).toBeVisible();
    expect(created).toEqual([]);
  });

  it("sends a plan of one's own, pace and needs", async () => {
    const user = userEvent.setup();
    open();
    await user.type(await screen.findByLabelText("지원 직무"), "백엔드 개발자");
    await user.click(await screen.findByRole("radio", { name: "직접 구성하기" }));
    await user.click(screen.getByRole("checkbox", { name: "자기소개 (1)" }));
    const count = screen.getByRole("group", { name: "질문 수" });
    await user.click(within(count).getByRole("button", { name: "하나 줄이기" }));
    expect(within(count).getByText("2")).toBeVisible();
    await user.click(screen.getByText("편의 지원"));
    await user.click(screen.getByRole("checkbox", { name: "글로만 답하기" }));
    expect(screen.getByText("1개 골랐어요")).toBeVisible();
    await user.click(screen.getByRole("checkbox", { name: "답변 채점에 동의해요" }));
    await user.click(await start());
    await screen.findByText("면접방");
    expect(created[0]).toMatchObject({
      scenario_id: "standard",
      plan: { question_count: 2, stages: ["skill"] },
      accommodations: { extra_time: 1, text_only: true },
      consents: { scoring: true },
    });
  });

  it("does not begin a plan without topics", async () => {
    const user = userEvent.setup();
    open();
    await user.type(await screen.findByLabelText("지원 직무"), "백엔드 개발자");
    await user.click(await screen.findByRole("radio", { name: "직접 구성하기" }));
    for (const stage of ["자기소개 (1)", "기술 역량 (3)"]) {
      await user.click(screen.getByRole("checkbox", { name: stage }));
    }
    await user.click(await start());
    expect(await screen.findByText("주제를 하나 이상 골라 주세요.")).toBeVisible();
    expect(created).toEqual([]);
  });

  it("keeps what was entered when the interview could not be created", async () => {
    server.use(http.post(api("/interviews"), () => refusal(503, "DATABASE_UNAVAILABLE")));
    const user = userEvent.setup();
    open();
    await user.type(await screen.findByLabelText("지원 직무"), "백엔드 개발자");
    await user.click(await start());
    expect(await screen.findByText("면접을 시작하지 못했어요")).toBeVisible();
    expect(screen.getByLabelText("지원 직무")).toHaveValue("백엔드 개발자");
  });

  it("shows the way to a résumé when none is ready", async () => {
    server.use(http.get(api("/resumes"), () => HttpResponse.json({ items: [], total: 0 })));
    open();
    expect(await screen.findByText(/준비된 이력서가 없어요/)).toBeVisible();
  });
});
