import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { delay, HttpResponse, http } from "msw";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Draft, InterviewDetail, SubmitAnswer } from "@/api";
import { EventStream } from "@/testing/event-stream";
import { makeInterview, makeQuestion, makeTurn } from "@/testing/factories";
import { renderPage } from "@/testing/render-page";
import { api, refusal, server, systemStatus } from "@/testing/server";
import { RoomPage } from "./room-page";

let interview: InterviewDetail;
let stream: EventStream;
let sent: string[];

const answerBox = () => screen.findByLabelText("내 답변");
const sendButton = () => screen.getByRole("button", { name: "답변 보내기" });
const question = () => screen.findByRole("heading", { level: 1 });

function open() {
  return renderPage("/interviews/interview-1", [{ path: "/interviews/:interviewId", element: <RoomPage /> }]);
}

beforeEach(() => {
  interview = makeInterview();
  sent = [];
  stream = new EventStream(() => [["snapshot", interview]]);
  server.use(
    http.get(api("/interviews/interview-1"), () => HttpResponse.json(interview)),
    http.get(api("/interviews/interview-1/events"), ({ request }) => stream.connect(request)),
    http.post<never, SubmitAnswer>(api("/interviews/interview-1/answers"), async ({ request }) => {
      const { text } = await request.json();
      sent.push(text);
      await delay(30);
      interview = makeInterview({
        turns: [makeTurn(1, text)],
        answered_count: 1,
        pending_question: { position: 2, state: "preparing" },
        sequence: 2,
      });
      return HttpResponse.json(interview, { status: 202 });
    }),
  );
});

