"""Bodies of the résumé routes."""

from datetime import datetime
from enum import StrEnum
from typing import Self
from uuid import UUID

from pydantic import BaseModel, Field

from interview_core.db import tables
from interview_core.db.tables import ResumeStatus, ResumeStep


class ResumeErrorCode(StrEnum):
    """Why a résumé could not be read."""

    ENCRYPTED = "encrypted"
    DAMAGED = "damaged"
    UNSUPPORTED = "unsupported"
    ACTIVE_CONTENT = "active_content"
    NO_TEXT = "no_text"
    TOO_MANY_PAGES = "too_many_pages"
    TOO_MANY_SCANNED_PAGES = "too_many_scanned_pages"
    TOO_LARGE = "too_large"
    PARSE_TIMEOUT = "parse_timeout"
    OCR_MISSING = "ocr_missing"
    EXPIRED = "expired"
    ENGINE_UNAVAILABLE = "engine_unavailable"
    INTERNAL = "internal"


class ResumeError(BaseModel):
    code: ResumeErrorCode


class Employment(BaseModel):
    company: str
    role: str | None = None
    start: str | None = Field(default=None, examples=["2021-03"])
    end: str | None = None
    is_current: bool = False
    description: str | None = None


class Education(BaseModel):
    school: str
    degree: str | None = None
    field: str | None = None
    start: str | None = None
    end: str | None = None


class Project(BaseModel):
    name: str
    description: str | None = None
    technologies: list[str] = []
    achievements: list[str] = []


class Profile(BaseModel):
    """What the résumé says. Absent fields are null or empty, never invented."""

    name: str | None = None
    email: str | None = None
    phone: str | None = None
    target_role: str | None = None
    summary: str | None = None
    total_experience_months: int | None = None
    employments: list[Employment] = []
    education: list[Education] = []
    projects: list[Project] = []
    skills: list[str] = []
    certifications: list[str] = []
    activities: list[str] = []
    is_resume: bool = Field(default=True, description="False: the document does not look like a résumé.")


class Resume(BaseModel):
    id: UUID
    filename: str
    media_type: str
    size_bytes: int
    status: ResumeStatus
    step: ResumeStep
    percent: int
    pages: int | None
    error: ResumeError | None = Field(description="Why the status is `failed`.")
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, row: tables.Resume) -> Self:
        return cls.model_validate({**row.model_dump(exclude={"profile"}), "error": _error(row)})


class ResumeDetail(Resume):
    profile: Profile | None
    hidden_text_spans: int = Field(
        description="Spans of text that a human reader cannot see; they are left out of the profile."
    )

    @classmethod
    def of(cls, row: tables.Resume) -> Self:
        return cls.model_validate({**row.model_dump(), "error": _error(row)})


class ResumePage(BaseModel):
    items: list[Resume]
    total: int


def _error(row: tables.Resume) -> ResumeError | None:
    if row.status is not ResumeStatus.FAILED:
        return None
    known = {code.value: code for code in ResumeErrorCode}
    return ResumeError(code=known.get(row.error_code or "", ResumeErrorCode.INTERNAL))
