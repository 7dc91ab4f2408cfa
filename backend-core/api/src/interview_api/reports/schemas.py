"""Bodies of the report routes; the worker stores their parts in `report.content` and `evaluation.content`."""

from datetime import date as Date  # noqa: N812  a field below has the plain name
from datetime import datetime
from enum import StrEnum
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from interview_api.interviews.schemas import AnsweredBy, Turn
from interview_api.reviews.schemas import Review
from interview_core.db.tables import ReportStatus


class Result(BaseModel):
    """Base of what is stored in parts: an absent part has its default, and is always in the response."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=True)


class Evidence(Result):
    question_id: UUID
    quote: str
    start: int = Field(description="First character of the quote in the answer's text.")
    end: int = Field(description="One past its last character.")
    start_ms: int | None = Field(default=None, description="When it was said; null for a typed answer.")
    end_ms: int | None = None


class NotScoredReason(StrEnum):
    NO_MODEL = "no_model"
    LIMIT_REACHED = "limit_reached"
    NO_CONSENT = "no_consent"
    NO_ANSWERS = "no_answers"
    NOT_ENOUGH_EVIDENCE = "not_enough_evidence"
    EVALUATION_FAILED = "evaluation_failed"
    WITHDRAWN_AFTER_REVIEW = "withdrawn_after_review"


class NoUncertaintyReason(StrEnum):
    ONE_GRADING = "one_grading"


class Uncertain(Result):
    """A score's uncertainty: how far several gradings of the same answer are apart."""

    uncertainty: float | None = Field(default=None, description="Half of what the gradings differ by, in points.")
    no_uncertainty_reason: NoUncertaintyReason | None = Field(
        default=None, description="Why a score has no uncertainty; null where it has one, or there is no score."
    )


class Band(BaseModel):
    """What answers with a score from `low` to `high` are like, in the interview's language."""

    low: int
    high: int
    text: str


class SupersededScore(BaseModel):
    """What the model gave, before a person withdrew it after a review."""

    score: float
    uncertainty: float | None
    at: datetime = Field(description="When it was withdrawn.")


class CompetencyResult(Uncertain):
    key: str
    title: str
    weight: float
    score: float | None = Field(default=None, description="0 to 100; null: not assessed, with the reason.")
    not_scored_reason: NotScoredReason | None = None
    answer_count: int = Field(default=0, description="How many answers the score rests on.")
    comment: str | None = None
    evidence: list[Evidence] = []
    bands: list[Band] = Field(default=[], description="The rubric's as it was then; empty in older reports.")
    superseded: SupersededScore | None = Field(
        default=None, description="The model's score, where a review withdrew it; `score` is null then."
    )


class EvaluationStatus(StrEnum):
    PENDING = "pending"
    DONE = "done"
    NOT_SCORED = "not_scored"
    FAILED = "failed"


class Point(BaseModel):
    kind: Literal["strength", "improvement"]
    text: str
    evidence: Evidence


class CoveredAspect(BaseModel):
    """Something that a good answer covers, and this one does."""

    text: str
    evidence: Evidence | None = Field(description="Null only in reports from before quotes were asked for.")


class StarPart(BaseModel):
    part: Literal["situation", "task", "action", "result"]
    evidence: Evidence | None = Field(description="Where the answer tells it; null: it does not.")


class AnswerCompetency(Result):
    key: str
    score: float
    uncertainty: float | None = None
    adjustment: int = Field(default=0, description="Points in the score for what a follow-up's answer covered.")
    grades: list[int] = Field(default=[], description="What each grading gave; the score is their median.")
    is_withdrawn: bool = Field(default=False, description="Whether a review took it out of every score.")
    comment: str = ""
    evidence: Evidence


class UnquotedKind(StrEnum):
    POINT = "point"
    COMPETENCY = "competency"
    ASPECT = "aspect"
    STAR_PART = "star_part"


class Unquoted(BaseModel):
    """Something that the judge said and that was dropped, since the answer does not hold its quote."""

    kind: UnquotedKind
    name: str = Field(
        description="Of a point its kind, of a competency its key, of an aspect its text, of a STAR part its name."
    )


class TranscriptProblem(StrEnum):
    TOO_SHORT = "too_short"
    MEANINGLESS = "meaningless"
    LOW_CONFIDENCE = "low_confidence"


class ImprovedAnswerDropped(StrEnum):
    NEW_FIGURE = "new_figure"
    NEW_NAME = "new_name"
    FORBIDDEN = "forbidden"
    UNREADABLE = "unreadable"


class ReportVersions(Result):
    """What the result was made with; null before it is made."""

    rubric: str | None = None
    prompt: str | None = None
    model: str | None = None
    code: str | None = None


