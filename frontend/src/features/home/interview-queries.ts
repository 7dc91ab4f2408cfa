import { queryOptions } from "@tanstack/react-query";
import { listInterviews } from "@/api";
import { unwrap } from "@/lib/api-error";

export const INTERVIEWS = ["interviews"] as const;

export function interviewsQuery(limit: number) {
  return queryOptions({
    queryKey: [...INTERVIEWS, "list", limit],
    queryFn: () => unwrap(listInterviews({ query: { limit } })),
  });
}
