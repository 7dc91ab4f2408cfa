import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type Corrections, correctProfile } from "@/api";
import { unwrap } from "@/lib/api-error";
import { resumeQuery } from "./resume-queries";

/** Keep what the candidate has instead of what was read; null takes a correction back. */
export function useCorrectProfile(resumeId: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (body: Corrections) => unwrap(correctProfile({ path: { resume_id: resumeId }, body })),
    onSuccess: (resume) => queryClient.setQueryData(resumeQuery(resumeId).queryKey, resume),
  });
}
