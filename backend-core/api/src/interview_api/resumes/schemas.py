"""Bodies of the résumé routes."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from interview_api.resumes import examples
from interview_core.db import tables
from interview_core.db.resumes import effective_profile
from interview_core.db.search import Hit
from interview_core.db.tables import ResumeStatus, ResumeStep
from interview_core.text import Text


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


class Source(BaseModel):
    """Words of the document."""

    page: int = Field(description="1-based.")
    box: tuple[float, float, float, float] | None = Field(
        description="Left, top, right and bottom in points from the page's top left corner; null where the file has no"
        " places, as plain text.",
        examples=[[56.0, 120.5, 180.2, 132.0]],
    )
    text: str


class Employment(BaseModel):
    company: str
    role: str | None = None
    department: str | None = None
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
    role: str | None = None
    start: str | None = None
    end: str | None = None
    description: str | None = None
    technologies: list[str] = []
    achievements: list[str] = []


class Skill(BaseModel):
    name: str
    weight: int = Field(description="What it takes to master: 0 basic, 1 intermediate, 2 advanced, 3 expert.")


class SkillGroups(BaseModel):
    """The skills by what they are for."""

    languages: list[Skill] = []
    frameworks: list[Skill] = []
    databases: list[Skill] = []
    infrastructure: list[Skill] = []
    data_ai: list[Skill] = []
    tools: list[Skill] = []
    methods: list[Skill] = []
    other: list[Skill] = []


class LetterPart(BaseModel):
    question: str
    answer: str


class Seniority(StrEnum):
    JUNIOR = "junior"
    MID = "mid"
    SENIOR = "senior"


class Completion(BaseModel):
    """What a model added where the rules found nothing, in words of the résumé."""

    fields: list[str] = Field(examples=[["target_role"]])
    provider: str
    model: str | None


class Profile(BaseModel):
    """What the résumé says. Absent fields are null or empty, never invented."""

    name: str | None = None
    email: str | None = None
    phone: str | None = None
    links: list[str] = []
    target_role: str | None = None
    summary: str | None = None
    total_experience_months: int | None = Field(
        default=None, description="Overlaps counted once; null where years without months leave it open."
    )
    experience_months_at_least: int | None = None
    experience_months_at_most: int | None = None
    seniority: Seniority | None = Field(default=None, description="Below 24 months, below 60, or more.")
    is_career_change: bool | None = Field(
        default=None, description="Whether most of the work was in another field than the role that is looked for."
    )
    employments: list[Employment] = []
    education: list[Education] = []
    projects: list[Project] = []
    skills: list[str] = []
    skill_groups: SkillGroups = SkillGroups()
    certifications: list[str] = []
    activities: list[str] = []
    cover_letter: list[LetterPart] = []
    is_resume: bool = Field(default=True, description="False: the document does not look like a résumé.")
    instructions_found: int = Field(
        default=0, description="Passages that speak to a program instead of a reader; they are left out of the profile."
    )
    scanned_pages: list[int] = Field(
        default=[], description="Pages, 1-based, whose text was recognised in a picture, and may be misread."
    )
    completed: Completion | None = Field(
        default=None, description="Null where everything was read by rules. Corrections stand before it, as always."
    )
    sources: dict[str, list[Source]] = Field(
        default={},
        description="Where each value stands, by its JSON Pointer within the profile: one source for each line.",
        examples=[{"/name": [{"page": 1, "box": [56.0, 40.0, 128.0, 64.0], "text": "김서연"}]}],
    )


class Resume(BaseModel):
    model_config = ConfigDict(json_schema_extra={"examples": [examples.RESUME]})

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


class HiddenKind(StrEnum):
    """Why a human reader cannot see a text."""

    INVISIBLE = "invisible"
    TINY = "tiny"
    OFF_PAGE = "off_page"
    CLIPPED = "clipped"
    SAME_COLOR = "same_color"
    COVERED = "covered"


class ResumeDetail(Resume):
    model_config = ConfigDict(json_schema_extra={"examples": [examples.RESUME_DETAIL]})

    profile: Profile | None = Field(description="What was read, with your corrections before it.")
    corrected_fields: list[str] = Field(description="Those of the profile's fields that you corrected.")
    hidden_text_spans: int = Field(
        description="Spans of text that a human reader cannot see; they are left out of the profile."
    )
    hidden_text: dict[HiddenKind, int] = Field(description="How many of those spans are hidden in which way.")

    @classmethod
    def of(cls, row: tables.Resume) -> Self:
        used = {"profile": effective_profile(row), "corrected_fields": sorted(row.corrections)}
        return cls.model_validate({**row.model_dump(), **used, "error": _error(row)})


class ResumePassage(BaseModel):
    section: str = Field(examples=["experience"])
    page: int
    text: str = Field(description="Without personal data.")


class PassageList(BaseModel):
    model_config = ConfigDict(json_schema_extra={"examples": [examples.PASSAGE_LIST]})

    items: list[ResumePassage]


class Claim(BaseModel):
    """One statement of a résumé, without personal data, that an interview may ask about."""

    id: UUID
    kind: str = Field(examples=["experience"])
    about: str | None = Field(description="The company or project it belongs to.")
    text: str
    has_figure: bool
    page: int
    sources: list[Source]

    @classmethod
    def of(cls, row: tables.ResumeClaim) -> Self:
        return cls.model_validate(row.model_dump())


class ClaimList(BaseModel):
    model_config = ConfigDict(json_schema_extra={"examples": [examples.CLAIM_LIST]})

    items: list[Claim]


class SearchRequest(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [examples.SEARCH_REQUEST]})

    query: Annotated[Text, Field(min_length=1, max_length=400, examples=["장애를 줄인 경험"])]
    resume_id: UUID | None = Field(default=None, description="One résumé; all of yours without it.")
    limit: int = Field(default=5, ge=1, le=20)


class SearchHit(BaseModel):
    resume_id: UUID
    chunk_id: UUID
    section: str
    page: int
    score: float = Field(description="Cosine of the two meanings, 1 for the same.")
    text: str = Field(description="Without personal data.")
    claim_ids: list[UUID]

    @classmethod
    def of(cls, hit: Hit) -> Self:
        return cls(chunk_id=hit.chunk.id, score=hit.score, **hit.chunk.model_dump(exclude={"id"}))


class SearchResults(BaseModel):
    model_config = ConfigDict(json_schema_extra={"examples": [examples.SEARCH_RESULTS]})

    items: list[SearchHit] = Field(description="Best first.")
    embedding_model: str = Field(description="Only what this model has read is searched.")


class ResumePage(BaseModel):
    model_config = ConfigDict(json_schema_extra={"examples": [examples.RESUME_PAGE]})

    items: list[Resume]
    total: int


def _error(row: tables.Resume) -> ResumeError | None:
    if row.status is not ResumeStatus.FAILED:
        return None
    known = {code.value: code for code in ResumeErrorCode}
    return ResumeError(code=known.get(row.error_code or "", ResumeErrorCode.INTERNAL))