describe("the room", () => {
  it("asks, takes the answer and streams the next question", async () => {
    const user = userEvent.setup();
    open();
    expect(await question()).toHaveTextContent("1번째로 여쭤볼게요");
    await user.type(await answerBox(), "로그를 봤습니다.");
    await user.click(sendButton());
    expect(await screen.findByText("다음 질문을 준비하고 있어요")).toBeVisible();
    stream.send("question.started", { position: 2, stage: "skill" });
    stream.send("question.token", { position: 2, text: "그다음에는 " });
    await waitFor(async () => expect(await question()).toHaveTextContent("그다음에는"));
    expect(screen.getByText("질문을 쓰고 있어요")).toBeVisible();
    stream.send("question.ready", makeQuestion(2, { text: "그다음에는 무엇을 하셨나요?" }));
    await waitFor(async () => expect(await question()).toHaveTextContent("그다음에는 무엇을 하셨나요?"));
    expect(await answerBox()).toHaveValue("");
    expect(sent).toEqual(["로그를 봤습니다."]);
  });

  it("says when a question is from the bank and not from a model", async () => {
    open();
    expect(await screen.findByText("질문 은행에서 가져온 질문이에요")).toBeVisible();
  });

  it.each([
    ["no_model", "AI 모델을 쓸 수 없어서 준비된 질문을 드렸어요."],
    ["asked_before", "AI 모델이 쓴 질문이 알맞지 않아서 준비된 질문을 드렸어요."],
    ["limit_reached", "한 시간 동안 쓸 수 있는 AI 모델 사용량을 다 써서 준비된 질문을 드렸어요."],
  ])("says why a question is a stand-in: %s", async (reason, words) => {
    const answered_by = { ...makeQuestion(1).answered_by, fallback_reason: reason };
    interview = makeInterview({ turns: [{ ...makeTurn(1), question: makeQuestion(1, { answered_by }) }] });
    open();
    await userEvent.click(await screen.findByText("왜 이 질문인가요?"));
    expect(await screen.findByText(words)).toBeVisible();
  });

  it("lets the model read along while an answer is written, where there is one", async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true });
    const drafts: Draft[] = [];
    server.use(
      http.get(api("/system/status"), () => HttpResponse.json({ ...systemStatus, can_ask_with_model: true })),
      http.put<never, Draft>(api("/interviews/interview-1/draft"), async ({ request }) => {
        drafts.push(await request.json());
        return new HttpResponse(null, { status: 204 });
      }),
    );
    const user = userEvent.setup({ advanceTimers: vi.advanceTimersByTime });
    open();
    const text = "로그를 보고 느린 조회를 먼저 찾았습니다.";
    await user.type(await answerBox(), text);
    expect(await screen.findByText(/모델이 미리 읽지만/)).toBeVisible();
    await vi.advanceTimersByTimeAsync(6_000);
    await waitFor(() => expect(drafts).toHaveLength(1));
    expect(drafts[0]).toEqual({ question_id: makeQuestion(1).id, text });
    await vi.advanceTimersByTimeAsync(12_000);
    expect(drafts).toHaveLength(1);
    vi.useRealTimers();
  });

  it("keeps what was typed over a reload", async () => {
    const user = userEvent.setup();
    const { unmount } = open();
    await user.type(await answerBox(), "쓰다 만 답변");
    unmount();
    open();
    expect(await answerBox()).toHaveValue("쓰다 만 답변");
  });

  it("keeps what was typed when Escape is pressed", async () => {
    const user = userEvent.setup();
    open();
    await user.type(await answerBox(), "쓰다 만 답변{Escape}");
    expect(await answerBox()).toHaveValue("쓰다 만 답변");
  });

  it("sends once for a double click", async () => {
    const user = userEvent.setup();
    open();
    await user.type(await answerBox(), "한 번만");
    await user.dblClick(sendButton());
    await screen.findByText("다음 질문을 준비하고 있어요");
    expect(sent).toEqual(["한 번만"]);
  });

  it("sends with Ctrl and Enter", async () => {
    const user = userEvent.setup();
    open();
    await user.type(await answerBox(), "빠르게{Control>}{Enter}{/Control}");
    await waitFor(() => expect(sent).toEqual(["빠르게"]));
  });

  it("keeps the text and says why when the server cannot take it", async () => {
    server.use(http.post(api("/interviews/interview-1/answers"), () => refusal(503, "DATABASE_UNAVAILABLE")));
    const user = userEvent.setup();
    open();
    await user.type(await answerBox(), "중요한 답변");
    await user.click(sendButton());
    expect(await screen.findByRole("alert")).toHaveTextContent("데이터베이스에 잠시 연결할 수 없어요");
    expect(await answerBox()).toHaveValue("중요한 답변");
  });

  it("shows the present state and keeps the text when the interview has moved on", async () => {
    const user = userEvent.setup();
    open();
    await user.type(await answerBox(), "늦은 답변");
    server.use(
      http.post(api("/interviews/interview-1/answers"), () => {
        interview = makeInterview({ turns: [makeTurn(1, "다른 창의 답변"), makeTurn(2)], sequence: 5 });
        return refusal(409, "QUESTION_ALREADY_ANSWERED");
      }),
    );
    await user.click(sendButton());
    await waitFor(async () => expect(await question()).toHaveTextContent("2번째로 여쭤볼게요"));
    expect(screen.getByText("보내지 못한 답변을 보관해 뒀어요")).toBeVisible();
    expect(screen.getByText("늦은 답변")).toBeVisible();
  });

  it("catches up after a lost connection", async () => {
    open();
    await question();
    await waitFor(() => expect(stream.connections).toHaveLength(1));
    interview = makeInterview({ turns: [makeTurn(1, "답"), makeTurn(2)], sequence: 5 });
    stream.drop();
    await vi.waitFor(async () => expect(await question()).toHaveTextContent("2번째로"), { timeout: 10_000 });
  });

  it("asks before it finishes, and shows the way to the report", async () => {
    server.use(
      http.post(api("/interviews/interview-1/finish"), () => {
        interview = makeInterview({ status: "finished", sequence: 9 });
        return HttpResponse.json(interview, { status: 202 });
      }),
    );
    const user = userEvent.setup();
    open();
    await user.click(await screen.findByRole("button", { name: "면접 마치기" }));
    await user.click(await screen.findByRole("button", { name: "마치기" }));
    expect(await screen.findByRole("link", { name: "리포트 보기" })).toHaveAttribute(
      "href",
      "/interviews/interview-1/report",
    );
  });
});
