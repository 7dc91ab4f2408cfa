import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type QuestionSetDetail, streamQuestionSetEvents } from "@/api";
import { isBeingWritten } from "@/components/writing-state";
import type { OpenStream } from "@/lib/sse";
import { useEventStream } from "@/lib/use-event-stream";
import { usePolling } from "@/lib/use-polling";
import { questionSetQuery } from "./question-set-queries";

const POLL_MS = 5_000;

/** One set, kept up to date by its event stream while its questions are being written. */
export function useLiveQuestionSet(questionSetId: string) {
  const queryClient = useQueryClient();
  const { queryKey } = questionSetQuery(questionSetId);
  const query = useQuery(questionSetQuery(questionSetId));
  const onEvent = (event: string, data: unknown) => {
    if (event === "degraded") void queryClient.invalidateQueries({ queryKey });
    else if (isQuestionSet(data)) queryClient.setQueryData<QuestionSetDetail>(queryKey, data);
  };
  const open: OpenStream = (options) =>
    streamQuestionSetEvents({ path: { question_set_id: questionSetId }, ...options });
  const isEnabled = isBeingWritten(query.data);
  const stream = useEventStream({ streamKey: questionSetId, open, onEvent, isEnabled });
  usePolling(isEnabled && stream !== "live", POLL_MS, query.refetch);
  return query;
}

function isQuestionSet(data: unknown): data is QuestionSetDetail {
  return typeof data === "object" && data !== null && "status" in data && "questions" in data;
}
