"""Bodies of a candidate's requests for a human review; they are also part of the report."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from interview_api.auth.schemas import Body
from interview_core.db.tables import ReviewOutcome, ReviewState
from interview_core.text import Text

MAX_TEXT = 2000

ReviewText = Annotated[Text, AfterValidator(str.strip), Field(min_length=1, max_length=MAX_TEXT)]


class RequestReview(Body):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"text": "협업 점수가 두 번째 답변의 갈등 이야기를 빠뜨린 것 같아요.", "shares_transcript": True}
            ]
        }
    )

    text: ReviewText = Field(description="What you think is wrong.")
    shares_transcript: bool = Field(
        default=False,
        description="Whether your answers may be read in full; without it only the quotes that the report rests on.",
    )


class WithdrawnScore(BaseModel):
    """A score of the model that a person took out of the report."""

    key: str
    title: str
    score: float
    uncertainty: float | None


class ReviewAnswer(BaseModel):
    """What a person answered. People take scores out of a report, and never put one in."""

    model_config = ConfigDict(from_attributes=True)

    outcome: ReviewOutcome
    text: str
    withdrawn_scores: list[WithdrawnScore]
    at: datetime


class Review(BaseModel):
    """A request for a human review, and what came of it."""

    id: UUID
    state: ReviewState
    text: str
    shares_transcript: bool
    requested_at: datetime
    withdrawn_at: datetime | None
    read_at: list[datetime] = Field(description="When operators opened what the request allows them to read.")
    answer: ReviewAnswer | None
