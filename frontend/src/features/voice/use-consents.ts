import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type Consents, type InterviewDetail, updateConsents } from "@/api";
import { interviewQuery } from "@/features/room/interview-query";
import { useSystemStatus } from "@/features/setup/use-system-status";
import { unwrap } from "@/lib/api-error";
import { useVoice } from "./voice-context";

const PURPOSES = ["transcription", "recording", "scoring", "emotion"] as const;

export function allConsents(consents: Consents): Required<Consents> {
  return {
    transcription: consents.transcription === true,
    recording: consents.recording === true,
    scoring: consents.scoring === true,
    emotion: consents.emotion === true,
  };
}

/** Give or withdraw consents in the middle of an interview. What is withdrawn stops here before the server is asked. */
export function useConsents(interview: InterviewDetail) {
  const queryClient = useQueryClient();
  const { session } = useVoice();
  const { data: status, isPending, failureCount } = useSystemStatus();
  const offersEmotion =
    status?.emotion_enabled === true &&
    interview.purpose === "practice" &&
    interview.accommodations.no_camera !== true;

  const mutation = useMutation({
    mutationFn: async (changes: Consents) => {
      const before = allConsents(interview.consents);
      const after = { ...before, ...changes };
      const isGranted = PURPOSES.some((purpose) => after[purpose] && !before[purpose]);
      const { scoring: _, ...onlyLess } = {
        ...after,
        transcription: after.transcription && before.transcription,
        emotion: after.emotion && before.emotion,
      };
      await session.permit(onlyLess, false);
      await unwrap(updateConsents({ path: { interview_id: interview.id }, body: after }));
      await queryClient.invalidateQueries({ queryKey: interviewQuery(interview.id).queryKey });
      if (isGranted) await session.permit(after, true);
    },
  });

  return {
    /** Resolves to whether it is done; `error` says why not. */
    change: (changes: Consents) =>
      mutation.mutateAsync(changes).then(
        () => true,
        () => false,
      ),
    isChanging: mutation.isPending,
    /** As chosen; what is being saved counts already. */
    chosen: { ...allConsents(interview.consents), ...(mutation.isPending && mutation.variables) },
    error: mutation.error,
    offersEmotion,
    /** Whether the installation has yet to say if it looks at pictures; one that cannot say does not. */
    isUndecided: isPending && failureCount === 0,
    /** Pictures are sent only where they may be looked at. */
    usesCamera: offersEmotion && interview.consents.emotion === true,
  };
}
