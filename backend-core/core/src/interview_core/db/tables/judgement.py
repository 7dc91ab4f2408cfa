"""What a judge found in answers, and reports with their files."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, Column, Float
from sqlmodel import Field, SQLModel

from interview_core.db.tables.columns import enum_column, json_column, now_column, owned_by, time_column


class EvaluationStatus(StrEnum):
    DONE = "done"
    NOT_SCORED = "not_scored"
    FAILED = "failed"


class Evaluation(SQLModel, table=True):
    """The judgement of one answer. A score is there only when a model gave it and its evidence was found."""

    __tablename__ = "evaluation"
    __table_args__ = (
        CheckConstraint("(score IS NULL) OR (status = 'done')", name="no_number_without_a_judge"),
        CheckConstraint("(not_scored_reason IS NULL) = (status = 'done')", name="no_score_without_a_reason"),
    )

    answer_id: UUID = owned_by("answer.id", index=False, primary_key=True)
    status: EvaluationStatus = enum_column(EvaluationStatus)
    not_scored_reason: str | None = Field(default=None, max_length=40)
    score: float | None = Field(default=None, sa_column=Column(Float, nullable=True))
    content: dict[str, Any] = json_column()
    """Summary, covered, missed, points with evidence, improved answer, competency scores."""
    answered_by: dict[str, Any] | None = json_column(nullable=True)
    versions: dict[str, Any] = json_column()
    created_at: datetime = now_column()


class ReportStatus(StrEnum):
    PENDING = "pending"
    RUNNING = "running"
    READY = "ready"
    FAILED = "failed"


class Report(SQLModel, table=True):
    __tablename__ = "report"

    interview_id: UUID = owned_by("interview.id", index=False, primary_key=True)
    status: ReportStatus = enum_column(ReportStatus, default=ReportStatus.PENDING)
    percent: int = 0
    error_code: str | None = Field(default=None, max_length=40)
    overall_score: float | None = Field(default=None, sa_column=Column(Float, nullable=True))
    not_scored_reason: str | None = Field(default=None, max_length=40)
    content: dict[str, Any] = json_column()
    """Summary, strengths, improvements, competencies."""
    versions: dict[str, Any] = json_column()
    created_at: datetime = now_column()
    finished_at: datetime | None = time_column()


class PdfState(StrEnum):
    PENDING = "pending"
    READY = "ready"
    FAILED = "failed"


class ReportPdf(SQLModel, table=True):
    """A report as a PDF: the newest request for it, and what came of that."""

    __tablename__ = "report_pdf"

    interview_id: UUID = owned_by("interview.id", index=False, primary_key=True)
    request_id: UUID = Field(default_factory=uuid4)
    state: PdfState = enum_column(PdfState, default=PdfState.PENDING)
    source: dict[str, Any] | None = json_column(nullable=True)
    """The export that is set, until it is."""
    report_finished_at: datetime | None = time_column()
    """Of the report as it was then; one that was written again needs another PDF."""
    utc_offset_min: int = 0
    """Of whoever asked for it: which day it was there."""
    file: str | None = Field(default=None, max_length=300)
    """A StorageKey."""
    size_bytes: int | None = None
    pages: int | None = None
    error_code: str | None = Field(default=None, max_length=60)
    requested_at: datetime = now_column()
    finished_at: datetime | None = time_column()
