"""Requests for a human review of a report, who read what of it, and what they answered."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from interview_core.db.tables.columns import (
    acted_by,
    enum_column,
    json_list,
    now_column,
    owned_by,
    text_column,
    time_column,
)


class ReviewState(StrEnum):
    REQUESTED = "requested"
    ANSWERED = "answered"
    WITHDRAWN = "withdrawn"


class ReviewRequest(SQLModel, table=True):
    """A candidate's wish that a person looks at a report. While it is open, and only then, operators may read of it."""

    __tablename__ = "review_request"
    __table_args__ = (
        Index("uq_review_request_open", "interview_id", unique=True, postgresql_where=text("state = 'requested'")),
        CheckConstraint("(withdrawn_at IS NOT NULL) = (state = 'withdrawn')", name="withdrawn_at_a_time"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    user_id: UUID = owned_by("user_account.id")
    interview_id: UUID = owned_by("interview.id")
    state: ReviewState = enum_column(ReviewState, default=ReviewState.REQUESTED)
    text: str = text_column()
    """What the candidate thinks is wrong."""
    shares_transcript: bool
    """Whether the answers may be read in full, or only the quotes that the report rests on."""
    requested_at: datetime = now_column()
    withdrawn_at: datetime | None = time_column()


class ReviewAccess(SQLModel, table=True):
    """An operator read what a request allows."""

    __tablename__ = "review_access"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    review_id: UUID = owned_by("review_request.id")
    operator_id: UUID = acted_by("user_account.id")
    at: datetime = now_column()


class ReviewOutcome(StrEnum):
    UPHELD = "upheld"
    CORRECTED = "corrected"


class ReviewAnswer(SQLModel, table=True):
    """What an operator answered. A person takes scores out of a report, and never puts one in."""

    __tablename__ = "review_answer"
    __table_args__ = (
        CheckConstraint(
            "outcome = 'corrected' OR jsonb_array_length(withdrawn_scores) = 0", name="nothing_withdrawn_when_upheld"
        ),
    )

    review_id: UUID = owned_by("review_request.id", index=False, primary_key=True)
    operator_id: UUID = acted_by("user_account.id")
    outcome: ReviewOutcome = enum_column(ReviewOutcome)
    text: str = text_column()
    withdrawn_scores: list[dict[str, Any]] = json_list()
    """By competency the model's score that counts no longer: key, title, score, uncertainty."""
    at: datetime = now_column()
