import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { retryReport } from "@/api";
import { errorText } from "@/i18n/error-text";
import { unwrap } from "@/lib/api-error";
import { reportQuery } from "./report-queries";

export function useRetryReport(interviewId: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: () => unwrap(retryReport({ path: { interview_id: interviewId } })),
    onSuccess: (report) => queryClient.setQueryData(reportQuery(interviewId).queryKey, report),
    onError: (error) => {
      notifications.show({ color: "red", message: errorText(error) });
    },
  });
}
