import { queryOptions } from "@tanstack/react-query";
import { listReviews, type ReviewState, readReviewCase } from "@/api";
import { unwrap } from "@/lib/api-error";

export const REVIEWS = ["review-requests"] as const;
export const SHOWN = 50;

export function reviewsQuery(state: ReviewState) {
  return queryOptions({
    queryKey: [...REVIEWS, state],
    queryFn: () => unwrap(listReviews({ query: { state, limit: SHOWN } })),
  });
}

/** Each reading is recorded, so the page reads once and not whenever its window is looked at. */
export function reviewCaseQuery(reviewId: string) {
  return queryOptions({
    queryKey: [...REVIEWS, "case", reviewId],
    queryFn: () => unwrap(readReviewCase({ path: { review_id: reviewId } })),
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });
}
