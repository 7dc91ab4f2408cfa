"""A résumé's profile by rules: every value stands in the document, and what is not there is absent."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from interview_core.experience import Months, Seniority, count_experience, is_career_change, seniority_of
from interview_core.skills import find_mentions, skill_groups, skill_named
from interview_worker.cpu.careers import Employment, find_employments
from interview_worker.cpu.claims import Claim, find_claims
from interview_worker.cpu.cover_letter import LetterPart, find_letter_parts
from interview_worker.cpu.documents import Document, Line
from interview_worker.cpu.identity import Reading, find_email, find_links, find_name, find_phone, find_target_role
from interview_worker.cpu.instructions import find_instructions, is_instruction
from interview_worker.cpu.lists import find_items
from interview_worker.cpu.passages import Column, Passage
from interview_worker.cpu.projects import Project, find_projects
from interview_worker.cpu.schools import Education, find_education, school_lines
from interview_worker.cpu.sections import TOP, Section
from interview_worker.cpu.sources import Found, SourceBook
from interview_worker.cpu.wording import is_role, join_lines

_MAX_SUMMARY = 2000
_TYPICAL = {
    "experience", "projects", "skills", "education", "certifications", "summary", "cover_letter", "target_role",
    "activities", "qualifications",
}  # fmt: skip


@dataclass(frozen=True)
class Profile:
    """What the API shows as a résumé's profile, and what is stored of it."""

    name: str | None
    email: str | None
    phone: str | None
    links: tuple[str, ...]
    target_role: str | None
    summary: str | None
    total_experience_months: int | None
    """Absent where a period says years only and no single number follows; then the bounds say what is known."""
    experience_bounds: Months | None
    seniority: Seniority | None
    is_career_change: bool | None
    employments: tuple[Employment, ...]
    education: tuple[Education, ...]
    projects: tuple[Project, ...]
    skills: tuple[str, ...]
    certifications: tuple[str, ...]
    activities: tuple[str, ...]
    cover_letter: tuple[LetterPart, ...]
    is_resume: bool
    """False: the document does not look like a résumé."""
    instructions_found: int
    """Passages that speak to a program; they are left out of everything else."""
    scanned_pages: tuple[int, ...]
    """Whose text was recognised in a picture."""
    sources: SourceBook
    claims: tuple[Claim, ...]
    sections: tuple[Section, ...]
    """What was read: the document's sections without passages that speak to a program."""

    def to_json(self) -> dict[str, Any]:
        """Return the profile as it is stored. `sources` has the place of each value under its JSON pointer."""
        bounds = self.experience_bounds
        return {
            "name": self.name,
            "email": self.email,
            "phone": self.phone,
            "links": list(self.links),
            "target_role": self.target_role,
            "summary": self.summary,
            "total_experience_months": self.total_experience_months,
            "experience_months_at_least": bounds.at_least if bounds else None,
            "experience_months_at_most": bounds.at_most if bounds else None,
            "seniority": self.seniority.value if self.seniority else None,
            "is_career_change": self.is_career_change,
            "employments": [vars(item).copy() for item in self.employments],
            "education": [vars(item).copy() for item in self.education],
            "projects": [_listed(vars(item)) for item in self.projects],
            "skills": list(self.skills),
            "skill_groups": _grouped(self.skills),
            "certifications": list(self.certifications),
            "activities": list(self.activities),
            "cover_letter": [vars(item).copy() for item in self.cover_letter],
            "is_resume": self.is_resume,
            "instructions_found": self.instructions_found,
            "scanned_pages": list(self.scanned_pages),
            "sources": self.sources.to_json(),
        }


def _listed(values: dict[str, Any]) -> dict[str, Any]:
    return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}


