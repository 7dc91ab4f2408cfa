"""Bodies of the operators' routes: what a candidate's request lets them read, and their answer."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from interview_api.auth.schemas import Body
from interview_api.explanations.schemas import Explanation
from interview_api.reports.schemas import AnswerReview, CompetencyResult, NotScoredReason, Uncertain
from interview_api.reviews.schemas import ReviewText
from interview_core.db.tables import Language, ReviewOutcome, ReviewState
from interview_core.text import Text

_MAX_SCORES = 20


class ReviewSummary(BaseModel):
    """A request in the operators' list. What the candidate wrote is in it while the request is open."""

    id: UUID
    state: ReviewState
    text: str | None
    shares_transcript: bool
    target_role: str
    language: Language
    requested_at: datetime
    outcome: ReviewOutcome | None = None
    answered_at: datetime | None = None
    answered_by: UUID | None = Field(default=None, description="The user id of the operator who answered.")


class ReviewPage(BaseModel):
    items: list[ReviewSummary]
    total: int


class ReviewedAnswer(BaseModel):
    question_id: UUID
    position: int
    question: str
    answer: str | None = Field(description="Null where the candidate does not share the transcript, or did not answer.")
    is_skipped: bool
    review: AnswerReview | None


class ReviewedReport(Uncertain):
    """What was judged, without what is known of the person: no name, no résumé, no voice, no pictures."""

    overall_score: float | None
    not_scored_reason: NotScoredReason | None
    summary: str | None
    competencies: list[CompetencyResult]
    answers: list[ReviewedAnswer]


class ReviewCase(BaseModel):
    """All that an open request lets an operator read. Each reading is recorded, and the candidate sees when it was."""

    id: UUID
    text: str
    shares_transcript: bool
    requested_at: datetime
    target_role: str
    language: Language
    scenario_title: str
    report: ReviewedReport
    explanation: Explanation


class AnswerReviewRequest(Body):
    """An answer to a candidate. There is no field for a score: people take scores out, and never put one in."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "outcome": "corrected",
                    "text": "두 번째 답변에 협업 이야기가 있는데 채점에서 빠졌어요. 그래서 이 점수는 거두었어요.",
                    "withdraw": ["collaboration"],
                }
            ]
        }
    )

    outcome: ReviewOutcome
    text: ReviewText
    withdraw: list[Annotated[Text, AfterValidator(str.strip), Field(max_length=60)]] = Field(
        default=[], max_length=_MAX_SCORES, description="Keys of competencies whose score is wrong."
    )

    @model_validator(mode="after")
    def _upheld_leaves_all(self) -> Self:
        if self.outcome is ReviewOutcome.UPHELD and self.withdraw:
            raise ValueError("who withdraws a score corrects the report")
        if len(set(self.withdraw)) != len(self.withdraw):
            raise ValueError("each competency is named once")
        return self
