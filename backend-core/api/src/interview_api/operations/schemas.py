"""Bodies of the operators' routes: ids, states and times, never what candidates wrote."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from interview_core.db.tables import JobState


class JobView(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    task: str
    queue: str
    state: JobState
    attempt: int
    error_code: str | None
    created_at: datetime
    updated_at: datetime
    subject_id: UUID | None = Field(description="The résumé or interview that the job is for.")


class JobPage(BaseModel):
    items: list[JobView]
    total: int


class WorkerView(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    name: str
    queue: str
    tasks: list[str]
    started_at: datetime
    seen_at: datetime
    is_alive: bool
    details: dict[str, Any]
