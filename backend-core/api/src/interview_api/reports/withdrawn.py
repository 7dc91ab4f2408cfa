"""What an answer's score is without what a human review took out."""

from collections.abc import Sequence
from typing import Any

from interview_api.reports.schemas import AnswerReview, NotScoredReason, NoUncertaintyReason
from interview_core.scores import weighted_mean


def without_withdrawn(review: AnswerReview, competencies: Sequence[dict[str, Any]]) -> AnswerReview:
    """Return the review of an answer with the scores of withdrawn competencies marked, and its own made without them.

    `competencies` are the report's as they stand.
    """
    withdrawn = {item["key"] for item in competencies if item.get("superseded")}
    if review.score is None or withdrawn.isdisjoint(item.key for item in review.competencies):
        return review
    weights = {item["key"]: item["weight"] for item in competencies}
    marked = [item.model_copy(update={"is_withdrawn": item.key in withdrawn}) for item in review.competencies]
    left = [item for item in marked if not item.is_withdrawn and item.key in weights]
    widths = [(item.uncertainty, weights[item.key]) for item in left if item.uncertainty is not None]
    is_known = bool(left) and len(widths) == len(left)
    return review.model_copy(
        update={
            "competencies": marked,
            "score": weighted_mean([(item.score, weights[item.key]) for item in left]),
            "not_scored_reason": None if left else NotScoredReason.WITHDRAWN_AFTER_REVIEW,
            "uncertainty": weighted_mean(widths) if is_known else None,
            "no_uncertainty_reason": NoUncertaintyReason.ONE_GRADING if left and not is_known else None,
        }
    )
