import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { type AnswerReviewRequest, answerReview } from "@/api";
import { unwrap } from "@/lib/api-error";
import { REVIEWS } from "./review-queries";

export function useAnswerReview(reviewId: string) {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: (body: AnswerReviewRequest) => unwrap(answerReview({ path: { review_id: reviewId }, body })),
    onSuccess: () => {
      notifications.show({
        message: t("reviews.sent"),
      });
      // What the request allowed to be read does not stay in this browser.
      queryClient.removeQueries({ queryKey: [...REVIEWS, "case", reviewId] });
      void queryClient.invalidateQueries({ queryKey: REVIEWS });
      void navigate("/operations/reviews");
    },
  });
}
