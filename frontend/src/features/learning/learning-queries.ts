import { queryOptions } from "@tanstack/react-query";
import { listLearningPaths, readLearningPath } from "@/api";
import { unwrap } from "@/lib/api-error";

export const LEARNING = ["learning-paths"] as const;

/** All of them: the server keeps the last ten. */
export const learningPathsQuery = queryOptions({
  queryKey: [...LEARNING, "list"],
  queryFn: () => unwrap(listLearningPaths()),
});

export function learningPathQuery(learningPathId: string) {
  return queryOptions({
    queryKey: [...LEARNING, learningPathId],
    queryFn: () => unwrap(readLearningPath({ path: { learning_path_id: learningPathId } })),
  });
}
