import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { HttpResponse, http } from "msw";
import { beforeEach, describe, expect, it } from "vitest";
import type { InterviewDetail, SpeechAct } from "@/api";
import { EventStream } from "@/testing/event-stream";
import { makeClock, makeInterview, makeQuestion, makeTopic, makeTurn } from "@/testing/factories";
import { renderPage } from "@/testing/render-page";
import { api, refusal, server } from "@/testing/server";
import { RoomPage } from "./room-page";

let interview: InterviewDetail;
let asked: string[];
let stream: EventStream;

const answerBox = () => screen.findByLabelText("내 답변");
const button = (name: string) => screen.findByRole("button", { name });

function open() {
  return renderPage("/interviews/interview-1", [{ path: "/interviews/:interviewId", element: <RoomPage /> }]);
}

/** What the server does when it is asked for something. */
function on(command: string, change: () => Partial<InterviewDetail>) {
  server.use(
    http.post(api(`/interviews/interview-1/${command}`), () => {
      asked.push(command);
      interview = makeInterview({ ...interview, ...change(), sequence: interview.sequence + 1 });
      return HttpResponse.json(interview, { status: 202 });
    }),
  );
}

function hears(act: SpeechAct, change: Partial<InterviewDetail> = {}) {
  server.use(
    http.post(api("/interviews/interview-1/answers"), () => {
      interview = makeInterview({ ...interview, ...change, sequence: interview.sequence + 1 });
      return HttpResponse.json({ ...interview, heard_as: act }, { status: 202 });
    }),
  );
}

beforeEach(() => {
  interview = makeInterview();
  asked = [];
  stream = new EventStream(() => [["snapshot", interview]]);
  server.use(
    http.get(api("/interviews/interview-1"), () => HttpResponse.json(interview)),
    http.get(api("/interviews/interview-1/events"), ({ request }) => stream.connect(request)),
  );
});

