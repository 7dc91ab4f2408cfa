import { describe, expect, it } from "vitest";
import { type Link, type LinkEvent, nextLink, OFF, pauseBeforeTry } from "./link-state";

const READY = { type: "ready", epoch: 1, may_transcribe: true, may_analyze_emotion: false } as const;
const BEGIN = { type: "begin", questionId: "question-1", take: 1 } as const;
const ENDED = {
  type: "answer.ended",
  question_id: "question-1",
  take: 1,
  last_sequence: 3,
  reason: "button",
} as const;

function play(...events: LinkEvent[]): Link {
  return events.reduce(nextLink, OFF);
}

const open = [{ type: "open" }, { type: "connect" }, READY] as const;

describe("the link to the server of voices", () => {
  it("is ready only when the server says so", () => {
    expect(play({ type: "open" }).state).toBe("opening");
    expect(play({ type: "open" }, { type: "connect" }).state).toBe("connecting");
    expect(play(...open)).toMatchObject({ state: "ready", epoch: 1, mayTranscribe: true });
  });

  it("tries again at once after a loss, and keeps the answer that was being spoken", () => {
    const lost = play(...open, BEGIN, { type: "lost" });
    expect(pauseBeforeTry(lost)).toBe(0);
    expect(lost).toMatchObject({ state: "reconnecting", answer: { phase: "listening", wasCut: true } });
    const back = nextLink(nextLink(lost, { type: "connect" }), { ...READY, epoch: 2 });
    expect(back).toMatchObject({ state: "ready", epoch: 2, failures: 0, answer: { phase: "listening" } });
  });

  it("waits longer from try to try and then leaves the choice to the candidate", () => {
    let link = play(...open, BEGIN);
    const pauses: (number | null)[] = [];
    while (link.state !== "failed") {
      link = nextLink(link, { type: "refused", code: "SERVER_AWAY" });
      pauses.push(pauseBeforeTry(link));
    }
    expect(pauses.slice(0, -1)).toEqual(
      [...pauses.slice(0, -1)].sort((one, other) => Number(one) - Number(other)),
    );
    expect(pauses.at(-1)).toBeNull();
    expect(link).toMatchObject({ failure: "SERVER_AWAY", answer: { phase: "ended", reason: "lost" } });
  });

  it("does not try again where that cannot help", () => {
    const refused = play(
      { type: "open" },
      { type: "connect" },
      { type: "refused", code: "INTERVIEW_FINISHED" },
    );
    expect(refused.state).toBe("failed");
  });

  it("says nothing more after it was left", () => {
    expect(play(...open, { type: "leave" }, { type: "lost" })).toEqual(OFF);
  });
});

describe("a spoken answer", () => {
  it("ends when the server has the last sound, not when the button is pressed", () => {
    expect(play(...open, BEGIN, { type: "end" }).answer?.phase).toBe("ending");
    expect(play(...open, BEGIN, { type: "end" }, ENDED).answer).toMatchObject({
      phase: "ended",
      reason: "button",
    });
  });

  it("is not ended by what is said about another take", () => {
    expect(play(...open, { ...BEGIN, take: 2 }, { type: "end" }, ENDED).answer?.phase).toBe("ending");
  });

  it("tells silence from a pause for thought", () => {
    const silent = { type: "pause", silence_ms: 2_000 } as const;
    expect(play(...open, BEGIN, silent).silenceMs).toBe(2_000);
    expect(play(...open, BEGIN, { type: "think" }, silent).silenceMs).toBeNull();
    const speaking = { type: "speaking", is_speaking: true, is_backchannel: false } as const;
    expect(play(...open, BEGIN, silent, speaking)).toMatchObject({ silenceMs: null, isSpeaking: true });
  });

  it("is over at once when its consent is withdrawn", () => {
    const withdrawn = play(...open, BEGIN, { type: "error", code: "TRANSCRIPTION_NOT_ALLOWED" });
    expect(withdrawn.answer).toMatchObject({ phase: "ended", reason: "TRANSCRIPTION_NOT_ALLOWED" });
  });
});

describe("notices", () => {
  it("say on which rung pictures are, and what became of the sound", () => {
    const noted = play(
      ...open,
      { type: "notice", code: "video_off" },
      { type: "notice", code: "audio_gaps" },
    );
    expect(noted).toMatchObject({ video: "video_off", hasGaps: true });
  });
});
