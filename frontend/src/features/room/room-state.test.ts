import { describe, expect, it } from "vitest";
import { makeAnswer, makeInterview, makeQuestion, makeTurn } from "@/testing/factories";
import { currentTurn, type RoomState, takeEvent, takeSnapshot } from "./room-state";

const answered = makeInterview({ turns: [makeTurn(1, "첫 답변")], answered_count: 1, sequence: 2 });

function play(start: RoomState, ...events: [string, unknown][]): RoomState {
  return events.reduce((state, [event, data]) => takeEvent(state, event, data) ?? state, start);
}

describe("the room", () => {
  it("writes a streamed question as its tokens come, and then holds the whole of it", () => {
    const writing = play(
      takeSnapshot(null, answered),
      ["question.started", { position: 2, stage: "skill" }],
      ["question.token", { position: 2, text: "병목은 " }],
      ["question.token", { position: 2, text: "어떻게" }],
    );
    expect(writing.streamed).toEqual({ position: 2, text: "병목은 어떻게" });
    const asked = play(writing, ["question.ready", makeQuestion(2, { text: "병목은 어떻게 찾으셨나요?" })]);
    expect(asked.streamed).toBeNull();
    expect(currentTurn(asked.interview)?.question.text).toBe("병목은 어떻게 찾으셨나요?");
  });

  it("forgets what was streamed when another attempt begins", () => {
    const state = play(
      takeSnapshot(null, answered),
      ["question.started", { position: 2 }],
      ["question.token", { position: 2, text: "잘못된" }],
      ["question.reset", { position: 2 }],
      ["question.token", { position: 2, text: "새" }],
    );
    expect(state.streamed?.text).toBe("새");
  });

  it("shows no half sentence to somebody who came in the middle of it", () => {
    const state = play(takeSnapshot(null, answered), [
      "question.token",
      { position: 2, text: "찾으셨나요?" },
    ]);
    expect(state.streamed).toBeNull();
  });

  it("keeps the beginning of a question over a reconnect's snapshot", () => {
    const pending = makeInterview({
      ...answered,
      pending_question: { position: 2, state: "preparing" },
      sequence: 3,
    });
    const state = play(
      takeSnapshot(null, answered),
      ["question.started", { position: 2 }],
      ["question.token", { position: 2, text: "병목은 " }],
      ["snapshot", pending],
      ["question.token", { position: 2, text: "어떻게" }],
    );
    expect(state.streamed?.text).toBe("병목은 어떻게");
  });

  it("takes nothing back because of a snapshot that is late", () => {
    const asked = play(takeSnapshot(null, answered), ["question.ready", makeQuestion(2)]);
    const late = makeInterview({
      ...answered,
      pending_question: { position: 2, state: "preparing" },
      sequence: 3,
    });
    const state = takeSnapshot(asked, late);
    expect(currentTurn(state.interview)?.question.position).toBe(2);
    expect(state.interview.pending_question).toBeNull();
    const older = takeSnapshot(state, makeInterview({ sequence: 1 }));
    expect(older.interview.turns[0]?.answer).toEqual(makeAnswer("첫 답변"));
  });

  it("ignores events of questions that it has already", () => {
    const state = takeSnapshot(null, makeInterview({ turns: [makeTurn(1, "답"), makeTurn(2)] }));
    expect(play(state, ["question.started", { position: 2 }], ["question.failed", { position: 1 }])).toEqual(
      state,
    );
  });

  it("counts events as interrupted until the stream itself goes on", () => {
    const interrupted = play(takeSnapshot(null, answered), ["degraded", {}]);
    expect(takeSnapshot(interrupted, answered).isDegraded).toBe(true);
    expect(play(interrupted, ["snapshot", answered]).isDegraded).toBe(false);
  });

  it("is over when the interview is, whatever was pending", () => {
    const state = play(
      takeSnapshot(null, answered),
      ["question.started", { position: 2 }],
      ["interview.finished", { interview_id: "interview-1" }],
    );
    expect(state.interview.status).toBe("finished");
    expect(state.interview.pending_question).toBeNull();
  });
});
