"""A résumé as JSON: its fields are the profile, and their values the text that is cut into chunks."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from interview_core import profiles
from interview_core.experience import Months, count_experience, is_career_change, seniority_of
from interview_core.profiles import USUAL_WEIGHT, JsonResume
from interview_core.skills import vocabulary
from interview_worker.cpu.careers import Employment
from interview_worker.cpu.claims import find_claims
from interview_worker.cpu.documents import Document, DocumentRefused, Line, Refusal, Span, clean_text, make_line
from interview_worker.cpu.projects import Project
from interview_worker.cpu.resume_profile import Profile, without_instructions
from interview_worker.cpu.schools import Education
from interview_worker.cpu.sections import TOP, Section
from interview_worker.cpu.sources import Found, SourceBook, locate
from interview_worker.cpu.wording import is_bullet

_NOW = "present"


@dataclass(frozen=True)
class JsonProfile(Profile):
    """A profile whose skills stand in the groups that its author gave them, known to our vocabulary or not."""

    groups: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        weights = {skill.name: skill.weight for skill in vocabulary()}
        groups = {
            group: [{"name": name, "weight": weights.get(name, USUAL_WEIGHT)} for name in names]
            for group, names in self.groups.items()
        }
        names = list(dict.fromkeys(name for names in self.groups.values() for name in names))
        return {**super().to_json(), "skills": names, "skill_groups": groups}


def read_json_resume(content: bytes, today: date) -> tuple[Document, JsonProfile]:
    """Return a résumé as a document, and what it says as a profile, without what speaks to a program.

    Raises:
        DocumentRefused: it is no résumé as JSON.
    """
    try:
        resume = JsonResume.model_validate(_cleaned(json.loads(content)))
    except ValueError:
        raise DocumentRefused(Refusal.DAMAGED) from None
    text = _Text(resume)
    return Document(1, tuple(text.lines)), _profile(resume, text, today)


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return "\n".join(clean_text(line) for line in value.splitlines())
    if isinstance(value, list):
        return [_cleaned(item) for item in value]
    return {name: _cleaned(item) for name, item in value.items()} if isinstance(value, dict) else value


class _Text:
    """The values of a résumé, line by line in sections, as a file would hold them."""

    def __init__(self, resume: JsonResume) -> None:
        self.lines: list[Line] = []
        self.top = self._lines(
            resume.name, resume.target_role, resume.contact.email, resume.contact.phone, *resume.contact.links
        )
        self.summary = self._lines(resume.summary)
        self.jobs = [
            self._entry((job.company, job.role, job.department), _period(job, job.is_current), job.description)
            for job in resume.employments
        ]
        self.projects = [
            self._entry(
                (project.name, project.role), _period(project), project.description, ", ".join(project.technologies),
                *project.achievements,
            )
            for project in resume.projects
        ]  # fmt: skip
        self.skills = self._lines(
            *(f"{group}: {', '.join(names)}" for group, names in resume.skills.model_dump().items() if names)
        )
        self.certifications = self._lines(*resume.certifications)
        self.activities = self._lines(*resume.activities)
        self.schools = [
            self._entry((school.school, school.degree, school.field), _period(school)) for school in resume.education
        ]

    def sections(self) -> list[Section]:
        parts = {
            TOP: self.top,
            "summary": self.summary,
            "experience": _joined(self.jobs),
            "projects": _joined(self.projects),
            "skills": self.skills,
            "certifications": self.certifications,
            "activities": self.activities,
            "education": _joined(self.schools),
        }
        return [Section(key, "", tuple(lines)) for key, lines in parts.items() if lines]

    def _entry(self, names: tuple[str | None, ...], period: str, *more: str | None) -> list[Line]:
        head = self._lines("  ".join(name for name in names if name), period)
        # A bullet tells what somebody did from what it is called.
        return [*head, *self._lines(*(text if is_bullet(text) else f"- {text}" for text in more if text))]

    def _lines(self, *values: str | None) -> list[Line]:
        lines = [make_line(1, [Span(line)]) for value in values for line in (value or "").splitlines() if line.strip()]
        self.lines += lines
        return lines


def _joined(entries: Iterable[Sequence[Line]]) -> list[Line]:
    return [line for lines in entries for line in lines]


def _period(
    entry: profiles.EmploymentInput | profiles.ProjectInput | profiles.EducationInput, is_current: bool = False
) -> str:
    if not entry.start:
        return entry.end or (_NOW if is_current else "")
    return f"{entry.start} – {_NOW if is_current else entry.end or ''}".strip()


def _profile(resume: JsonResume, text: _Text, today: date) -> JsonProfile:
    sections, instructions = without_instructions(text.sections())
    kept = {id(line) for section in sections for line in section.lines}
    book = SourceBook()
    for number, passage in enumerate(instructions):
        book.cite(f"/instructions/{number}", passage.text, passage.lines)

    def rest(lines: Sequence[Line]) -> tuple[Line, ...]:
        return tuple(line for line in lines if id(line) in kept)

    def one(pointer: str, value: str | None, lines: Sequence[Line]) -> str | None:
        return book.cite(pointer, value or None, rest(lines))

    def entries(
        pointer: str, values: Sequence[Any], lines: Sequence[Sequence[Line]], key: str
    ) -> list[tuple[Any, Found]]:
        found = [Found(value, rest(own), _said(value)) for value, own in zip(values, lines, strict=True)]
        sure = [entry for entry in found if book.holds(getattr(entry.value, key), entry)]
        return list(zip(book.cite_entries(pointer, sure, key), sure, strict=True))

    jobs = entries("/employments", [_job(job) for job in resume.employments], text.jobs, "company")
    projects = entries("/projects", [_project(project) for project in resume.projects], text.projects, "name")
    schools = entries("/education", [_school(school) for school in resume.education], text.schools, "school")
    employments, education = tuple(job for job, _ in jobs), tuple(school for school, _ in schools)
    target_role = one("/target_role", resume.target_role, text.top)
    total = resume.total_experience_months
    months = count_experience(employments, today) if total is None else Months(total, total)
    groups = {
        group: [name for name in names if locate(name, rest(text.skills))]
        for group, names in resume.skills.model_dump().items()
    }
    flat = [name for names in groups.values() for name in names]
    book.cite_all("/skills", [(name, name) for name in dict.fromkeys(flat)], rest(text.skills))
    return JsonProfile(
        name=one("/name", resume.name, text.top),
        email=one("/email", resume.contact.email, text.top),
        phone=one("/phone", resume.contact.phone, text.top),
        links=book.cite_all("/links", [(link, link) for link in resume.contact.links], rest(text.top)),
        target_role=target_role,
        summary=one("/summary", resume.summary, text.summary),
        total_experience_months=months.exact if months else None,
        experience_bounds=months,
        seniority=seniority_of(months, has_jobs=bool(employments), has_education=bool(education)),
        is_career_change=is_career_change(employments, target_role, today),
        employments=employments,
        education=education,
        projects=tuple(project for project, _ in projects),
        skills=(),
        certifications=book.cite_all("/certifications", _same(resume.certifications), rest(text.certifications)),
        activities=book.cite_all("/activities", _same(resume.activities), rest(text.activities)),
        cover_letter=(),
        is_resume=True,
        instructions_found=len(instructions),
        scanned_pages=(),
        sources=book,
        claims=tuple(
            find_claims(
                [(job.company, found) for job, found in jobs],
                [(project.name, found) for project, found in projects],
                rest(text.summary),
            )
        ),
        sections=tuple(sections),
        groups=groups,
    )


def _same(values: Iterable[str]) -> list[tuple[str, str]]:
    return [(value, value) for value in values]


def _said(value: Any) -> dict[str, str]:
    return {"is_current": _NOW} if getattr(value, "is_current", False) else {}


def _job(job: profiles.EmploymentInput) -> Employment:
    return Employment(**_absent(job.model_dump()))


def _project(project: profiles.ProjectInput) -> Project:
    lists = {"technologies": tuple(project.technologies), "achievements": tuple(project.achievements)}
    return Project(**{**_absent(project.model_dump()), **lists})


def _school(school: profiles.EducationInput) -> Education:
    return Education(**_absent(school.model_dump()))


def _absent(values: dict[str, Any]) -> dict[str, Any]:
    return {name: None if value == "" else value for name, value in values.items()}
