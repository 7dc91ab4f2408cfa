"""What is known about an answer, as it is stored; every part says from which words of the answer it comes."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from interview_worker.gpu.provenance import AnsweredBy
from interview_worker.gpu.spoken_words import SpokenWord

STAR_PARTS: tuple[Literal["situation", "task", "action", "result"], ...] = ("situation", "task", "action", "result")


class NotScored(StrEnum):
    """Why there is no score."""

    NO_MODEL = "no_model"
    LIMIT_REACHED = "limit_reached"
    NO_CONSENT = "no_consent"
    NO_ANSWERS = "no_answers"
    NOT_ENOUGH_EVIDENCE = "not_enough_evidence"
    EVALUATION_FAILED = "evaluation_failed"


class Status(StrEnum):
    DONE = "done"
    NOT_SCORED = "not_scored"
    FAILED = "failed"


class TranscriptProblem(StrEnum):
    """Why an answer's words are too poor to judge."""

    TOO_SHORT = "too_short"
    MEANINGLESS = "meaningless"
    """Hardly anything but fillers and repetition."""
    LOW_CONFIDENCE = "low_confidence"
    """The speech recognition is not sure of most words."""


class Dropped(StrEnum):
    """Why an improved answer is not shown."""

    NEW_FIGURE = "new_figure"
    NEW_NAME = "new_name"
    FORBIDDEN = "forbidden"
    UNREADABLE = "unreadable"


class NoUncertainty(StrEnum):
    """Why a score has no uncertainty."""

    ONE_GRADING = "one_grading"


class UnquotedKind(StrEnum):
    """What a judge said without words of the answer that bear it out."""

    POINT = "point"
    COMPETENCY = "competency"
    ASPECT = "aspect"
    STAR_PART = "star_part"


class Stored(BaseModel):
    model_config = ConfigDict(frozen=True)


class Evidence(Stored):
    """A passage of an answer: `text[start:end]` is the quote."""

    question_id: UUID
    quote: str
    start: int
    end: int
    start_ms: int | None = None
    end_ms: int | None = None
    """When it was said, for a spoken answer whose words have times."""


class Point(Stored):
    kind: Literal["strength", "improvement"]
    text: str
    evidence: Evidence


class Covered(Stored):
    """Something that a good answer covers, and where this one does."""

    text: str
    evidence: Evidence | None
    """None only in what was stored before quotes were asked for."""


class StarPart(Stored):
    part: Literal["situation", "task", "action", "result"]
    evidence: Evidence | None
    """None: the answer does not say it."""


class Unquoted(Stored):
    """Something that was dropped since the answer does not hold its quote. What the judge said there is not kept."""

    kind: UnquotedKind
    name: str
    """Of a point its kind, of a competency its key, of an aspect its text, of a part of STAR its name."""


class CompetencyScore(Stored):
    key: str
    score: float
    """The median of the gradings, with the adjustment; 0 to 100."""
    uncertainty: float | None = None
    """Half of what the gradings differ by."""
    adjustment: int = 0
    """What the rubric adds or takes away because it was a follow-up."""
    grades: list[int] = []
    """What each grading that found evidence gave, in the order in which they were asked for."""
    comment: str
    evidence: Evidence


class Findings(Stored):
    """What is known about an answer; stored as JSON."""

    summary: str | None = None
    covered: list[Covered] = []
    missed: list[str] = []
    star: list[StarPart] = []
    """In their order; empty where the question does not ask for them, or nothing was judged."""
    points: list[Point] = []
    improved_answer: str | None = None
    improved_answer_dropped: Dropped | None = None
    competencies: list[CompetencyScore] = []
    uncertainty: float | None = None
    no_uncertainty_reason: NoUncertainty | None = None
    grading_count: int = 0
    unquoted: list[Unquoted] | None = None
    """What was dropped for want of a quote; None in what was stored before that was counted."""
    transcript_problem: TranscriptProblem | None = None
    removed_statements: int = 0
    """What the model said about the person instead of the answer, and nobody gets to read."""
    instruction_count: int = 0
    """Passages that gave the judge orders; the judge did not see them."""


@dataclass(frozen=True)
class JudgedAnswer:
    """An answer and all that may be used to judge it. The résumé is not: the same answer always counts the same."""

    question_id: UUID
    question: str
    stage: str
    covers: tuple[str, ...]
    competency: str | None
    role: str
    language: str
    text: str
    is_skipped: bool
    is_follow_up: bool = False
    names: tuple[str, ...] = ()
    """Of the candidate, only to be hidden from the judge."""
    words: tuple[SpokenWord, ...] = ()
    """Of a spoken answer. They decide whether it is judged and when a quote was said, and never how it is judged."""
    interview_id: UUID | None = None
    """Whose usage of the model it is; nothing that is judged."""


@dataclass(frozen=True)
class Verdict:
    """How an answer was judged. A score is there only with a judge and with evidence."""

    status: Status
    reason: NotScored | None
    score: float | None
    findings: Findings
    answered_by: AnsweredBy | None
    versions: dict[str, str | None] = field(default_factory=dict)
