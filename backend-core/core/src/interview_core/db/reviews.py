"""What a human review leaves of a report: scores that a person withdrew count no more, and sums are made anew."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, func, select, update

from interview_core.db.tables import Report, ReviewAnswer, ReviewRequest, ReviewState
from interview_core.scores import weighted_mean

WITHDRAWN_AFTER_REVIEW = "withdrawn_after_review"

Withdrawn = Mapping[str, dict[str, Any]]
"""By competency what it had: title, score, uncertainty, and `at`, when that was withdrawn."""


@dataclass(frozen=True)
class Standing:
    """A report's scores as they count now. The judge's own stay in its row."""

    overall_score: float | None
    not_scored_reason: str | None
    uncertainty: float | None
    no_uncertainty_reason: str | None
    competencies: list[dict[str, Any]]


def stand(session: Session, report: Report) -> Standing:
    """Return what counts of a report's scores."""
    return stand_all(session, [report])[report.interview_id]


def stand_all(session: Session, reports: Sequence[Report]) -> dict[UUID, Standing]:
    """Return by interview what counts of the scores of several reports."""
    withdrawn = _withdrawn_scores(session, [report.interview_id for report in reports])
    return {report.interview_id: standing(report, withdrawn[report.interview_id]) for report in reports}


def _withdrawn_scores(session: Session, interview_ids: Sequence[UUID]) -> defaultdict[UUID, dict[str, Any]]:
    """Return by interview the scores that operators withdrew, the first withdrawal of each."""
    rows = session.exec(
        select(ReviewRequest.interview_id, ReviewAnswer)
        .join(ReviewAnswer, col(ReviewRequest.id) == col(ReviewAnswer.review_id))
        .where(col(ReviewRequest.interview_id).in_(interview_ids))
        .order_by(col(ReviewAnswer.at).desc(), col(ReviewAnswer.review_id))
    ).all()
    found: defaultdict[UUID, dict[str, Any]] = defaultdict(dict)
    for interview_id, answer in rows:
        found[interview_id].update({item["key"]: {**item, "at": answer.at} for item in answer.withdrawn_scores})
    return found


def has_open_review(session: Session, interview_id: UUID) -> bool:
    """Tell whether a report waits for a person to look at it."""
    query = select(ReviewRequest.id).where(
        ReviewRequest.interview_id == interview_id, ReviewRequest.state == ReviewState.REQUESTED
    )
    return session.exec(query).first() is not None


def standing(report: Report, withdrawn: Withdrawn) -> Standing:
    """Return a report's scores without those that were withdrawn."""
    content = report.content
    competencies: list[dict[str, Any]] = content.get("competencies") or []
    if not any(item["key"] in withdrawn for item in competencies):
        return Standing(
            report.overall_score,
            report.not_scored_reason,
            content.get("uncertainty"),
            content.get("no_uncertainty_reason"),
            competencies,
        )
    left = [_without_score(item, withdrawn[item["key"]]) if item["key"] in withdrawn else item for item in competencies]
    scored = [item for item in left if item.get("score") is not None]
    overall = weighted_mean([(item["score"], item["weight"]) for item in scored])
    widths = [(item["uncertainty"], item["weight"]) for item in scored if item.get("uncertainty") is not None]
    is_known = bool(scored) and len(widths) == len(scored)
    return Standing(
        overall,
        None if scored else WITHDRAWN_AFTER_REVIEW,
        weighted_mean(widths) if is_known else None,
        None if is_known or not scored else "one_grading",
        left,
    )


def _without_score(item: dict[str, Any], withdrawn: dict[str, Any]) -> dict[str, Any]:
    return {
        **item,
        "score": None,
        "uncertainty": None,
        "no_uncertainty_reason": None,
        "not_scored_reason": WITHDRAWN_AFTER_REVIEW,
        "superseded": {part: withdrawn.get(part) for part in ("score", "uncertainty", "at")},
    }


def forget_withdrawn_scores(session: Session, interview_id: UUID) -> None:
    """Close what waits for a review of scores that are gone, and drop what was kept of these.

    In the caller's transaction. What people wrote stays.
    """
    session.execute(
        update(ReviewRequest)
        .where(col(ReviewRequest.interview_id) == interview_id, col(ReviewRequest.state) == ReviewState.REQUESTED)
        .values(state=ReviewState.WITHDRAWN, withdrawn_at=func.now())
    )
    own = select(ReviewRequest.id).where(ReviewRequest.interview_id == interview_id)
    session.execute(update(ReviewAnswer).where(col(ReviewAnswer.review_id).in_(own)).values(withdrawn_scores=[]))
