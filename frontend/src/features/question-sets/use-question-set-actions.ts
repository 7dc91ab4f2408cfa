import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { type CreateQuestionSet, createQuestionSet, deleteQuestionSet, retryQuestionSet } from "@/api";
import { errorText } from "@/i18n/error-text";
import { unwrap } from "@/lib/api-error";
import { QUESTION_SETS, questionSetQuery } from "./question-set-queries";

/** Ask for a set and go to where its questions will appear. */
export function useCreateQuestionSet() {
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: (body: CreateQuestionSet) => unwrap(createQuestionSet({ body })),
    onSuccess: async (made) => {
      queryClient.setQueryData(questionSetQuery(made.id).queryKey, made);
      void queryClient.invalidateQueries({ queryKey: [...QUESTION_SETS, "list"] });
      await navigate(`/question-sets/${made.id}`);
    },
  });
}

export function useQuestionSetActions(questionSetId: string) {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  const path = { question_set_id: questionSetId };
  const { queryKey } = questionSetQuery(questionSetId);
  const tell = (error: Error) => {
    notifications.show({ color: "red", title: t("error.title"), message: errorText(error) });
    void queryClient.invalidateQueries({ queryKey });
  };
  const retry = useMutation({
    mutationFn: () => unwrap(retryQuestionSet({ path })),
    onSuccess: (news) => queryClient.setQueryData(queryKey, news),
    onError: tell,
  });
  const remove = useMutation({
    mutationFn: () => unwrap(deleteQuestionSet({ path })),
    onSuccess: async () => {
      notifications.show({ message: t("writing.deleted") });
      await navigate("/question-sets");
      queryClient.removeQueries({ queryKey });
      void queryClient.invalidateQueries({ queryKey: QUESTION_SETS });
    },
    onError: tell,
  });
  return { retry, remove };
}
