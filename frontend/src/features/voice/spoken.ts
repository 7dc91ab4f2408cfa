import type { InterviewDetail, Question, Transcript } from "@/api";
import type { Link } from "./link-state";

/** What an answer that was spoken is sent with. */
export type Spoken = { take: number; acceptMissing: boolean };

export type ReviewProps = {
  interview: InterviewDetail;
  question: Question;
  transcript: Transcript;
  isSending: boolean;
  onSend: (text: string, spoken: Spoken) => void;
  onAgain: () => void;
  onType: (heard: string) => void;
};

export type Phase = "idle" | "listening" | "ending" | "review";

/** What this page knows of the answer goes before what the server says, which is a moment behind. */
export function phaseOf(link: Link, questionId: string, transcript: Transcript | undefined): Phase {
  const { answer } = link;
  if (answer?.questionId === questionId) return answer.phase === "ended" ? "review" : answer.phase;
  return transcript && transcript.state !== "none" ? "review" : "idle";
}
