"""Bodies of the report routes; the worker stores their parts in `report.content` and `evaluation.content`."""

from datetime import datetime
from enum import StrEnum
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from interview_api.interviews.schemas import AnsweredBy, Turn
from interview_core.db.tables import ReportStatus


class Evidence(BaseModel):
    question_id: UUID
    quote: str
    start: int = Field(description="First character of the quote in the answer's text.")
    end: int = Field(description="One past its last character.")


class NotScoredReason(StrEnum):
    NO_MODEL = "no_model"
    LIMIT_REACHED = "limit_reached"
    NO_CONSENT = "no_consent"
    NO_ANSWERS = "no_answers"
    NOT_ENOUGH_EVIDENCE = "not_enough_evidence"
    EVALUATION_FAILED = "evaluation_failed"


class Result(BaseModel):
    """Base of what is stored in parts: an absent part has its default, and is always in the response."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=True)


class CompetencyResult(Result):
    key: str
    title: str
    weight: float
    score: float | None = Field(default=None, description="0 to 100; null: not assessed, with the reason.")
    not_scored_reason: NotScoredReason | None = None
    comment: str | None = None
    evidence: list[Evidence] = []


class EvaluationStatus(StrEnum):
    PENDING = "pending"
    DONE = "done"
    NOT_SCORED = "not_scored"
    FAILED = "failed"


class Point(BaseModel):
    kind: Literal["strength", "improvement"]
    text: str
    evidence: Evidence


class AnswerReview(Result):
    question_id: UUID
    status: EvaluationStatus
    not_scored_reason: NotScoredReason | None = None
    score: float | None = None
    summary: str | None = None
    covered: list[str] = []
    missed: list[str] = []
    points: list[Point] = []
    improved_answer: str | None = None
    evaluated_by: AnsweredBy | None = None


class ReportVersions(Result):
    """What the result was made with; null before it is made."""

    rubric: str | None = None
    prompt: str | None = None
    model: str | None = None
    code: str | None = None


class Report(Result):
    """Partial until `status` is `ready` or `failed`."""

    interview_id: UUID
    status: ReportStatus
    percent: int
    error_code: str | None
    overall_score: float | None = Field(description="0 to 100; null without a judge, with the reason.")
    not_scored_reason: NotScoredReason | None
    summary: str | None = None
    strengths: list[str] = []
    improvements: list[str] = []
    competencies: list[CompetencyResult] = []
    answers: list[AnswerReview]
    turns: list[Turn]
    is_calibrated: bool = Field(default=False, description="Whether scores were checked against human judges.")
    versions: ReportVersions
    created_at: datetime
    finished_at: datetime | None
