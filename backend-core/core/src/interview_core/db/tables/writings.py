"""What is written on request: learning paths and question sets."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Column, ForeignKey, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from interview_core.db.tables.columns import enum_column, json_column, now_column, owned_by, text_column, time_column
from interview_core.db.tables.users import Language


class WritingStatus(StrEnum):
    """How far something is that a worker writes on request."""

    PENDING = "pending"
    RUNNING = "running"
    READY = "ready"
    FAILED = "failed"


class LearningPath(SQLModel, table=True):
    """What somebody may learn next, by a résumé and perhaps an interview's report."""

    __tablename__ = "learning_path"
    __table_args__ = (Index("ix_learning_path_newest", "user_id", "created_at"),)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    user_id: UUID = owned_by("user_account.id", index=False)
    resume_id: UUID | None = Field(
        default=None, sa_column=Column(ForeignKey("resume.id", ondelete="SET NULL"), nullable=True, index=True)
    )
    interview_id: UUID | None = Field(
        default=None, sa_column=Column(ForeignKey("interview.id", ondelete="SET NULL"), nullable=True, index=True)
    )
    language: Language = enum_column(Language)
    target_role: str = Field(max_length=120)
    job_description: str | None = text_column(nullable=True)
    status: WritingStatus = enum_column(WritingStatus, default=WritingStatus.PENDING)
    percent: int = 0
    error_code: str | None = Field(default=None, max_length=40)
    answered_by: dict[str, Any] | None = json_column(nullable=True)
    """Who chose and gave reasons: a model, or the rules alone and why."""
    catalogue_version: str | None = Field(default=None, max_length=40)
    created_at: datetime = now_column()
    finished_at: datetime | None = time_column()


class LearningItemType(StrEnum):
    STRENGTH = "strength"
    WEAKNESS = "weakness"


class LearningItem(SQLModel, table=True):
    __tablename__ = "learning_item"
    __table_args__ = (UniqueConstraint("learning_path_id", "position"),)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    learning_path_id: UUID = owned_by("learning_path.id", index=False)
    position: int
    type: LearningItemType = enum_column(LearningItemType)
    topic: str = Field(max_length=60)
    """Its id in the catalogue."""
    title: str = Field(max_length=200)
    description: str = text_column()
    reason: str = text_column()
    evidence: dict[str, Any] = json_column()
    """What the reason rests on: where from, the words, and which field or question they stand in."""
    resources: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSONB, nullable=False))
    """Entries of the catalogue as they were then, the first the one to begin with."""
    is_by_model: bool
    """Whether a model chose it and wrote its words; else the rules did."""
    done_at: datetime | None = time_column()


class QuestionSet(SQLModel, table=True):
    """Questions about a résumé that belong to no interview."""

    __tablename__ = "question_set"
    __table_args__ = (Index("ix_question_set_newest", "user_id", "created_at"),)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    user_id: UUID = owned_by("user_account.id", index=False)
    resume_id: UUID | None = Field(
        default=None, sa_column=Column(ForeignKey("resume.id", ondelete="SET NULL"), nullable=True, index=True)
    )
    language: Language = enum_column(Language)
    target_role: str = Field(max_length=120)
    company: str | None = Field(default=None, max_length=120)
    job_description: str | None = text_column(nullable=True)
    difficulty: str | None = Field(default=None, max_length=20)
    """The mix that was asked for; None: the one that fits the résumé."""
    batch_id: UUID | None = Field(default=None, index=True)
    """Those that were asked for together; they are written one after the other, behind everything else."""
    status: WritingStatus = enum_column(WritingStatus, default=WritingStatus.PENDING)
    percent: int = 0
    error_code: str | None = Field(default=None, max_length=40)
    created_at: datetime = now_column()
    finished_at: datetime | None = time_column()


class SetQuestion(SQLModel, table=True):
    """A question of a set; like `Question`, but nobody is asked it."""

    __tablename__ = "set_question"
    __table_args__ = (UniqueConstraint("question_set_id", "position"),)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    question_set_id: UUID = owned_by("question_set.id", index=False)
    position: int
    stage: str = Field(max_length=60)
    text: str = text_column()
    type: str | None = Field(default=None, max_length=40)
    difficulty: str | None = Field(default=None, max_length=20)
    topic: str = Field(max_length=300)
    reason: str = text_column()
    source_quote: str | None = text_column(nullable=True)
    covers: list[str] = Field(default_factory=list, sa_column=Column(JSONB, nullable=False))
    answered_by: dict[str, Any] = json_column()
    created_at: datetime = now_column()
