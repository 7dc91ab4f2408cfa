import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { HttpResponse, http } from "msw";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { InterviewDetail, Transcript } from "@/api";
import { RoomPage } from "@/features/room/room-page";
import { EventStream } from "@/testing/event-stream";
import { makeInterview, makeTurn } from "@/testing/factories";
import { renderPage } from "@/testing/render-page";
import { api, refusal, server, systemStatus } from "@/testing/server";

let interview: InterviewDetail;
let transcript: Transcript;
let asked: string[];

const button = (name: string) => screen.findByRole("button", { name });

function open() {
  return renderPage("/interviews/interview-1", [{ path: "/interviews/:interviewId", element: <RoomPage /> }]);
}

function spoken(changes: Partial<Transcript>): Transcript {
  return {
    state: "ready",
    take: 1,
    text: "",
    segments: [],
    missing: [],
    is_too_poor: false,
    poor_reason: null,
    end_reason: "button",
    error_code: null,
    ...changes,
  };
}

/** Devices that are asked for and not there; returns what was asked for. */
function refuseDevices(): string[] {
  const wanted: string[] = [];
  const getUserMedia = async ({ video }: MediaStreamConstraints) => {
    wanted.push(video ? "camera and microphone" : "microphone");
    throw new DOMException("", "NotFoundError");
  };
  Object.defineProperty(navigator, "mediaDevices", { value: { getUserMedia }, configurable: true });
  return wanted;
}

afterEach(() => void Reflect.deleteProperty(navigator, "mediaDevices"));

beforeEach(() => {
  interview = makeInterview({
    consents: { recording: false, transcription: true, scoring: true, emotion: false },
  });
  transcript = spoken({ state: "none", take: null });
  asked = [];
  const stream = new EventStream(() => [["snapshot", interview]]);
  server.use(
    http.get(api("/interviews/interview-1"), () => HttpResponse.json(interview)),
    http.get(api("/interviews/interview-1/events"), ({ request }) => stream.connect(request)),
    http.get(api("/interviews/interview-1/questions/:id/transcript"), () => HttpResponse.json(transcript)),
    http.get(api("/interviews/interview-1/consents"), () => HttpResponse.json([])),
    http.post(api("/interviews/interview-1/skip"), () => {
      asked.push("skip");
      interview = makeInterview({ ...interview, turns: [makeTurn(1, "–"), makeTurn(2)], sequence: 2 });
      return HttpResponse.json(interview, { status: 202 });
    }),
  );
});

describe("answering by voice", () => {
  it("lets a question be skipped, once it is asked whether that is meant", async () => {
    const user = userEvent.setup();
    open();
    await button("마이크 켜기");
    await user.click(await button("건너뛰기"));
    expect(asked).toEqual([]);
    await user.click(within(await screen.findByRole("dialog")).getByRole("button", { name: "건너뛰기" }));
    await expect.poll(() => asked).toEqual(["skip"]);
  });

  it("lets the microphone be turned on once it knows whether pictures are wanted too", async () => {
    interview = makeInterview({
      consents: { recording: false, transcription: true, scoring: true, emotion: true },
    });
    let tell = () => {};
    const told = new Promise<void>((resolve) => {
      tell = resolve;
    });
    server.use(
      http.get(api("/system/status"), async () => {
        await told;
        return HttpResponse.json({ ...systemStatus, emotion_enabled: true });
      }),
    );
    const wanted = refuseDevices();
    const user = userEvent.setup();
    open();
    const turnOn = await button("마이크 켜기");
    expect(turnOn).toBeDisabled();
    expect(turnOn).toHaveAttribute("data-loading");
    await user.click(turnOn);
    tell();
    await waitFor(() => expect(turnOn).toBeEnabled());
    expect(wanted).toEqual([]);
    await user.click(turnOn);
    await expect.poll(() => wanted).toEqual(["camera and microphone", "microphone"]);
  });

  it("lets the microphone alone be turned on where nobody can say whether pictures are wanted", async () => {
    interview = makeInterview({
      consents: { recording: false, transcription: true, scoring: true, emotion: true },
    });
    let tries = 0;
    server.use(
      http.get(api("/system/status"), () => {
        tries++;
        return refusal(503, "SERVICE_UNAVAILABLE");
      }),
    );
    const wanted = refuseDevices();
    const user = userEvent.setup();
    open();
    const turnOn = await button("마이크 켜기");
    await waitFor(() => expect(turnOn).toBeEnabled());
    expect(tries).toBe(1);
    await user.click(turnOn);
    await expect.poll(() => wanted).toEqual(["microphone"]);
  });

  it("does not offer words again that were heard as a wish", async () => {
    transcript = spoken({ text: "질문을 다시 말해 주세요" });
    server.use(
      http.post(api("/interviews/interview-1/answers"), () =>
        HttpResponse.json({ ...interview, sequence: 2, heard_as: "repeat" }, { status: 202 }),
      ),
    );
    const user = userEvent.setup();
    open();
    expect(await screen.findByLabelText("내 답변 고치기")).toHaveValue("질문을 다시 말해 주세요");
    await user.click(await button("답변 보내기"));
    expect(await button("마이크 켜기")).toBeVisible();
    expect(screen.queryByLabelText("내 답변 고치기")).toBeNull();
  });

  it("says why words are not enough to be judged, and shows what is missing", async () => {
    transcript = spoken({
      state: "partial",
      text: "캐시를 두었습니다",
      missing: [{ epoch: 1, sequence: 2 }],
      is_too_poor: true,
      poor_reason: "incomplete",
    });
    open();
    expect(await screen.findByText(/절반 이상이 빠졌어요/)).toBeVisible();
    expect(screen.getByText("답변에서 1개 부분이 빠졌어요")).toBeVisible();
    expect(await button("빠진 채로 보내기")).toBeEnabled();
  });

  it.each([
    ["empty", "들린 말이 없어요"],
    ["failed", "답변을 받아쓰지 못했어요"],
  ] as const)("offers to speak anew or to write when the transcript is %s", async (state, words) => {
    transcript = spoken({ state });
    open();
    expect(await screen.findByText(words)).toBeVisible();
    expect(await button("다시 말하기")).toBeEnabled();
    expect(await button("글로 답하기")).toBeEnabled();
  });

  it("lets consents be withdrawn while somebody writes", async () => {
    const user = userEvent.setup();
    open();
    await user.click(await screen.findByRole("radio", { name: "글로 답하기" }));
    await user.click(await button("내가 동의한 것"));
    expect(await screen.findByLabelText(/^답변 채점하기/)).toBeChecked();
  });
});
