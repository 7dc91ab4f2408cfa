import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useReducer } from "react";
import { type InterviewDetail, streamInterviewEvents } from "@/api";
import { followSpeech } from "@/features/voice/speech-queries";
import type { OpenStream } from "@/lib/sse";
import { useEventStream } from "@/lib/use-event-stream";
import { usePolling } from "@/lib/use-polling";
import { interviewQuery } from "./interview-query";
import { type RoomState, takeEvent, takeSnapshot } from "./room-state";

type Action = { event: string; data: unknown };

/** The answer of a request, which says nothing of the stream. */
const READ = "read";
const POLL_MS = 4_000;

/** The room's state: loaded once, then kept by the event stream, and by polling where that is interrupted. */
export function useRoom(interviewId: string) {
  const queryClient = useQueryClient();
  const [state, dispatch] = useReducer(reduce, null);
  const isOpen = state?.interview.status !== "finished";

  /** Look at the server's present state, whatever the stream says. */
  const reload = useCallback(
    () => queryClient.invalidateQueries({ queryKey: interviewQuery(interviewId).queryKey }),
    [queryClient, interviewId],
  );

  const open: OpenStream = (options) =>
    streamInterviewEvents({ path: { interview_id: interviewId }, ...options });
  const onEvent = (event: string, data: unknown) => {
    followSpeech(queryClient, interviewId, event, data);
    dispatch({ event, data });
  };
  const query = useQuery(interviewQuery(interviewId));
  const isAbsent = query.isError && !query.data;
  const stream = useEventStream({
    streamKey: interviewId,
    open,
    onEvent,
    isEnabled: isOpen && !isAbsent,
  });
  usePolling(isOpen && (stream !== "live" || state?.isDegraded === true), POLL_MS, query.refetch);

  const take = useCallback((snapshot: InterviewDetail) => dispatch({ event: READ, data: snapshot }), []);
  useEffect(() => {
    if (query.data) take(query.data);
  }, [query.data, take]);

  const current = state?.interview.id === interviewId ? state : null;
  return { state: current, stream, error: query.error, take, reload };
}

function reduce(state: RoomState | null, { event, data }: Action): RoomState | null {
  return event === READ ? takeSnapshot(state, data as InterviewDetail) : takeEvent(state, event, data);
}
