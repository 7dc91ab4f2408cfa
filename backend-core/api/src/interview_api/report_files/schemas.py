"""Bodies of the routes that give a report away; `ReportExport` is also what a PDF is made from."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from interview_api.auth.schemas import Body
from interview_api.explanations.schemas import Explanation
from interview_api.reports.schemas import Report
from interview_api.speech.schemas import ExportedDelivery
from interview_core.db.tables import Language, Purpose


class ExportedInterview(BaseModel):
    """What the report is about."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    target_role: str
    company: str | None
    job_description: str | None
    language: Language
    purpose: Purpose
    scenario_id: str
    scenario_version: int
    scenario_title: str
    created_at: datetime
    finished_at: datetime | None


class ReportExport(BaseModel):
    """A whole report for other programs.

    `version` grows when a field changes its meaning or goes; new ones may come without.
    """

    format: Literal["interview-report"] = "interview-report"
    version: Literal[1] = 1
    exported_at: datetime
    candidate: str = Field(description="The display name.")
    interview: ExportedInterview
    report: Report
    delivery: ExportedDelivery = Field(description="Coaching on how the answers were given; part of no score.")
    explanation: Explanation


class RequestPdf(Body):
    utc_offset_min: Annotated[int, Field(ge=-720, le=840)] = Field(
        default=0, description="Minutes that your clock is ahead of UTC, for the dates in it."
    )


class PdfState(StrEnum):
    NONE = "none"
    PENDING = "pending"
    READY = "ready"
    FAILED = "failed"


class ReportPdf(BaseModel):
    """`none`: nobody asked for it, or the report was written again since."""

    model_config = ConfigDict(from_attributes=True)

    state: PdfState
    error_code: str | None = None
    size_bytes: int | None = None
    pages: int | None = None
    requested_at: datetime | None = None
    finished_at: datetime | None = None
