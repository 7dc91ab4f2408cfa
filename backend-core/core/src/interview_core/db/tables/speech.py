"""What was said, and questions that are spoken."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Index
from sqlalchemy import Enum as SqlEnum
from sqlalchemy import text as sql_text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from interview_core.db.tables.columns import enum_column, json_column, now_column, owned_by, text_column, time_column
from interview_core.db.tables.users import Language


class SegmentState(StrEnum):
    PENDING = "pending"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    """The candidate withdrew; nothing of it is kept, and its audio goes with the next `speech.erase_audio`."""


class SpeechSegment(SQLModel, table=True):
    """A stretch of speech of at most half a minute, cut at pauses, on the clock of one connection."""

    __tablename__ = "speech_segment"
    __table_args__ = (Index("ix_speech_segment_take", "question_id", "take"),)

    interview_id: UUID = owned_by("interview.id", index=False, primary_key=True)
    epoch: int = Field(primary_key=True)
    sequence: int = Field(primary_key=True)
    question_id: UUID = owned_by("question.id", index=False)
    take: int
    audio: str | None = Field(default=None, max_length=300)
    """A StorageKey; None once the audio is deleted."""
    start_ms: int
    end_ms: int
    state: SegmentState = enum_column(SegmentState, default=SegmentState.PENDING)
    text: str | None = text_column(nullable=True)
    words: list[dict[str, Any]] = Field(
        default_factory=list, sa_column=Column(JSONB, nullable=False, server_default=sql_text("'[]'::jsonb"))
    )
    """`text`, `start_ms`, `end_ms` (on the same clock) and `probability` of each word."""
    language: Language = enum_column(Language)
    delivery: dict[str, Any] | None = json_column(nullable=True)
    """What was measured of the voice (`interview_worker.cpu.voice`); null where nothing could be."""
    recognised_by: dict[str, Any] | None = json_column(nullable=True)
    error_code: str | None = Field(default=None, max_length=60)
    created_at: datetime = now_column()
    finished_at: datetime | None = time_column()


class EndReason(StrEnum):
    BUTTON = "button"
    SILENCE = "silence"
    LOST = "lost"
    UPLOAD = "upload"
    TIME_UP = "time_up"


class SpokenAnswer(SQLModel, table=True):
    """One attempt to answer a question by voice; a newer take supersedes the older ones."""

    __tablename__ = "spoken_answer"

    question_id: UUID = owned_by("question.id", index=False, primary_key=True)
    take: int = Field(primary_key=True)
    interview_id: UUID = owned_by("interview.id")
    epoch: int
    """The connection in which it ended; parts of it may be of earlier ones."""
    last_sequence: int | None = None
    """Its last segment in that connection; None: nothing was said in it."""
    end_reason: EndReason | None = Field(
        default=None,
        sa_column=Column(
            SqlEnum(EndReason, native_enum=False, length=24, values_callable=lambda k: [item.value for item in k]),
            nullable=True,
        ),
    )
    recording: str | None = Field(default=None, max_length=300)
    """A StorageKey: the file that was uploaded, until it is deleted."""
    error_code: str | None = Field(default=None, max_length=60)
    """Why an uploaded recording gave no segments."""
    started_at: datetime = now_column()
    ended_at: datetime | None = time_column()


class BaselineState(StrEnum):
    PENDING = "pending"
    DONE = "done"
    FAILED = "failed"


class VoiceBaseline(SQLModel, table=True):
    """How the candidate's voice is at the device check; delivery is only ever compared with this."""

    __tablename__ = "voice_baseline"

    interview_id: UUID = owned_by("interview.id", index=False, primary_key=True)
    recording: str | None = Field(default=None, max_length=300)
    """A StorageKey; None once it is measured."""
    state: BaselineState = enum_column(BaselineState, default=BaselineState.PENDING)
    delivery: dict[str, Any] | None = json_column(nullable=True)
    error_code: str | None = Field(default=None, max_length=60)
    created_at: datetime = now_column()
    finished_at: datetime | None = time_column()


class SpokenQuestion(SQLModel, table=True):
    """A question as it was spoken by the server; its `question` or, while it is not asked, its `prepared_question`."""

    __tablename__ = "spoken_question"

    question_id: UUID = Field(primary_key=True)
    interview_id: UUID = owned_by("interview.id")
    audio: str = Field(max_length=300)
    """A StorageKey that holds the hash of text, engine and voice."""
    media_type: str = Field(max_length=60)
    engine: str = Field(max_length=60)
    voice: str = Field(max_length=100)
    created_at: datetime = now_column()
