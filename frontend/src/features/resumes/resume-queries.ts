import { queryOptions } from "@tanstack/react-query";
import { downloadResume, listResumePassages, listResumes, readResume } from "@/api";
import { unwrap } from "@/lib/api-error";

export const RESUMES = ["resumes"] as const;

const LIST_LIMIT = 100;

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

/** The file as it was uploaded; it never changes. */
export function originalQuery(resumeId: string) {
  return queryOptions({
    queryKey: [...RESUMES, resumeId, "original"],
    queryFn: async () =>
      (await unwrap(downloadResume({ path: { resume_id: resumeId }, parseAs: "blob" }))) as unknown as Blob,
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** The text that was read; reading again (another `version`) may change it. */
export function passagesQuery(resumeId: string, version: string) {
  return queryOptions({
    queryKey: [...RESUMES, resumeId, "passages", version],
    queryFn: () => unwrap(listResumePassages({ path: { resume_id: resumeId } })),
  });
}
