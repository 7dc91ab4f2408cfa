import { queryOptions } from "@tanstack/react-query";
import { listQuestionSets, readQuestionSet } from "@/api";
import { unwrap } from "@/lib/api-error";

export const QUESTION_SETS = ["question-sets"] as const;

export function questionSetsQuery(limit: number) {
  return queryOptions({
    queryKey: [...QUESTION_SETS, "list", limit],
    queryFn: () => unwrap(listQuestionSets({ query: { limit } })),
  });
}

export function questionSetQuery(questionSetId: string) {
  return queryOptions({
    queryKey: [...QUESTION_SETS, questionSetId],
    queryFn: () => unwrap(readQuestionSet({ path: { question_set_id: questionSetId } })),
  });
}
