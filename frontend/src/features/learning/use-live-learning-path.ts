import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type LearningPathDetail, streamLearningPathEvents } from "@/api";
import { isBeingWritten } from "@/components/writing-state";
import type { OpenStream } from "@/lib/sse";
import { useEventStream } from "@/lib/use-event-stream";
import { usePolling } from "@/lib/use-polling";
import { learningPathQuery, learningPathsQuery } from "./learning-queries";

const POLL_MS = 5_000;

/** One learning path, kept up to date by its event stream while it is being written. */
export function useLiveLearningPath(learningPathId: string) {
  const queryClient = useQueryClient();
  const { queryKey } = learningPathQuery(learningPathId);
  const query = useQuery(learningPathQuery(learningPathId));
  const onEvent = (event: string, data: unknown) => {
    if (event === "degraded") void queryClient.invalidateQueries({ queryKey });
    if (!isLearningPath(data)) return;
    queryClient.setQueryData<LearningPathDetail>(queryKey, data);
    if (!isBeingWritten(data)) void queryClient.invalidateQueries({ queryKey: learningPathsQuery.queryKey });
  };
  const open: OpenStream = (options) =>
    streamLearningPathEvents({ path: { learning_path_id: learningPathId }, ...options });
  const isEnabled = isBeingWritten(query.data);
  const stream = useEventStream({ streamKey: learningPathId, open, onEvent, isEnabled });
  usePolling(isEnabled && stream !== "live", POLL_MS, query.refetch);
  return query;
}

function isLearningPath(data: unknown): data is LearningPathDetail {
  return typeof data === "object" && data !== null && "status" in data && "items" in data;
}
