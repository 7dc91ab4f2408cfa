import { queryOptions } from "@tanstack/react-query";
import { readInterview } from "@/api";
import { unwrap } from "@/lib/api-error";

export function interviewQuery(interviewId: string) {
  return queryOptions({
    queryKey: ["interviews", interviewId],
    queryFn: () => unwrap(readInterview({ path: { interview_id: interviewId } })),
  });
}
