"""Bodies of the interview routes."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from interview_api.auth.schemas import Body
from interview_core.db.tables import ConsentPurpose, InterviewStatus, Language, Purpose, ReportStatus
from interview_core.text import Text


def _refuse_blank(text: str) -> str:
    if not text.strip():
        raise ValueError("write something, or skip the question")
    return text


ShortText = Annotated[Text, AfterValidator(str.strip), Field(min_length=1, max_length=120)]
AnswerText = Annotated[Text, AfterValidator(_refuse_blank), Field(min_length=1, max_length=20_000)]


class Consents(Body):
    """What the candidate allows; nothing runs without its consent."""

    recording: bool = False
    transcription: bool = False
    scoring: bool = False
    emotion: bool = Field(default=False, description="Practice only, and only where the installation offers it.")

    def of(self, purpose: ConsentPurpose) -> bool:
        return bool(getattr(self, purpose.value))


class ScenarioStage(BaseModel):
    key: str
    title: str
    competency: str | None


class Scenario(BaseModel):
    id: str
    version: int
    title: str
    description: str
    stages: list[ScenarioStage]
    question_count: int
    estimated_minutes: int


class CreateInterview(Body):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "resume_id": "6f1c2a34-90ab-4cde-8f01-23456789abcd",
                    "scenario_id": "short",
                    "language": "ko",
                    "target_role": "백엔드 개발자",
                    "company": "한빛커머스",
                    "purpose": "practice",
                    "consents": {"scoring": True},
                }
            ]
        }
    )

    resume_id: UUID
    scenario_id: Annotated[Text, Field(max_length=60)] = Field(default="short", description="See GET /scenarios.")
    language: Language = Language.KOREAN
    target_role: ShortText
    company: ShortText | None = None
    company_description: Annotated[Text, Field(max_length=4000)] | None = None
    job_description: Annotated[Text, Field(max_length=8000)] | None = None
    purpose: Purpose = Purpose.PRACTICE
    consents: Consents = Consents()


class AnsweredBy(BaseModel):
    """What produced a text: `llama.cpp` and its model file, or `template` / `question_bank`."""

    model_config = ConfigDict(
        from_attributes=True, protected_namespaces=(), json_schema_serialization_defaults_required=True
    )

    provider: str
    model: str | None = None
    prompt_version: str | None = None
    is_fallback: bool = False
    fallback_reason: str | None = None
    took_ms: int | None = None


class QuestionType(StrEnum):
    IMPLEMENTATION = "implementation"
    TRADE_OFF = "trade_off"
    PERFORMANCE = "performance"
    RELIABILITY = "reliability"
    SCALABILITY = "scalability"
    QUALITY = "quality"
    COLLABORATION = "collaboration"
    BUSINESS = "business"


class Question(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    position: int = Field(description="From 1.")
    stage: str
    stage_title: str
    text: str
    type: QuestionType | None
    difficulty: Literal["easy", "medium", "hard"] | None
    topic: str | None
    reason: str = Field(description="Why am I asked this?")
    source_quote: str | None = Field(description="The résumé's words that it came from.")
    is_follow_up: bool
    answered_by: AnsweredBy
    created_at: datetime


class Answer(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    text: str
    is_skipped: bool
    submitted_at: datetime


class Turn(BaseModel):
    question: Question
    answer: Answer | None


class PendingQuestion(BaseModel):
    """A question that is being written; its tokens arrive on the event stream."""

    position: int
    state: Literal["preparing", "failed"]


class InterviewReportStatus(StrEnum):
    NONE = "none"
    PENDING = ReportStatus.PENDING.value
    RUNNING = ReportStatus.RUNNING.value
    READY = ReportStatus.READY.value
    FAILED = ReportStatus.FAILED.value


class Interview(BaseModel):
    id: UUID
    resume_id: UUID | None = Field(description="Null when the résumé was deleted since.")
    scenario_id: str
    scenario_title: str
    language: Language
    target_role: str
    company: str | None
    purpose: Purpose
    status: InterviewStatus
    question_count: int
    answered_count: int
    created_at: datetime
    finished_at: datetime | None
    report_status: InterviewReportStatus


class InterviewDetail(Interview):
    job_description: str | None
    company_description: str | None
    consents: Consents
    turns: list[Turn]
    pending_question: PendingQuestion | None
    sequence: int = Field(description="Grows with every event of the interview.")


class InterviewPage(BaseModel):
    items: list[Interview]
    total: int


class Draft(Body):
    """An answer that is still being written."""

    question_id: UUID
    text: AnswerText


class SubmitAnswer(Body):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "question_id": "0b7e3c52-1f1e-4a39-9a60-5f3f5b0c9d11",
                    "text": "주문 조회가 느려서 Redis 캐시를 두었고, p99 지연이 40 % 줄었습니다.",
                }
            ]
        }
    )

    question_id: UUID
    text: AnswerText


class SkipQuestion(Body):
    model_config = ConfigDict(json_schema_extra={"examples": [{"question_id": "0b7e3c52-1f1e-4a39-9a60-5f3f5b0c9d11"}]})

    question_id: UUID


class MediaTicket(BaseModel):
    ticket: str
    offer_url: str = Field(description="Where the browser posts its WebRTC offer, with the ticket.")
    expires_in: int = Field(description="Seconds.")
