"""What a candidate may say about a profile: corrections of what was read, and a whole résumé as JSON."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from interview_core.experience import Months, count_experience, is_career_change, seniority_of
from interview_core.text import Text

OTHER_GROUP, USUAL_WEIGHT = "other", 1


Word = Annotated[Text, AfterValidator(str.strip), Field(min_length=1, max_length=300)]
Words = Annotated[Text, AfterValidator(str.strip), Field(max_length=300)]
Passage = Annotated[Text, AfterValidator(str.strip), Field(max_length=6000)]
Item = Annotated[Text, AfterValidator(str.strip), Field(min_length=1, max_length=1000)]
Month = Annotated[
    str,
    Field(pattern=r"^(?:19[5-9]\d|20[0-4]\d)(?:-(?:0[1-9]|1[0-2]))?$", examples=["2021-03"], description="Or a year."),
]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _Dated(_Entry):
    start: Month | None = None
    end: Month | None = None

    @model_validator(mode="after")
    def _check_order(self) -> Self:
        if self.start and self.end and self.end[: len(self.start)] < self.start[: len(self.end)]:
            raise ValueError("the end is before the start")
        return self


class EmploymentInput(_Dated):
    company: Word
    role: Words | None = None
    department: Words | None = None
    is_current: bool = False
    description: Passage | None = None

    @model_validator(mode="after")
    def _check_current(self) -> Self:
        if self.is_current and self.end:
            raise ValueError("work that goes on has no end")
        return self


class EducationInput(_Dated):
    school: Word
    degree: Words | None = None
    field: Words | None = None


class ProjectInput(_Dated):
    name: Word
    role: Words | None = None
    description: Passage | None = None
    technologies: Annotated[list[Word], Field(max_length=100)] = []
    achievements: Annotated[list[Item], Field(max_length=100)] = []


Employments = Annotated[list[EmploymentInput], Field(max_length=100)]
Schools = Annotated[list[EducationInput], Field(max_length=100)]
Projects = Annotated[list[ProjectInput], Field(max_length=100)]
Names = Annotated[list[Word], Field(max_length=300)]
Items = Annotated[list[Item], Field(max_length=300)]
Total = Annotated[int, Field(ge=0, le=960)]


class Corrections(BaseModel):
    """Fields of a profile as the candidate has them: a list replaces the whole list, "" and [] say that there is none.

    A field that is left out stays as it is; null takes its correction back.
    """

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "name": "김서연",
                    "target_role": None,
                    "employments": [
                        {"company": "한빛커머스", "role": "백엔드 개발자", "start": "2021-03", "is_current": True}
                    ],
                    "certifications": [],
                }
            ]
        },
    )

    name: Words | None = None
    email: Words | None = None
    phone: Words | None = None
    links: Names | None = None
    target_role: Words | None = None
    summary: Passage | None = None
    total_experience_months: Total | None = Field(
        default=None, description="Counted from the employments unless it is corrected itself."
    )
    employments: Employments | None = None
    education: Schools | None = None
    projects: Projects | None = None
    skills: Names | None = None
    certifications: Items | None = None
    activities: Items | None = None


class Contact(_Entry):
    email: Words | None = None
    phone: Words | None = None
    links: Names = []


class JsonSkills(_Entry):
    """Skills by what they are for."""

    languages: Names = []
    frameworks: Names = []
    databases: Names = []
    infrastructure: Names = []
    data_ai: Names = []
    tools: Names = []
    methods: Names = []
    other: Names = []


class JsonResume(BaseModel):
    """A résumé as JSON. Everything may be left out, but something beside name and contact must be there."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "name": "김서연",
                    "contact": {
                        "email": "seoyeon@example.com",
                        "phone": "010-1234-5678",
                        "links": ["github.com/seoyeon"],
                    },
                    "target_role": "백엔드 개발자",
                    "summary": "주문과 결제 서버를 만들어 온 백엔드 개발자입니다.",
                    "total_experience_months": 65,
                    "employments": [
                        {
                            "company": "한빛커머스",
                            "role": "백엔드 개발자",
                            "start": "2021-03",
                            "is_current": True,
                            "description": "주문 조회에 Redis 캐시를 넣어 p99 지연을 40 % 줄였습니다.",
                        }
                    ],
                    "projects": [
                        {
                            "name": "주문 캐시 개선",
                            "technologies": ["Python", "Redis"],
                            "achievements": ["p99 지연 900 ms → 540 ms"],
                        }
                    ],
                    "skills": {
                        "languages": ["Python", "C++"],
                        "databases": ["PostgreSQL", "Redis"],
                        "methods": ["CI/CD"],
                    },
                    "certifications": ["정보처리기사"],
                    "activities": ["사내 장애 대응 모임 운영"],
                    "education": [{"school": "한국대학교", "degree": "학사", "field": "컴퓨터공학", "end": "2019-02"}],
                }
            ]
        },
    )

    name: Words | None = None
    contact: Contact = Contact()
    target_role: Words | None = None
    summary: Passage | None = None
    total_experience_months: Total | None = Field(
        default=None, description="Counted from the employments when it is left out."
    )
    employments: Employments = []
    projects: Projects = []
    skills: JsonSkills = JsonSkills()
    certifications: Items = []
    activities: Items = []
    education: Schools = []

    @model_validator(mode="after")
    def _check_content(self) -> Self:
        lists = (self.employments, self.projects, self.certifications, self.activities, self.education)
        if not (self.summary or any(lists) or any(self.skills.model_dump().values())):
            raise ValueError("say something beside name, contact and role")
        return self


