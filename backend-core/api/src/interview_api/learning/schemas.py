"""Bodies of the learning path routes."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from interview_api.auth.schemas import Body
from interview_api.interviews.schemas import AnsweredBy, ShortText
from interview_core.db.tables import Language, LearningItemType, WritingStatus
from interview_core.text import Text


class CreateLearningPath(Body):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "resume_id": "6f1c2a34-90ab-4cde-8f01-23456789abcd",
                    "target_role": "백엔드 개발자",
                    "job_description": "Kubernetes 위에서 주문 서비스를 운영합니다.",
                    "language": "ko",
                }
            ]
        }
    )

    resume_id: UUID
    interview_id: UUID | None = Field(
        default=None, description="A finished interview of yours, so that its report counts too."
    )
    target_role: ShortText | None = Field(
        default=None, description="Left out: the interview's, else the one in the résumé."
    )
    job_description: Annotated[Text, Field(max_length=8000)] | None = Field(
        default=None, description="Left out: the interview's."
    )
    language: Language = Language.KOREAN


class LearningResource(BaseModel):
    """An entry of the project's catalogue, as it was when the path was written."""

    id: str
    title: str
    url: str
    language: Language
    kind: Literal["documentation", "tutorial", "course", "book", "article", "practice", "roadmap"]
    access: Literal["free", "paid", "partly_free"]
    licence: str | None = Field(description="Of the content, where it is known.")
    checked_on: date | None = Field(description="When a program last reached the address; null: not yet.")


class LearningEvidence(BaseModel):
    """What the reason rests on."""

    source: Literal["resume", "report", "job_description", "role"]
    quote: str
    field: str | None = Field(default=None, description="JSON Pointer into the résumé's profile.")
    question_id: UUID | None = Field(default=None, description="The question whose answer is quoted.")


class LearningItem(BaseModel):
    id: UUID
    position: int
    type: LearningItemType
    topic: str
    title: str
    description: str
    reason: str
    evidence: LearningEvidence
    link: LearningResource = Field(description="What to begin with.")
    resources: list[LearningResource] = Field(description="What else there is.")
    is_by_model: bool = Field(description="False: chosen and worded by rules.")
    done_at: datetime | None


class LearningPath(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    resume_id: UUID | None = Field(description="Null when the résumé was deleted since.")
    interview_id: UUID | None
    target_role: str
    language: Language
    status: WritingStatus
    percent: int
    error_code: str | None = Field(description="Why it failed: expired, resume_deleted, internal and others.")
    answered_by: AnsweredBy | None = Field(description="A model, or `rules` and why. Null before it is written.")
    created_at: datetime
    finished_at: datetime | None


class LearningPathDetail(LearningPath):
    job_description: str | None
    catalogue_version: str | None
    items: list[LearningItem]


class LearningPathPage(BaseModel):
    items: list[LearningPath]
    total: int


class MarkItem(Body):
    is_done: bool
