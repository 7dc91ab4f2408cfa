import type { ServerMessage } from "@/lib/webrtc";

/** An answer that is being spoken, as this page knows it; the transcript says what the server has of it. */
export type SpokenAnswer = {
  questionId: string;
  take: number;
  /** `ending`: "I'm done" was said, and the last sound is still on its way. */
  phase: "listening" | "ending" | "ended";
  /** Why it ended; the candidate's own button unless the server says otherwise. */
  reason: string | null;
  /** Whether the connection was lost in it, so that something may be missing. */
  wasCut: boolean;
};

export type Link = {
  state: "off" | "opening" | "connecting" | "ready" | "reconnecting" | "failed";
  /** Why it failed, as an error code. */
  failure: string | null;
  failures: number;
  epoch: number | null;
  mayTranscribe: boolean;
  mayAnalyzeEmotion: boolean;
  answer: SpokenAnswer | null;
  isSpeaking: boolean;
  /** How long nobody has spoken, once that is long enough to be worth a word. */
  silenceMs: number | null;
  isThinking: boolean;
  /** The rung of the ladder that pictures are on. */
  video: string;
  hasGaps: boolean;
  isServerBusy: boolean;
};

export const OFF: Link = {
  state: "off",
  failure: null,
  failures: 0,
  epoch: null,
  mayTranscribe: false,
  mayAnalyzeEmotion: false,
  answer: null,
  isSpeaking: false,
  silenceMs: null,
  isThinking: false,
  video: "video_full",
  hasGaps: false,
  isServerBusy: false,
};

export type LinkEvent =
  | ServerMessage
  | { type: "open" }
  | { type: "connect" }
  | { type: "retry" }
  | { type: "lost" }
  | { type: "refused"; code: string }
  | { type: "begin"; questionId: string; take: number }
  | { type: "end" }
  | { type: "think" }
  | { type: "forget" }
  | { type: "leave" };

/**
 * After the last of these the candidate chooses. A way that never led anywhere is given up sooner than a lost one.
 * A server that dies is noticed after five seconds at the most, and starts again within as many: these it is asked in
 * every second.
 */
const PAUSES_MS = [
  0, 400, 600, 1_000, 1_000, 1_000, 2_000, 3_000, 5_000, 5_000, 5_000, 10_000, 10_000, 10_000,
];
const FIRST_TRIES = 3;
const HOPELESS = [
  "INTERVIEW_FINISHED",
  "INTERVIEW_NOT_FOUND",
  "NOT_FOUND",
  "ORIGIN_NOT_ALLOWED",
  "SDP_INVALID",
];

/** How long to wait before the next try; null when trying again is for the candidate to say. */
export function pauseBeforeTry(link: Link): number | null {
  if (link.failure && HOPELESS.includes(link.failure)) return null;
  if (link.epoch === null && link.failures >= FIRST_TRIES) return null;
  return PAUSES_MS[Math.max(0, link.failures - 1)] ?? null;
}

/** The link after something happened; a pure function. */
export function nextLink(link: Link, event: LinkEvent): Link {
  switch (event.type) {
    case "open":
      return { ...OFF, state: "opening" };
    case "connect":
      return { ...link, state: link.epoch === null ? "connecting" : "reconnecting", isServerBusy: false };
    case "retry":
      return { ...link, state: "connecting", failure: null, failures: 0 };
    case "ready":
      return {
        ...link,
        state: "ready",
        failure: null,
        failures: 0,
        epoch: event.epoch,
        mayTranscribe: event.may_transcribe,
        mayAnalyzeEmotion: event.may_analyze_emotion,
      };
    case "lost":
      return lose(link, null);
    case "refused":
      return lose(link, event.code);
    case "leave":
      return OFF;
    default:
      return hear(link, event);
  }
}

function lose(link: Link, code: string | null): Link {
  if (link.state === "off") return link;
  const tried = { ...link, failure: code, failures: link.failures + 1, isSpeaking: false, silenceMs: null };
  const state =
    pauseBeforeTry(tried) === null ? "failed" : link.epoch === null ? "connecting" : "reconnecting";
  return { ...tried, state, answer: cut(link.answer, state === "failed") };
}

/** What was not sent before the loss is gone. Where no connection comes back, the answer is what was sent. */
function cut(answer: SpokenAnswer | null, isLast: boolean): SpokenAnswer | null {
  if (!answer || answer.phase === "ended") return answer;
  return { ...answer, wasCut: true, ...(isLast && { phase: "ended", reason: "lost" }) };
}

function hear(link: Link, event: LinkEvent): Link {
  switch (event.type) {
    case "begin": {
      const answer = { questionId: event.questionId, take: event.take, reason: null, wasCut: false };
      return { ...link, answer: { ...answer, phase: "listening" }, silenceMs: null, hasGaps: false };
    }
    case "end":
      return link.answer?.phase === "listening"
        ? { ...link, answer: { ...link.answer, phase: "ending" }, silenceMs: null, isThinking: false }
        : link;
    case "answer.ended":
      return link.answer && link.answer.questionId === event.question_id && link.answer.take === event.take
        ? { ...link, answer: { ...link.answer, phase: "ended", reason: event.reason }, isThinking: false }
        : link;
    case "forget":
      return { ...link, answer: null };
    case "think":
      return { ...link, isThinking: true, silenceMs: null };
    case "speaking":
      return event.is_speaking
        ? { ...link, isSpeaking: true, silenceMs: null, isThinking: link.isThinking && event.is_backchannel }
        : { ...link, isSpeaking: false };
    case "pause":
      return link.isThinking ? link : { ...link, silenceMs: event.silence_ms };
    case "notice":
      return note(link, event.code);
    case "error":
      return refuse(link, event.code);
    default:
      return link;
  }
}

function note(link: Link, code: string): Link {
  if (code === "audio_gaps") return { ...link, hasGaps: true };
  if (code === "server_busy") return { ...link, isServerBusy: true };
  return code.startsWith("video_") ? { ...link, video: code } : link;
}

const ENDS_ANSWER = ["ANSWER_NOT_OPEN", "TRANSCRIPTION_NOT_ALLOWED", "QUESTION_NOT_FOUND"];

function refuse(link: Link, code: string): Link {
  if (!link.answer || link.answer.phase === "ended" || !ENDS_ANSWER.includes(code)) return link;
  return { ...link, answer: { ...link.answer, phase: "ended", reason: code } };
}
