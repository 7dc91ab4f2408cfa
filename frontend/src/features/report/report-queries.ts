import { queryOptions } from "@tanstack/react-query";
import { readReport } from "@/api";
import { unwrap } from "@/lib/api-error";

export function reportQuery(interviewId: string) {
  return queryOptions({
    queryKey: ["reports", interviewId],
    queryFn: () => unwrap(readReport({ path: { interview_id: interviewId } })),
  });
}
