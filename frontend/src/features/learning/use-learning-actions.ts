import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import {
  type CreateLearningPath,
  createLearningPath,
  deleteLearningPath,
  type LearningItem,
  type LearningPathDetail,
  markLearningItem,
  retryLearningPath,
} from "@/api";
import { errorText } from "@/i18n/error-text";
import { unwrap } from "@/lib/api-error";
import { LEARNING, learningPathQuery, learningPathsQuery } from "./learning-queries";

/** Ask for a learning path and go to where it will appear. */
export function useCreateLearningPath() {
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: (body: CreateLearningPath) => unwrap(createLearningPath({ body })),
    onSuccess: async (made) => {
      queryClient.setQueryData(learningPathQuery(made.id).queryKey, made);
      void queryClient.invalidateQueries({ queryKey: learningPathsQuery.queryKey });
      await navigate(`/learning/${made.id}`);
    },
  });
}

export function useLearningActions(learningPathId: string) {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  const path = { learning_path_id: learningPathId };
  const { queryKey } = learningPathQuery(learningPathId);
  const tellOf = (title: string) => (error: Error) => {
    notifications.show({ color: "red", title, message: errorText(error) });
    void queryClient.invalidateQueries({ queryKey });
  };
  const retry = useMutation({
    mutationFn: () => unwrap(retryLearningPath({ path })),
    onSuccess: (news) => queryClient.setQueryData(queryKey, news),
    onError: tellOf(t("error.title")),
  });
  const mark = useMutation({
    mutationFn: ({ item, isDone }: { item: LearningItem; isDone: boolean }) =>
      unwrap(markLearningItem({ path: { ...path, item_id: item.id }, body: { is_done: isDone } })),
    onSuccess: (item) =>
      queryClient.setQueryData<LearningPathDetail>(queryKey, (known) => known && withItem(known, item)),
    onError: tellOf(t("learning.markFailed")),
  });
  const remove = useMutation({
    mutationFn: () => unwrap(deleteLearningPath({ path })),
    onSuccess: async () => {
      notifications.show({ message: t("writing.deleted") });
      await navigate("/learning");
      queryClient.removeQueries({ queryKey });
      void queryClient.invalidateQueries({ queryKey: LEARNING });
    },
    onError: tellOf(t("error.title")),
  });
  return { retry, mark, remove };
}

function withItem(path: LearningPathDetail, news: LearningItem): LearningPathDetail {
  return { ...path, items: path.items.map((item) => (item.id === news.id ? news : item)) };
}
