"""A résumé's profile by rules: every value stands in the document, and what is not there is absent."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, TypeVar

from interview_worker.cpu.careers import Education, Employment, find_education, find_employments
from interview_worker.cpu.documents import Document, Line
from interview_worker.cpu.identity import find_email, find_name, find_phone, find_target_role
from interview_worker.cpu.periods import count_months
from interview_worker.cpu.projects import Project, find_projects
from interview_worker.cpu.sections import TOP, Section
from interview_worker.cpu.skills import find_skills
from interview_worker.cpu.wording import join_lines, list_items

T = TypeVar("T")

_MAX_SUMMARY = 2000
_TYPICAL = {"experience", "projects", "skills", "education", "certifications", "summary", "cover_letter", "target_role"}


@dataclass(frozen=True)
class Profile:
    """What the API shows as a résumé's profile."""

    name: str | None
    email: str | None
    phone: str | None
    target_role: str | None
    summary: str | None
    total_experience_months: int | None
    employments: tuple[Employment, ...]
    education: tuple[Education, ...]
    projects: tuple[Project, ...]
    skills: tuple[str, ...]
    certifications: tuple[str, ...]
    activities: tuple[str, ...]
    is_resume: bool
    """False: the document does not look like a résumé."""

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def make_profile(document: Document, sections: Sequence[Section], today: date) -> Profile:
    """Return the profile of a document that was split into sections."""
    top = [line for section in sections if section.key == TOP for line in section.lines]
    employments = _gather(sections, "experience", find_employments)
    education = _gather(sections, "education", find_education)
    email, phone = find_email(document.text), find_phone(document.text)
    return Profile(
        name=find_name(top),
        email=email,
        phone=phone,
        target_role=find_target_role(top, _first(sections, "target_role")),
        summary=join_lines(_first(sections, "summary"), _MAX_SUMMARY),
        total_experience_months=count_months(
            [(job.start, job.end) for job in employments if job.start and (job.end or job.is_current)], today
        ),
        employments=tuple(employments),
        education=tuple(education),
        projects=tuple(_gather(sections, "projects", find_projects)),
        skills=tuple(_all_skills(sections)),
        certifications=tuple(_gather(sections, "certifications", list_items)),
        activities=tuple(_gather(sections, "activities", list_items)),
        is_resume=_is_resume(sections, has_contact=bool(email or phone), has_career=bool(employments or education)),
    )


def _gather(sections: Sequence[Section], key: str, find: Callable[[Sequence[Line]], list[T]]) -> list[T]:
    """Return what is found in each section of a kind, so that nothing spans two of them."""
    return [item for section in sections if section.key == key for item in find(section.lines)]


def _first(sections: Sequence[Section], key: str) -> Sequence[Line]:
    return next((section.lines for section in sections if section.key == key), ())


def _all_skills(sections: Sequence[Section]) -> list[str]:
    """Return the listed technologies first, then those that only work and projects mention."""
    ordered = sorted(sections, key=lambda section: section.key != "skills")
    found = [
        name
        for section in ordered
        for name in find_skills("\n".join(line.text for line in section.lines), is_list=section.key == "skills")
    ]
    return list(dict.fromkeys(found))


def _is_resume(sections: Sequence[Section], *, has_contact: bool, has_career: bool) -> bool:
    headings = {section.key for section in sections} & _TYPICAL
    signs = (has_contact, has_career, bool(headings), len(headings) >= 2, len(headings) >= 3)
    return sum(signs) >= 3