def _grouped(skills: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    named = [skill_named(name) for name in skills]
    return {
        group: [{"name": skill.name, "weight": skill.weight} for skill in named if skill.group == group]
        for group in skill_groups()
    }


def prepare() -> None:
    """Build the patterns that the first résumé would otherwise wait for."""
    find_mentions("", is_list=True)
    is_instruction("")
    is_role("")


def without_instructions(sections: Sequence[Section]) -> tuple[list[Section], list[Passage]]:
    """Return the sections without what speaks to a program, and what that was."""
    passages = [passage for section in sections for passage in find_instructions(section.lines)]
    dropped = {id(line) for passage in passages for line in passage.lines}
    kept = [
        replace(section, lines=tuple(line for line in section.lines if id(line) not in dropped)) for section in sections
    ]
    return [section for section in kept if section.lines], passages


def make_profile(document: Document, sections: Sequence[Section], today: date) -> Profile:
    """Return the profile of a document that was split into sections."""
    sections, instructions = without_instructions(sections)
    reading = _Reading(document, sections)
    for number, passage in enumerate(instructions):
        reading.book.cite(f"/instructions/{number}", passage.text, passage.lines)
    name = reading.name()
    target_role = reading.target_role(name)
    summary = reading.summary()
    jobs = reading.entries("experience", find_employments, "/employments", "company")
    projects = reading.projects()
    employments: tuple[Employment, ...] = tuple(job for job, _ in jobs)
    education = reading.education()
    email, phone = reading.one("/email", find_email), reading.one("/phone", find_phone)
    months = count_experience(employments, today)
    exact = months.exact if months else None
    reading.cite_months(exact is not None, len(employments))
    return Profile(
        name=name,
        email=email,
        phone=phone,
        links=reading.links(),
        target_role=target_role,
        summary=summary,
        total_experience_months=exact,
        experience_bounds=months,
        seniority=seniority_of(months, has_jobs=bool(employments), has_education=bool(education)),
        is_career_change=is_career_change(employments, target_role, today),
        employments=employments,
        education=education,
        projects=tuple(project for project, _ in projects),
        skills=reading.skills(),
        certifications=reading.certifications(),
        activities=reading.items("/activities", "activities"),
        cover_letter=reading.book.cite_entries("/cover_letter", find_letter_parts(sections), "question"),
        is_resume=_is_resume(sections, has_contact=bool(email or phone), has_career=bool(employments or education)),
        instructions_found=len(instructions),
        scanned_pages=document.scanned_pages,
        sources=reading.book,
        claims=tuple(
            find_claims(
                [(job.company, found) for job, found in jobs],
                [(project.name, found) for project, found in projects],
                reading.summary_lines(),
            )
        ),
        sections=tuple(sections),
    )


class _Reading:
    """Reads the parts of a profile, and keeps where each value stands."""

    def __init__(self, document: Document, sections: Sequence[Section]) -> None:
        self.book = SourceBook()
        self._sections = sections
        kept = {id(line) for section in sections for line in section.lines}
        kept |= {id(section.heading) for section in sections if section.heading is not None}
        self._lines = [line for line in document.lines if id(line) in kept]
        self._top = [line for section in sections if section.key == TOP for line in section.lines]

    def name(self) -> str | None:
        return self._cited("/name", find_name(self._lines, self._top))

    def target_role(self, name: str | None) -> str | None:
        place = find_name(self._lines, self._top) if name else None
        section = self._first("target_role")
        return self._cited("/target_role", find_target_role(self._lines, self._top, section, place))

    def one(self, pointer: str, find: Callable[[Sequence[Line]], Reading | None]) -> str | None:
        return self._cited(pointer, find(self._lines))

    def _cited(self, pointer: str, reading: Reading | None) -> str | None:
        return self.book.cite(pointer, reading.value, reading.lines) if reading else None

    def links(self) -> tuple[str, ...]:
        places = [line for section in self._sections if section.key in (TOP, "summary") for line in section.lines]
        found = find_links([line for line in places if len(line.text) < 200], Column(self._lines))
        return self.book.cite_all("/links", [(link.value, link.value) for link in found], self._lines)

    def summary_lines(self) -> Sequence[Line]:
        return self._first("summary")

    def summary(self) -> str | None:
        lines = self.summary_lines()
        return self.book.cite("/summary", join_lines(lines, _MAX_SUMMARY), lines)

    def _first(self, key: str) -> Sequence[Line]:
        return next((section.lines for section in self._sections if section.key == key), ())

    def entries(
        self, key: str, find: Callable[[Section], list[Found]], pointer: str, name: str
    ) -> list[tuple[Any, Found]]:
        """Return what is found in each section of a kind, so that nothing spans two of them."""
        found = [entry for section in self._sections if section.key == key for entry in find(section)]
        sure = [entry for entry in found if self.book.holds(getattr(entry.value, name), entry)]
        return list(zip(self.book.cite_entries(pointer, sure, name), sure, strict=True))

    def projects(self) -> list[tuple[Any, Found]]:
        known = frozenset(mention for mention, _, _ in self._mentions(only_lists=True))
        return self.entries("projects", lambda section: find_projects(section, known), "/projects", "name")

    def education(self) -> tuple[Education, ...]:
        found = [
            entry
            for section in self._sections
            if section.key in ("education", "qualifications")
            for entry in find_education(section)
        ]
        return self.book.cite_entries("/education", found, "school")

    def certifications(self) -> tuple[str, ...]:
        extra = [
            section_of(section, [passage for place, passage in enumerate(section.passages) if place not in schools])
            for section in self._sections
            if section.key == "qualifications"
            for schools in [school_lines(section)]
        ]
        return self._cite_items("/certifications", [*self._of("certifications"), *extra])

    def items(self, pointer: str, key: str) -> tuple[str, ...]:
        return self._cite_items(pointer, self._of(key))

    def _of(self, key: str) -> list[Section]:
        return [section for section in self._sections if section.key == key]

    def _cite_items(self, pointer: str, sections: Sequence[Section]) -> tuple[str, ...]:
        items = [item for section in sections for item in find_items(section)]
        lines = [line for section in sections for line in section.lines]
        return self.book.cite_all(pointer, [(item, item) for item in dict.fromkeys(items)], lines)

    def skills(self) -> tuple[str, ...]:
        """Return the listed technologies first, then those that only work and projects mention."""
        kept: list[str] = []
        for name, words, line in self._mentions(only_lists=False):
            if name not in kept and self.book.cite(f"/skills/{len(kept)}", name, [line], words) is not None:
                kept.append(name)
        return tuple(kept)

    def _mentions(self, *, only_lists: bool) -> list[tuple[str, str, Line]]:
        """Return the technologies that are named, with their words and line, listed ones first."""
        listed = [
            (mention.name, mention.words, line)
            for section in self._of("skills")
            for line in section.lines
            for mention in find_mentions(line.text, is_list=True)
        ]
        if only_lists:
            return listed
        known = frozenset(name for name, _, _ in listed)
        others = [
            (mention.name, mention.words, line)
            for section in self._sections
            if section.key not in ("skills", "cover_letter", TOP)
            for line in section.lines
            for mention in find_mentions(line.text, is_list=_lists_technologies(line.text), known=known)
        ]
        return [*listed, *others]

    def cite_months(self, is_exact: bool, jobs: int) -> None:
        """Say which periods the number of months follows from."""
        if not is_exact:
            return
        places = [
            source
            for number in range(jobs)
            for field in ("start", "end", "is_current")
            for source in self.book.sources.get(f"/employments/{number}/{field}", [])
        ]
        if places:
            self.book.sources["/total_experience_months"] = places


def section_of(section: Section, passages: Sequence[Passage]) -> Section:
    """Return a section with some of its passages only."""
    lines = tuple(line for passage in passages for line in passage.lines)
    return replace(section, lines=lines)


_LIST_LABELS = ("기술", "스택", "환경", "도구", "stack", "tech", "tools", "built with", "technologies")


def _lists_technologies(text: str) -> bool:
    label = text[:40].replace("：", ":").partition(":")
    return bool(label[1]) and any(word in label[0].casefold() for word in _LIST_LABELS)


def _is_resume(sections: Sequence[Section], *, has_contact: bool, has_career: bool) -> bool:
    headings = {section.key for section in sections} & _TYPICAL
    signs = (has_contact, has_career, bool(headings), len(headings) >= 2, len(headings) >= 3)
    return sum(signs) >= 3
