"""Requests for a human review as their candidate sees them."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from interview_api.reviews import schemas
from interview_core.db import tables


def view_reviews(session: Session, interview_id: UUID) -> list[schemas.Review]:
    """Return every request for a review of an interview's report, the newest first."""
    rows = session.exec(
        select(tables.ReviewRequest)
        .where(tables.ReviewRequest.interview_id == interview_id)
        .order_by(col(tables.ReviewRequest.requested_at).desc(), col(tables.ReviewRequest.id))
        .execution_options(populate_existing=True)
    ).all()
    ids = [row.id for row in rows]
    answers = session.exec(select(tables.ReviewAnswer).where(col(tables.ReviewAnswer.review_id).in_(ids))).all()
    answered = {answer.review_id: answer for answer in answers}
    read = _read_at(session, ids)
    return [
        schemas.Review.model_validate(
            {
                **row.model_dump(),
                "read_at": read[row.id],
                "answer": schemas.ReviewAnswer.model_validate(answered[row.id]) if row.id in answered else None,
            }
        )
        for row in rows
    ]


def _read_at(session: Session, ids: Sequence[UUID]) -> defaultdict[UUID, list[datetime]]:
    rows = session.exec(
        select(tables.ReviewAccess)
        .where(col(tables.ReviewAccess.review_id).in_(ids))
        .order_by(col(tables.ReviewAccess.at), col(tables.ReviewAccess.id))
    ).all()
    times: defaultdict[UUID, list[datetime]] = defaultdict(list)
    for row in rows:
        times[row.review_id].append(row.at)
    return times
