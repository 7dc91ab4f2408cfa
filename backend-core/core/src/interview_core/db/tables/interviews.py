"""Interviews: their events, which are the truth, and what is derived from them."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from pgvector.sqlalchemy import Vector
from sqlalchemy import Column, DateTime, ForeignKey, UniqueConstraint
from sqlalchemy import Enum as SqlEnum
from sqlalchemy import text as sql_text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from interview_core.db.tables.columns import (
    enum_column,
    json_column,
    json_from_now_on,
    json_list,
    now_column,
    owned_by,
    text_column,
    time_column,
)
from interview_core.db.tables.resumes import EMBEDDING_DIMENSIONS
from interview_core.db.tables.users import Language


class Purpose(StrEnum):
    PRACTICE = "practice"
    ASSESSMENT = "assessment"


class InterviewStatus(StrEnum):
    IN_PROGRESS = "in_progress"
    FINISHED = "finished"


class Interview(SQLModel, table=True):
    """One candidate's run. Status and counters are a projection of its events, written with them."""

    __tablename__ = "interview"
    __table_args__ = (UniqueConstraint("user_id", "idempotency_key"),)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    user_id: UUID = owned_by("user_account.id")
    resume_id: UUID | None = Field(
        default=None, sa_column=Column(ForeignKey("resume.id", ondelete="SET NULL"), nullable=True, index=True)
    )
    scenario_id: str = Field(max_length=60)
    scenario_version: int
    language: Language = enum_column(Language)
    target_role: str = Field(max_length=120)
    company: str | None = Field(default=None, max_length=120)
    company_description: str | None = text_column(nullable=True)
    job_description: str | None = text_column(nullable=True)
    purpose: Purpose = enum_column(Purpose)
    status: InterviewStatus = enum_column(InterviewStatus, default=InterviewStatus.IN_PROGRESS)
    sequence: int = 0
    question_count: int = 0
    """Asked and still to come, as far as it is known; follow-ups add to it."""
    answered_count: int = 0
    plan: list[dict[str, Any]] = json_list()
    """`plan.PlannedSlot`s in order; empty for interviews that began before plans were stored."""
    difficulty: str | None = Field(default=None, max_length=20)
    """What the candidate chose instead of what the profile says."""
    accommodations: dict[str, Any] = json_from_now_on()
    """For timers and turn-taking only: nothing that judges reads it."""
    ends_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True), nullable=True, index=True))
    """When it ends by itself if nothing happens; none once it is over."""
    media_epoch: int = 0
    idempotency_key: str | None = Field(default=None, max_length=100)
    created_at: datetime = now_column()
    finished_at: datetime | None = time_column()


class InterviewFocus(SQLModel, table=True):
    """What an interview is about, as a vector: role, company and job description, masked."""

    __tablename__ = "interview_focus"

    interview_id: UUID = owned_by("interview.id", index=False, primary_key=True)
    embedding_model: str = Field(max_length=200)
    embedding: list[float] = Field(sa_column=Column(Vector(EMBEDDING_DIMENSIONS), nullable=False))


class InterviewEvent(SQLModel, table=True):
    """The truth about an interview: what happened, in order. Rows are only ever added."""

    __tablename__ = "interview_event"

    interview_id: UUID = owned_by("interview.id", index=False, primary_key=True)
    sequence: int = Field(primary_key=True)
    kind: str = Field(max_length=40)
    payload: dict[str, Any] = json_column()
    at: datetime = now_column()


class Question(SQLModel, table=True):
    __tablename__ = "question"
    __table_args__ = (UniqueConstraint("interview_id", "position"),)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    interview_id: UUID = owned_by("interview.id")
    position: int
    stage: str = Field(max_length=60)
    stage_title: str = Field(max_length=120)
    text: str = text_column()
    type: str | None = Field(default=None, max_length=40)
    difficulty: str | None = Field(default=None, max_length=20)
    topic: str | None = Field(default=None, max_length=300)
    reason: str = text_column()
    source_quote: str | None = text_column(nullable=True)
    covers: list[str] = Field(default_factory=list, sa_column=Column(JSONB, nullable=False))
    """What a good answer covers."""
    is_follow_up: bool = False
    slot: int | None = None
    """Index in the interview's plan."""
    probe: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    """0 opens the topic, 1 and 2 follow up."""
    competency: str | None = Field(default=None, max_length=60)
    claim_id: UUID | None = Field(
        default=None, sa_column=Column(ForeignKey("resume_claim.id", ondelete="SET NULL"), nullable=True, index=True)
    )
    """The statement of the résumé that it probes."""
    follow_up: dict[str, Any] | None = json_column(nullable=True)
    """The decision to ask it after an answer (`interview.Decision`)."""
    waiting: dict[str, Any] | None = json_column(nullable=True)
    """How long the candidate waited for it since the answer before, and whether it was prepared."""
    answered_by: dict[str, Any] = json_column()
    """Provider, model, prompt version, whether it is a fallback and why, and how long it took (`AnsweredBy`)."""
    created_at: datetime = now_column()


class AnswerSource(StrEnum):
    TEXT = "text"
    VOICE = "voice"


class Answer(SQLModel, table=True):
    __tablename__ = "answer"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    question_id: UUID = Field(
        sa_column=Column(ForeignKey("question.id", ondelete="CASCADE"), nullable=False, unique=True)
    )
    interview_id: UUID = owned_by("interview.id")
    text: str = text_column()
    """What is judged: as it was written, or the transcript as the candidate corrected it."""
    is_skipped: bool = False
    source: AnswerSource = Field(
        default=AnswerSource.TEXT,
        sa_column=Column(
            SqlEnum(AnswerSource, native_enum=False, length=24, values_callable=lambda k: [item.value for item in k]),
            nullable=False,
            server_default=AnswerSource.TEXT.value,
        ),
    )
    take: int | None = None
    """Of a spoken answer: which of its `spoken_answer` rows."""
    transcript: str | None = text_column(nullable=True)
    """What the recogniser heard of it."""
    transcript_edits: list[dict[str, Any]] | None = Field(
        default=None, sa_column=Column(JSONB(none_as_null=True), nullable=True)
    )
    """What the candidate corrected, word by word: `op`, `at` (a word of the transcript, from 0), `old`, `new`."""
    missing_segments: list[dict[str, Any]] | None = Field(
        default=None, sa_column=Column(JSONB(none_as_null=True), nullable=True)
    )
    """Parts that were spoken and are not in the transcript, by `epoch` and `sequence`; the candidate accepted that."""
    outcome: str | None = Field(default=None, max_length=20)
    """`interview_state.Outcome`; none for answers that were stored before outcomes were."""
    submitted_at: datetime = now_column()


class PreparedQuestion(SQLModel, table=True):
    """A topic's opening question that was written while the candidate still answered; gone once the topic is asked."""

    __tablename__ = "prepared_question"

    interview_id: UUID = owned_by("interview.id", index=False, primary_key=True)
    slot: int = Field(primary_key=True)
    after_position: int
    """The newest question when it was written."""
    question_id: UUID = Field(
        default_factory=uuid4, unique=True, sa_column_kwargs={"server_default": sql_text("gen_random_uuid()")}
    )
    """The id that its question will have, under which it is spoken ahead; nobody outside is told of it before."""
    content: dict[str, Any] = json_column()
    """The fields of the `question` row that it becomes."""
    created_at: datetime = now_column()
