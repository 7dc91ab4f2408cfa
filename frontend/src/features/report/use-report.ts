import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type Report, streamInterviewEvents } from "@/api";
import type { OpenStream } from "@/lib/sse";
import { useEventStream } from "@/lib/use-event-stream";
import { reportQuery } from "./report-queries";

const POLL_MS = 5_000;

/** The report, looked at again whenever the interview's stream says that there is more of it. */
export function useReport(interviewId: string) {
  const queryClient = useQueryClient();
  const { queryKey } = reportQuery(interviewId);
  const query = useQuery({
    ...reportQuery(interviewId),
    refetchInterval: ({ state }) => (isBeingWritten(state.data) ? POLL_MS : false),
  });
  const open: OpenStream = (options) =>
    streamInterviewEvents({ path: { interview_id: interviewId }, ...options });
  const onEvent = (event: string) => {
    // A snapshot stands for whatever was missed, the report's end among it.
    if (/^(report|review)[.]/.test(event) || event === "snapshot")
      void queryClient.invalidateQueries({ queryKey });
  };
  useEventStream({ streamKey: interviewId, open, onEvent, isEnabled: isAwaited(query.data) });
  return query;
}

/** A report that is being written, or whose candidate waits for a person's answer. */
function isAwaited(report: Report | undefined): boolean {
  return isBeingWritten(report) || report?.reviews.some(({ state }) => state === "requested") === true;
}

export function isBeingWritten(report: Report | undefined): boolean {
  return report?.status === "pending" || report?.status === "running";
}