class AnswerReview(Uncertain):
    question_id: UUID
    status: EvaluationStatus
    not_scored_reason: NotScoredReason | None = None
    transcript_problem: TranscriptProblem | None = Field(
        default=None, description="Why the answer's words were too poor to judge; null: they were not."
    )
    score: float | None = None
    grading_count: int = Field(default=0, description="How often the answer was judged.")
    summary: str | None = None
    covered: list[CoveredAspect] = []
    missed: list[str] = []
    star: list[StarPart] = Field(default=[], description="All four parts, or none where the question asks for none.")
    points: list[Point] = []
    competencies: list[AnswerCompetency] = []
    improved_answer: str | None = None
    improved_answer_dropped: ImprovedAnswerDropped | None = Field(
        default=None, description="Why the model's improved answer is not shown."
    )
    removed_statements: int = Field(
        default=0, description="Statements of the model about the person that were taken out."
    )
    unquoted: list[Unquoted] | None = Field(
        default=None, description="What was dropped for want of a quote; null in reports from before it was counted."
    )
    instruction_count: int = Field(default=0, description="Orders to the judge in the answer, which no judge saw.")
    evaluated_by: AnsweredBy | None = None
    versions: ReportVersions = ReportVersions()


class ClaimVerdict(StrEnum):
    SUPPORTED = "supported"
    CONTRADICTED = "contradicted"
    UNCLEAR = "unclear"
    NOT_JUDGED = "not_judged"
    NEVER_PROBED = "never_probed"


class ClaimResult(Result):
    """What became of a statement of the résumé in the interview."""

    claim_id: UUID
    kind: str = Field(description="`experience`, `project` or `summary`.")
    about: str | None = Field(default=None, description="The company or project it belongs to.")
    text: str
    verdict: ClaimVerdict
    evidence: Evidence | None = Field(default=None, description="Always there when supported or contradicted.")
    question_ids: list[UUID] = Field(default=[], description="The questions that probed it.")


class RequirementStatus(StrEnum):
    FOUND = "found"
    PARTLY_FOUND = "partly_found"
    NOT_FOUND = "not_found"
    NOT_CHECKED = "not_checked"


class RequirementEvidence(Result):
    source: Literal["resume", "answer"]
    quote: str
    question_id: UUID | None = Field(default=None, description="Of an answer; with the place of the quote in it.")
    start: int | None = None
    end: int | None = None


class RequirementTerm(Result):
    """Something that a requirement names; years are counted from the résumé's periods, without a quote."""

    name: str
    is_found: bool
    evidence: list[RequirementEvidence] = []


class Requirement(Result):
    text: str
    status: RequirementStatus = Field(description="`not_checked`: it names nothing that could be looked up.")
    terms: list[RequirementTerm] = []


class RoleMatch(BaseModel):
    """The job description's requirements, looked up word by word in the résumé and the answers; part of no score."""

    requirements: list[Requirement]
    found_count: int
    checked_count: int


class PracticeKind(StrEnum):
    CONTRADICTED_CLAIM = "contradicted_claim"
    MISSED_ASPECT = "missed_aspect"
    STAR_PART = "star_part"
    IMPROVEMENT = "improvement"


class PracticeItem(Result):
    kind: PracticeKind
    text: str = Field(description="The claim, aspect or improvement in words; of a STAR part its name.")
    competency: str | None = None
    question_id: UUID | None = None


class Calibration(BaseModel):
    """A check of such scores against human judges."""

    rubric: str
    prompt: str
    model: str
    calibrated_by: str
    material: str
    agreement: str
    date: Date


class Report(Uncertain):
    """Partial until `status` is `ready` or `failed`."""

    interview_id: UUID
    status: ReportStatus
    percent: int
    error_code: str | None
    can_retry: bool = Field(description="Whether it failed, or holds something that could not be judged then.")
    overall_score: float | None = Field(description="0 to 100; null without a judge, with the reason.")
    not_scored_reason: NotScoredReason | None
    superseded_overall: float | None = Field(
        default=None, description="The model's own sum, where a review withdrew a score that was in it."
    )
    answer_count: int = Field(default=0, description="How many answers the overall score rests on.")
    summary: str | None = None
    strengths: list[str] = []
    improvements: list[str] = []
    competencies: list[CompetencyResult] = []
    claims: list[ClaimResult] = Field(default=[], description="Empty without a résumé.")
    role_match: RoleMatch | None = Field(default=None, description="Null without requirements to look up.")
    practice: list[PracticeItem] = Field(default=[], description="What to practise next, the most important first.")
    answers: list[AnswerReview]
    turns: list[Turn]
    is_calibrated: bool = Field(default=False, description="Whether such scores were checked against human judges.")
    calibrations: list[Calibration] = Field(
        default=[], description="The checks, one for each rubric, prompt and model in use; empty: not calibrated."
    )
    removed_statements: int = Field(
        default=0, description="Statements of the model about the person that were taken out."
    )
    instruction_count: int = Field(default=0, description="Orders to the judge in the answers, which no judge saw.")
    versions: ReportVersions
    reviews: list[Review] = Field(default=[], description="Requests for a human review, the newest first.")
    created_at: datetime
    finished_at: datetime | None