describe("wishes in the room", () => {
  it("shows which topic of how many is open, and the time left in words", async () => {
    interview = makeInterview({
      topics: [
        makeTopic("소개", "done"),
        makeTopic("지원 동기", "dropped"),
        makeTopic("문제 해결", "current"),
        makeTopic("책임감", "open", "주도적"),
      ],
      turns: [makeTurn(1, "답"), { ...makeTurn(2), question: makeQuestion(2, { slot: 2 }) }],
    });
    open();
    expect(await screen.findByText("2 / 3 · 문제 해결")).toBeVisible();
    expect(screen.getByText("채용 공고에 맞춰 주제를 더했어요: 책임감")).toBeVisible();
    expect(screen.getByText("23분 남았어요")).toBeVisible();
    expect(screen.getByText("남은 시간에 맞춰 주제 1개를 줄였어요")).toBeVisible();
  });

  it("gives a hint without ending the question", async () => {
    on("hint", () => ({ turns: [{ ...makeTurn(1), hints: ["비교한 대안"] }] }));
    const user = userEvent.setup();
    open();
    await user.type(await answerBox(), "쓰던 말");
    await user.click(await button("힌트"));
    expect(await screen.findByText("비교한 대안")).toBeVisible();
    expect(screen.getByText(/힌트를 봐도 불리하지 않아요/)).toBeVisible();
    expect(await answerBox()).toHaveValue("쓰던 말");
    expect(await button("힌트 하나 더")).toBeEnabled();
  });

  it("stops the clock for a moment to think", async () => {
    on("moment", () => ({
      turns: [{ ...makeTurn(1), moments_left: 0 }],
      clock: makeClock({ is_running: false, resumes_at: "2026-11-21T04:00:30Z" }),
    }));
    const user = userEvent.setup();
    open();
    await user.click(await button("생각할 시간"));
    expect(await screen.findByText(/천천히 생각해 보세요/)).toBeVisible();
    expect(screen.getByText(/지금은 시간이 멈춰 있어요/)).toBeVisible();
    expect(await button("생각할 시간")).toBeDisabled();
  });

  it("hides the question in a pause and brings back what was typed", async () => {
    on("pause", () => ({ clock: makeClock({ is_running: false, is_paused: true }) }));
    on("resume", () => ({ clock: makeClock() }));
    const user = userEvent.setup();
    open();
    await user.type(await answerBox(), "쓰다 만 답변");
    await user.click(await button("잠시 멈추기"));
    expect(await screen.findByRole("heading", { name: "잠시 멈췄어요" })).toHaveFocus();
    expect(screen.queryByLabelText("내 답변")).not.toBeInTheDocument();
    await user.dblClick(await button("이어서 하기"));
    expect(await answerBox()).toHaveValue("쓰다 만 답변");
    expect(asked).toEqual(["pause", "resume"]);
  });

  it.each<[SpeechAct, RegExp]>([
    ["repeat", /질문을 다시 보여 드렸어요/],
    ["moment", /쓸 수 있는 생각할 시간을 다 썼어요/],
    ["time", /23분 남았어요\. 방금 하신 말은 답변으로 남지 않아요/],
  ])("takes words that are a wish kindly, and leaves the box empty: %s", async (act, words) => {
    hears(act);
    const user = userEvent.setup();
    open();
    await user.type(await answerBox(), "부탁이 있어요{Control>}{Enter}{/Control}");
    expect(await screen.findByText(words)).toBeVisible();
    expect(await answerBox()).toHaveValue("");
  });

  it("comforts somebody who is in distress", async () => {
    hears("distress", { clock: makeClock({ is_running: false, is_paused: true }) });
    const user = userEvent.setup();
    open();
    await user.type(await answerBox(), "너무 떨려요{Control>}{Enter}{/Control}");
    expect(await screen.findByRole("heading", { name: "괜찮아요, 잠시 쉬어 가요" })).toBeVisible();
  });

  it("shows the present state when another window paused, and keeps the text", async () => {
    on("resume", () => ({ clock: makeClock() }));
    server.use(
      http.post(api("/interviews/interview-1/answers"), () => {
        interview = makeInterview({ clock: makeClock({ is_running: false, is_paused: true }), sequence: 5 });
        return refusal(409, "INTERVIEW_PAUSED");
      }),
    );
    const user = userEvent.setup();
    open();
    await user.type(await answerBox(), "중요한 답변{Control>}{Enter}{/Control}");
    await user.click(await button("이어서 하기"));
    expect(await answerBox()).toHaveValue("중요한 답변");
    await waitFor(() => expect(screen.queryByText(/이어서 하기를 누른 뒤/)).not.toBeInTheDocument());
  });

  it("keeps what was typed when another window answers the question", async () => {
    const user = userEvent.setup();
    open();
    await user.type(await answerBox(), "여기서 쓰던 말");
    stream.send(
      "snapshot",
      makeInterview({ turns: [makeTurn(1, "다른 창의 답변"), makeTurn(2)], sequence: 5 }),
    );
    expect(await screen.findByText("보내지 못한 답변을 보관해 뒀어요")).toBeVisible();
    expect(screen.getByText("여기서 쓰던 말")).toBeVisible();
    expect(await answerBox()).toHaveValue("");
  });

  it("says gently that the time is over, and lets the answer be sent", async () => {
    interview = makeInterview({ clock: makeClock({ left_s: -5, warning: "over" }) });
    open();
    expect(await screen.findByText(/쓰고 있는 답변은 몇 분 안에 보내면/)).toBeVisible();
    expect(await answerBox()).toBeEnabled();
  });

  it.each([
    ["time_up", "수고하셨어요. 시간이 다 됐어요"],
    ["abandoned", "오래 멈춰 있어서 면접을 마쳤어요"],
  ] as const)("says why it ended: %s", async (finish_reason, title) => {
    interview = makeInterview({ status: "finished", finish_reason });
    open();
    expect(await screen.findByRole("heading", { name: title })).toBeVisible();
  });

  it("marks a follow-up and says why it is asked and who decided that", async () => {
    const question = makeQuestion(2, {
      is_follow_up: true,
      reason: "방금 답변을 더 구체적으로 듣고 싶어서 드리는 질문이에요.",
      follow_up: {
        reason: "vague",
        target: "캐시",
        quote: "캐시를 썼어요",
        against: null,
        decided_by: "rules",
      },
    });
    interview = makeInterview({ turns: [makeTurn(1, "캐시를 썼어요"), { ...makeTurn(2), question }] });
    open();
    expect((await screen.findAllByText(question.reason))[0]).toBeVisible();
    await userEvent.click(screen.getByText("왜 이 질문인가요?"));
    expect(screen.getByText("“캐시를 썼어요”")).toBeVisible();
    expect(screen.getByText("이어서 물을지는 정해진 규칙으로 골랐어요.")).toBeVisible();
  });

  it("offers a break between topics to those who asked for it", async () => {
    interview = makeInterview({
      accommodations: { breaks: true },
      turns: [makeTurn(1, "답"), makeTurn(2)],
    });
    open();
    expect(await screen.findByText("쉬었다 할까요?")).toBeVisible();
  });
});
