"""Bodies of the comparison and of the progress over several interviews."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel, Field


class Judge(BaseModel):
    """What gave the scores. Only scores of the same rubric, prompt and model may stand beside each other."""

    rubric: str | None
    prompt: str | None
    model: str | None


class ComparedInterview(BaseModel):
    interview_id: UUID
    target_role: str
    company: str | None
    scenario_title: str
    finished_at: datetime | None
    is_scored: bool
    judge: Judge


class ObstacleCode(StrEnum):
    RUBRIC_DIFFERS = "rubric_differs"
    PROMPT_DIFFERS = "prompt_differs"
    MODEL_DIFFERS = "model_differs"
    NOT_SCORED = "not_scored"


class Obstacle(BaseModel):
    """Why the scores must not be compared; `a` and `b` say what differs."""

    code: ObstacleCode
    a: str | None
    b: str | None


class Change(StrEnum):
    BETTER = "better"
    WORSE = "worse"
    WITHIN_UNCERTAINTY = "within_uncertainty"
    UNCERTAINTY_UNKNOWN = "uncertainty_unknown"


class Score(BaseModel):
    score: float
    uncertainty: float | None = Field(description="Plus or minus; null: not known.")


class Difference(BaseModel):
    points: float = Field(description="b less a.")
    uncertainty: float | None = Field(description="Of the difference; null when that of either score is not known.")
    change: Change = Field(description="`better` and `worse` only where the points are more than the uncertainty.")


class ComparedCompetency(BaseModel):
    """The scores are null where the two interviews are not comparable, or the competency was not assessed."""

    key: str
    title: str
    a: Score | None
    b: Score | None
    difference: Difference | None
    comment_a: str | None
    comment_b: str | None


class ComparedQuestion(BaseModel):
    question_id: UUID
    position: int
    text: str


class QuestionPair(BaseModel):
    """Two questions that ask for the same, and what the second answer covers that the first did not, and back."""

    a: ComparedQuestion
    b: ComparedQuestion
    is_same: bool = Field(description="Word for word.")
    is_judged: bool = Field(description="Both answers; else there is nothing to say about what they cover.")
    newly_covered: list[str]
    no_longer_covered: list[str]
    missed_in_both: list[str]


class Comparison(BaseModel):
    a: ComparedInterview
    b: ComparedInterview
    obstacles: list[Obstacle] = Field(description="Empty: the scores may be compared. Otherwise there are words only.")
    overall: Difference | None
    overall_a: Score | None
    overall_b: Score | None
    competencies: list[ComparedCompetency]
    questions: list[QuestionPair]


class ProgressPoint(BaseModel):
    interview_id: UUID
    target_role: str
    company: str | None
    scenario_title: str
    finished_at: datetime | None
    overall: Score


class ProgressSeries(BaseModel):
    """Interviews that the same rubric, prompt and model judged, the oldest first."""

    judge: Judge
    points: list[ProgressPoint]


class Progress(BaseModel):
    series: list[ProgressSeries] = Field(description="The one with the newest interview first.")
    unscored_count: int = Field(description="Finished interviews that nothing judged.")
