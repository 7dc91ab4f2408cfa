import { queryOptions } from "@tanstack/react-query";
import { listResumes, readResume } from "@/api";
import { unwrap } from "@/lib/api-error";

export const RESUMES = ["resumes"] as const;

const LIST_LIMIT = 50;

export const resumesQuery = queryOptions({
  queryKey: [...RESUMES, "list"],
  queryFn: () => unwrap(listResumes({ query: { limit: LIST_LIMIT } })),
});

export function resumeQuery(resumeId: string) {
  return queryOptions({
    queryKey: [...RESUMES, resumeId],
    queryFn: () => unwrap(readResume({ path: { resume_id: resumeId } })),
  });
}
