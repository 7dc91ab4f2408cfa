import { type QueryClient, queryOptions } from "@tanstack/react-query";
import { readTranscript, readVoiceBaseline } from "@/api";
import { unwrap } from "@/lib/api-error";

const SPEECH = "speech";
/** Where an event was missed, the transcript is still looked at. */
const PENDING_POLL_MS = 3_000;

const baselineKey = (interviewId: string) => [SPEECH, interviewId, "baseline"] as const;

export const soundKey = (interviewId: string, questionId: string) =>
  [SPEECH, interviewId, "sound", questionId] as const;

/** What the server has of the newest spoken answer to a question. */
export function transcriptQuery(interviewId: string, questionId: string) {
  return queryOptions({
    queryKey: [SPEECH, interviewId, "transcript", questionId],
    queryFn: () => unwrap(readTranscript({ path: { interview_id: interviewId, question_id: questionId } })),
    refetchInterval: ({ state }) =>
      state.data?.state === "pending" || state.data?.state === "listening" ? PENDING_POLL_MS : false,
  });
}

export function baselineQuery(interviewId: string) {
  return queryOptions({
    queryKey: baselineKey(interviewId),
    queryFn: () => unwrap(readVoiceBaseline({ path: { interview_id: interviewId } })),
    retry: false,
    refetchInterval: ({ state }) => (state.data?.state === "pending" ? PENDING_POLL_MS : false),
  });
}

/** Look again at what an event of the interview's stream says is new about speech. */
export function followSpeech(client: QueryClient, interviewId: string, event: string, data: unknown): void {
  if (event === "baseline.ready") void client.invalidateQueries({ queryKey: baselineKey(interviewId) });
  if (!event.startsWith("transcript.") && event !== "speech.ready") return;
  const { question_id } = data as { question_id: string };
  if (event === "speech.ready") {
    void client.invalidateQueries({ queryKey: soundKey(interviewId, question_id) });
    return;
  }
  void client.invalidateQueries({ queryKey: transcriptQuery(interviewId, question_id).queryKey });
}