_COMPLETABLE = ("target_role", "summary", "employments", "education", "projects", "certifications", "activities")
_WORTH_ASKING = {"target_role", "employments", "education"}


def missing_fields(profile: Mapping[str, Any]) -> list[str]:
    """Return what a model is asked to find where the rules found nothing; of a whole profile or no résumé, nothing.

    A summary or certificates may well be absent, so for them alone nobody is asked.
    """
    missing = [name for name in _COMPLETABLE if not profile.get(name)]
    return missing if profile.get("is_resume") and _WORTH_ASKING & set(missing) else []


def merge_corrections(known: Mapping[str, Any], news: Corrections) -> dict[str, Any]:
    """Return the corrections that hold after some news, as they are stored."""
    said = news.model_dump(mode="json", include=news.model_fields_set)
    return {field: value for field, value in {**known, **said}.items() if value is not None}


def apply_corrections(read: Mapping[str, Any], corrections: Mapping[str, Any], today: date) -> dict[str, Any]:
    """Return a stored profile as the candidate has it, with what follows from the corrected fields."""
    profile = {**read, **{field: None if value == "" else value for field, value in corrections.items()}}
    if "employments" in corrections or "total_experience_months" in corrections:
        profile.update(_experience(profile, corrections, today))
    if corrections.keys() & {"employments", "target_role"}:
        profile["is_career_change"] = is_career_change(_jobs(profile), profile.get("target_role"), today)
    if "skills" in corrections:
        profile["skill_groups"] = _grouped(corrections["skills"], read.get("skill_groups") or {})
    if corrections:
        profile["sources"] = _sources(profile, read, corrections)
    return profile


def _experience(profile: Mapping[str, Any], corrections: Mapping[str, Any], today: date) -> dict[str, Any]:
    jobs, total = _jobs(profile), corrections.get("total_experience_months")
    months = count_experience(jobs, today) if total is None else Months(total, total)
    level = seniority_of(months, has_jobs=bool(jobs), has_education=bool(profile.get("education")))
    return {
        "total_experience_months": months.exact if months else None,
        "experience_months_at_least": months.at_least if months else None,
        "experience_months_at_most": months.at_most if months else None,
        "seniority": level.value if level else None,
    }


@dataclass(frozen=True)
class _Job:
    role: str | None
    start: str | None
    end: str | None
    is_current: bool


def _jobs(profile: Mapping[str, Any]) -> list[_Job]:
    stored = profile.get("employments") or []
    return [_Job(job.get("role"), job.get("start"), job.get("end"), bool(job.get("is_current"))) for job in stored]


def _grouped(skills: Sequence[str], read: Mapping[str, Sequence[Mapping[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    """Return the skills in the groups in which they were read; those that were not read are of the other kind."""
    known = {item["name"]: (group, item["weight"]) for group, items in read.items() for item in items}
    groups: dict[str, list[dict[str, Any]]] = {group: [] for group in read}
    for name in skills:
        group, weight = known.get(name, (OTHER_GROUP, USUAL_WEIGHT))
        groups.setdefault(group, []).append({"name": name, "weight": weight})
    return groups


def _sources(
    profile: Mapping[str, Any], read: Mapping[str, Any], corrections: Mapping[str, Any]
) -> dict[str, list[dict[str, Any]]]:
    """Return the places of what was read, and of those corrected values that the document holds too."""
    known: dict[str, list[dict[str, Any]]] = read.get("sources") or {}
    changed = set(corrections) | ({"total_experience_months"} if "employments" in corrections else set())
    kept = {pointer: found for pointer, found in known.items() if pointer.split("/")[1] not in changed}
    places: dict[tuple[str, Any], list[str]] = {}
    for pointer, value in _leaves("", read):
        if pointer in known:
            places.setdefault((_shape(pointer), value), []).append(pointer)
    for field in corrections:
        for pointer, value in _leaves(f"/{field}", profile.get(field)):
            same = places.get((_shape(pointer), value), [])
            if same:
                kept[pointer] = known[pointer if pointer in same else same[0]]
    return kept


def _leaves(pointer: str, value: Any) -> Iterator[tuple[str, Any]]:
    """Yield the JSON pointer and value of everything that is no list or object."""
    if isinstance(value, Mapping):
        for name, item in value.items():
            yield from _leaves(f"{pointer}/{name}", item)
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _leaves(f"{pointer}/{number}", item)
    elif value is not None:
        yield pointer, value


def _shape(pointer: str) -> str:
    return re.sub(r"/\d+", "/*", pointer)
