"""Body of the explanation; every figure in it stands in the report, or follows from what does."""

from uuid import UUID

from pydantic import BaseModel, Field

from interview_api.reports.schemas import Band, NotScoredReason, ReportVersions, SupersededScore, Unquoted
from interview_core.db.tables import Language


class ExplainedBand(Band):
    is_reached: bool


class ExplainedAnswer(BaseModel):
    """What one answer gave to a competency's score."""

    question_id: UUID
    position: int
    score: float = Field(description="The median of the grades, with the adjustment.")
    adjustment: int = Field(description="Points for what the answer to a follow-up covered, in the score.")
    grades: list[int] = Field(description="What each grading gave; empty in reports from before they were stored.")
    grading_count: int = Field(description="How often the answer was judged.")
    spread: float | None = Field(description="Highest less lowest grade; null with one grading.")
    quote_count: int = Field(description="Quotes of this answer that bear the score out.")


class ExplainedCompetency(BaseModel):
    key: str
    title: str
    score: float | None
    not_scored_reason: NotScoredReason | None
    superseded: SupersededScore | None
    weight: float = Field(description="Percent of the total when every competency is assessed.")
    share: float | None = Field(description="Percent of the total among what was assessed; null: not assessed.")
    points: float | None = Field(description="What it gives to the total.")
    bands: list[ExplainedBand] = Field(description="What answers of each band are like; empty in older reports.")
    answers: list[ExplainedAnswer]
    dropped: list[Unquoted] | None = Field(
        description="Judgements of it that were dropped for want of a quote; null: not counted in older reports."
    )
    sentences: list[str]


class ExplainedPoints(BaseModel):
    """Remarks on an answer: those whose quote stands in it counted, the others were dropped."""

    question_id: UUID
    position: int
    counted: list[str]
    dropped: list[Unquoted] | None


class NotAssessed(BaseModel):
    """A competency or an answer without a score."""

    competency: str | None = None
    question_id: UUID | None = None
    sentence: str


class Judge(BaseModel):
    provider: str
    model: str | None
    prompt: str | None
    answer_count: int


class ExplainedTotal(BaseModel):
    score: float
    formula: str = Field(description="The sum as it was made, with weights and scores.")


class Explanation(BaseModel):
    """How a report's scores came about. `sentences` say it in words, the rest in figures."""

    interview_id: UUID
    language: Language
    sentences: list[str]
    total: ExplainedTotal | None = Field(description="Null without a score.")
    competencies: list[ExplainedCompetency]
    points: list[ExplainedPoints]
    not_assessed: list[NotAssessed]
    judges: list[Judge]
    versions: ReportVersions
    is_calibrated: bool
    not_looked_at: list[str] = Field(description="What is part of no score.")
