"""Résumés, what was read from them, and what is searched by meaning."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from pgvector.sqlalchemy import Vector
from sqlalchemy import Column, Index, UniqueConstraint
from sqlalchemy import text as sql_text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from interview_core.db.tables.columns import (
    enum_column,
    json_column,
    json_from_now_on,
    now_column,
    owned_by,
    text_column,
)

EMBEDDING_DIMENSIONS = 384


class ResumeStatus(StrEnum):
    PENDING = "pending"
    RUNNING = "running"
    READY = "ready"
    FAILED = "failed"


class ResumeStep(StrEnum):
    UPLOAD = "upload"
    PARSE = "parse"
    PROFILE = "profile"
    EMBED = "embed"


class Resume(SQLModel, table=True):
    __tablename__ = "resume"
    __table_args__ = (UniqueConstraint("user_id", "sha256"),)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    user_id: UUID = owned_by("user_account.id")
    filename: str = Field(max_length=255)
    media_type: str = Field(max_length=100)
    size_bytes: int
    sha256: str = Field(max_length=64)
    file: str = Field(max_length=300)
    """A StorageKey."""
    status: ResumeStatus = enum_column(ResumeStatus, default=ResumeStatus.PENDING)
    step: ResumeStep = enum_column(ResumeStep, default=ResumeStep.UPLOAD)
    percent: int = 0
    error_code: str | None = Field(default=None, max_length=40)
    pages: int | None = None
    hidden_text_spans: int = 0
    hidden_text: dict[str, int] = json_from_now_on()
    """How many of those spans are hidden in which way."""
    profile: dict[str, Any] | None = json_column(nullable=True)
    """What was read; `db.resumes.effective_profile` is what is used."""
    corrections: dict[str, Any] = json_from_now_on()
    """Fields of the profile as the candidate has them. Reading again leaves them alone."""
    created_at: datetime = now_column()
    updated_at: datetime = now_column()


class ResumeClaim(SQLModel, table=True):
    """One statement of a résumé, masked, for the interview to probe. Reading again replaces all of them."""

    __tablename__ = "resume_claim"
    __table_args__ = (UniqueConstraint("resume_id", "position"),)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    resume_id: UUID = owned_by("resume.id", index=False)
    position: int
    kind: str = Field(max_length=20)
    """`experience`, `project` or `summary`."""
    about: str | None = text_column(nullable=True)
    """The company or project it belongs to, as the profile names it."""
    text: str = text_column()
    has_figure: bool
    page: int
    sources: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSONB, nullable=False))
    """Page, box and words for each line it goes over."""


class ResumeChunk(SQLModel, table=True):
    """A masked piece of a section with its vector. Vectors of different models are never compared."""

    __tablename__ = "resume_chunk"
    __table_args__ = (
        UniqueConstraint("resume_id", "position"),
        Index(
            "ix_resume_chunk_embedding",
            "embedding",
            postgresql_using="hnsw",
            postgresql_ops={"embedding": "vector_cosine_ops"},
        ),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    resume_id: UUID = owned_by("resume.id")
    position: int
    section: str = Field(max_length=100)
    page: int
    text: str = text_column()
    claim_ids: list[str] = Field(
        default_factory=list, sa_column=Column(JSONB, nullable=False, server_default=sql_text("'[]'::jsonb"))
    )
    """The claims that begin in it."""
    embedding: list[float] | None = Field(default=None, sa_column=Column(Vector(EMBEDDING_DIMENSIONS), nullable=True))
    embedding_model: str | None = Field(default=None, max_length=200)
