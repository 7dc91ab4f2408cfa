"""Jobs, the workers that do them, and messages that nobody could take."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Column, DateTime, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from interview_core.db.tables.columns import enum_column, json_column, now_column, time_column


class JobState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    DEAD = "dead"
    CANCELLED = "cancelled"


class Job(SQLModel, table=True):
    """Durable work. The row is the job; a message on the broker only wakes a worker up."""

    __tablename__ = "job"
    __table_args__ = (
        Index("ix_job_sweep", "state", "run_after"),
        Index("ix_job_subject", "subject_id", "task"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    task: str = Field(max_length=100)
    queue: str = Field(max_length=40)
    payload: dict[str, Any] = json_column()
    subject_id: UUID | None = None
    """The résumé, interview, learning path or question set that the job is for."""
    state: JobState = enum_column(JobState, default=JobState.QUEUED)
    attempt: int = 0
    max_attempts: int
    owner: UUID | None = None
    lease_until: datetime | None = time_column()
    run_after: datetime = now_column()
    expires_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    published_count: int = 0
    published_at: datetime | None = time_column()
    progress: int = 0
    error_code: str | None = Field(default=None, max_length=60)
    error_message: str | None = Field(default=None, max_length=500)
    created_at: datetime = now_column()
    started_at: datetime | None = time_column()
    updated_at: datetime = now_column()
    finished_at: datetime | None = time_column()


class RejectedMessage(SQLModel, table=True):
    """A message that no worker could understand: an unknown task name or a body of the wrong form."""

    __tablename__ = "rejected_message"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    queue: str = Field(max_length=40)
    task: str = Field(max_length=200)
    reason: str = Field(max_length=200)
    at: datetime = now_column()


class WorkerHeartbeat(SQLModel, table=True):
    """A living worker process. One that has not been seen for three beats counts as away."""

    __tablename__ = "worker_heartbeat"

    name: str = Field(max_length=200, primary_key=True)
    queue: str = Field(max_length=40, index=True)
    """gpu_queue, cpu_queue, or `sweeper`."""
    tasks: list[str] = Field(default_factory=list, sa_column=Column(JSONB, nullable=False))
    details: dict[str, Any] = json_column()
    started_at: datetime = now_column()
    seen_at: datetime = now_column()
