import type { InterviewDetail, Question, Turn } from "@/api";

export type RoomState = {
  interview: InterviewDetail;
  /** The next question as far as its tokens have come; null when we did not see its beginning. */
  streamed: { position: number; text: string } | null;
  /** The server told us that its live events are interrupted. */
  isDegraded: boolean;
};

/**
 * Take a snapshot from wherever it comes.
 *
 * Snapshots travel on two ways (answers of requests, the event stream) and may arrive in either order, so
 * nothing that was seen once is taken back: turns stay, answers stay, the end stays. Whether events are
 * interrupted, the stream alone says.
 */
export function takeSnapshot(state: RoomState | null, snapshot: InterviewDetail): RoomState {
  if (state?.interview.id !== snapshot.id) return { interview: snapshot, streamed: null, isDegraded: false };
  const known = state.interview;
  const newest = snapshot.sequence >= known.sequence ? snapshot : known;
  const interview = settle({
    ...newest,
    turns: mergeTurns(known.turns, snapshot.turns),
    answered_count: Math.max(known.answered_count, snapshot.answered_count),
    status: known.status === "finished" ? "finished" : snapshot.status,
  });
  return { interview, streamed: keepStreamed(state.streamed, interview), isDegraded: state.isDegraded };
}

/** Take one event of the interview's stream; unknown and outdated ones change nothing. */
export function takeEvent(state: RoomState | null, event: string, data: unknown): RoomState | null {
  if (event === "snapshot") return { ...takeSnapshot(state, data as InterviewDetail), isDegraded: false };
  if (!state) return state;
  const { interview, streamed } = state;
  if (event === "degraded") return { ...state, isDegraded: true };
  if (event === "interview.finished")
    return { ...state, interview: settle({ ...interview, status: "finished" }) };
  if (event === "question.ready") return takeQuestion(state, data as Question);

  const { position, text } = data as { position: number; text?: string };
  if (interview.turns.some((turn) => turn.question.position >= position)) return state;
  switch (event) {
    case "question.started":
    case "question.reset":
      return {
        ...state,
        interview: { ...interview, pending_question: { position, state: "preparing" } },
        streamed: { position, text: "" },
      };
    case "question.token":
      if (streamed?.position !== position) return state;
      return { ...state, streamed: { position, text: streamed.text + (text ?? "") } };
    case "question.failed":
      return {
        ...state,
        interview: { ...interview, pending_question: { position, state: "failed" } },
        streamed: null,
      };
    default:
      return state;
  }
}

/** The question that waits for an answer, if there is one, with what was given to it. */
export function currentTurn(interview: InterviewDetail): Turn | null {
  if (interview.status === "finished") return null;
  const last = interview.turns.at(-1);
  return last && last.answer === null ? last : null;
}

function takeQuestion(state: RoomState, question: Question): RoomState {
  const turns = mergeTurns(state.interview.turns, [{ question, answer: null, hints: [], moments_left: 2 }]);
  // The clock runs from the moment a question is there, whenever the next snapshot comes.
  const clock = { ...state.interview.clock, is_running: true };
  const interview = settle({ ...state.interview, turns, clock });
  return { ...state, interview, streamed: keepStreamed(state.streamed, interview) };
}

function mergeTurns(known: readonly Turn[], news: readonly Turn[]): Turn[] {
  const turns = new Map(known.map((turn) => [turn.question.id, turn]));
  for (const turn of news) {
    const old = turns.get(turn.question.id);
    turns.set(turn.question.id, {
      ...turn,
      answer: turn.answer ?? old?.answer ?? null,
      hints: old && old.hints.length > turn.hints.length ? old.hints : turn.hints,
      moments_left: Math.min(old?.moments_left ?? turn.moments_left, turn.moments_left),
    });
  }
  return [...turns.values()].sort((one, other) => one.question.position - other.question.position);
}

/** A question that has arrived, or an interview that is over, has nothing pending. */
function settle(interview: InterviewDetail): InterviewDetail {
  const pending = interview.pending_question;
  const isSettled =
    interview.status === "finished" ||
    (pending !== null && interview.turns.some((turn) => turn.question.position >= pending.position));
  return isSettled ? { ...interview, pending_question: null } : interview;
}

function keepStreamed(streamed: RoomState["streamed"], interview: InterviewDetail): RoomState["streamed"] {
  return streamed !== null && interview.pending_question?.position === streamed.position ? streamed : null;
}
