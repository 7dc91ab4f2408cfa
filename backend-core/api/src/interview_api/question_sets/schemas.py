"""Bodies of the question set routes."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from interview_api.auth.schemas import Body
from interview_api.interviews.schemas import AnsweredBy, QuestionType, ShortText
from interview_core.db.tables import Language, WritingStatus
from interview_core.text import Text

Difficulty = Literal["easy", "medium", "hard"]


def _refuse_repeated(ids: list[UUID]) -> list[UUID]:
    if len(set(ids)) < len(ids):
        raise ValueError("a résumé is named twice")
    return ids


class _Wishes(Body):
    target_role: ShortText
    company: ShortText | None = None
    job_description: Annotated[Text, Field(max_length=8000)] | None = None
    language: Language = Language.KOREAN
    difficulty: Difficulty | None = Field(
        default=None,
        description="Of five questions, easy: 2 easy, 2 medium, 1 hard; medium: 1, 3, 1; hard: 0, 2, 3. Left out: what"
        " fits the experience in the résumé.",
    )


class CreateQuestionSet(_Wishes):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "resume_id": "6f1c2a34-90ab-4cde-8f01-23456789abcd",
                    "target_role": "백엔드 개발자",
                    "company": "한빛커머스",
                    "job_description": "Kubernetes 위에서 주문 서비스를 운영합니다.",
                    "language": "ko",
                }
            ]
        }
    )

    resume_id: UUID


class CreateQuestionSets(_Wishes):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "resume_ids": ["6f1c2a34-90ab-4cde-8f01-23456789abcd", "0b7e3c52-1f1e-4a39-9a60-5f3f5b0c9d11"],
                    "target_role": "백엔드 개발자",
                }
            ]
        }
    )

    resume_ids: Annotated[list[UUID], AfterValidator(_refuse_repeated), Field(min_length=1, max_length=100)]


class SetQuestion(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    position: int = Field(description="From 1.")
    text: str
    type: QuestionType | None
    difficulty: Difficulty | None
    topic: str
    reason: str = Field(description="Why am I asked this?")
    covers: list[str] = Field(description="What a good answer covers.")
    source_quote: str | None = Field(description="The résumé's words that it came from.")
    answered_by: AnsweredBy


class QuestionSet(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    resume_id: UUID | None = Field(description="Null when the résumé was deleted since.")
    batch_id: UUID | None = Field(description="Of those that were asked for together.")
    target_role: str
    company: str | None
    language: Language
    difficulty: Difficulty | None
    status: WritingStatus
    percent: int
    error_code: str | None = Field(description="Why it failed: expired, resume_deleted, internal and others.")
    created_at: datetime
    finished_at: datetime | None


class QuestionSetDetail(QuestionSet):
    """Questions appear as they are written; all are there once the status is `ready`."""

    job_description: str | None
    questions: list[SetQuestion]


class QuestionSetPage(BaseModel):
    items: list[QuestionSet]
    total: int


class QuestionSetBatch(BaseModel):
    batch_id: UUID
    items: list[QuestionSet]
