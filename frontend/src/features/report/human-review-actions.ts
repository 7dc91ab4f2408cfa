import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { type RequestReview, requestReview, withdrawReview } from "@/api";
import { errorText } from "@/i18n/error-text";
import { unwrap } from "@/lib/api-error";
import { reportQuery } from "./report-queries";

/** Must not be longer than the server allows. */
export const MAX_REVIEW_TEXT = 2000;

export function useRequestReview(interviewId: string) {
  const { t } = useTranslation();
  const reload = useReload(interviewId);
  return useMutation({
    mutationFn: (body: RequestReview) => unwrap(requestReview({ path: { interview_id: interviewId }, body })),
    onSuccess: () =>
      notifications.show({
        message: t("review.sent"),
      }),
    onSettled: reload,
  });
}

export function useWithdrawReview(interviewId: string) {
  const reload = useReload(interviewId);
  return useMutation({
    mutationFn: (reviewId: string) =>
      unwrap(withdrawReview({ path: { interview_id: interviewId, review_id: reviewId } })),
    onError: (error) => {
      notifications.show({ color: "red", message: errorText(error) });
    },
    onSettled: reload,
  });
}

/** Whatever came of it, the report then says how things stand. */
function useReload(interviewId: string) {
  const queryClient = useQueryClient();
  return () => queryClient.invalidateQueries({ queryKey: reportQuery(interviewId).queryKey });
}
