"""Which requirements of a job description the résumé or the answers speak of: looked up word by word, no judgement."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal
from uuid import UUID

from interview_worker.gpu.findings import Stored
from interview_worker.masking import mask

MAX_REQUIREMENTS = 20
_MAX_LENGTH = 200
_MONTHS = 12
_QUOTE_BEFORE, _QUOTE_AFTER = 30, 50

_BULLET = re.compile(r"^\s*(?:[-*•·▪◦‣●○■□※✔✓]|\(?\d{1,2}[.)]|[①-⑳])\s*")
_WANTED = re.compile(
    r"자격\s?요건|지원\s?자격|필수|우대|요구|기술\s?스택|이런\s?분|함께\s?하고|requirements?|qualifications?|must have|"
    r"nice to have|preferred|what (?:we|you)|you (?:have|bring)|skills|tech(?:nology)? stack|who you are",
    re.IGNORECASE,
)
_OTHER = re.compile(
    r"주요\s?업무|담당\s?업무|하는\s?일|복지|혜택|근무|전형|절차|회사\s?소개|responsibilities|benefits|perks|"
    r"about us|process|what we offer|salary|location",
    re.IGNORECASE,
)
_MAX_HEADING = 40
_SENTENCE_END = re.compile(r"(?<=[.!?。])\s+")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9+#]*(?:[./-][A-Za-z0-9+#]+)*")
_YEARS = re.compile(
    r"(\d{1,2})\s*(?:년|\+\s*years?|years?)\s*(?:차)?\s*(?:이상|\+|or more|of (?:\w+\s){0,4}experience)?", re.IGNORECASE
)
_AT_LEAST = re.compile(r"이상|\+|at least|or more|minimum|experience|경력|경험", re.IGNORECASE)
# Words that begin a sentence or stand in capitals and name no technology.
_NO_NAMES = frozenset({
    "a", "an", "and", "any", "as", "at", "be", "by", "degree", "ability", "able", "bachelor", "bs", "ms", "phd",
    "experience", "experienced", "expert", "familiar", "familiarity", "fluency", "fluent", "for", "good", "have",
    "hands-on", "in", "interest", "it", "knowledge", "korean", "english", "master", "must", "nice", "of", "on", "or",
    "preferred", "proficiency", "proficient", "proven", "skills", "solid", "strong", "the", "to", "understanding",
    "us", "we", "with", "work", "working", "years", "you", "your", "b2b", "b2c", "etc", "plus", "deep", "excellent",
    "basic", "comfortable", "passion", "communication", "team", "senior", "junior", "engineer", "developer",
    "backend", "frontend", "design", "designing", "building", "built", "using", "use", "who", "are", "is", "will",
    "our", "can", "other", "others", "field", "related", "relevant", "computer", "science",
})  # fmt: skip


class RequirementStatus(StrEnum):
    FOUND = "found"
    PARTLY_FOUND = "partly_found"
    NOT_FOUND = "not_found"
    NOT_CHECKED = "not_checked"
    """It names nothing that could be looked up."""


class RequirementEvidence(Stored):
    """Words of the résumé or of an answer; of an answer with their place: `text[start:end]` is the quote."""

    source: Literal["resume", "answer"]
    quote: str
    question_id: UUID | None = None
    start: int | None = None
    end: int | None = None


class RequirementTerm(Stored):
    """Something that a requirement names; years are counted from the résumé's periods, without a quote."""

    name: str
    is_found: bool
    evidence: tuple[RequirementEvidence, ...] = ()


class Requirement(Stored):
    text: str
    status: RequirementStatus
    terms: tuple[RequirementTerm, ...] = ()


class RoleMatch(Stored):
    requirements: list[Requirement]
    found_count: int
    checked_count: int


@dataclass(frozen=True)
class AnswerText:
    question_id: UUID
    text: str


@dataclass(frozen=True)
class Candidature:
    """Where requirements are looked up."""

    resume_passages: Sequence[str]
    """Masked statements of the résumé, and its technologies as they are written there."""
    skills: Sequence[str]
    """Technologies by their usual names."""
    experience_months: int | None
    answers: Sequence[AnswerText]


def match_role(job_description: str | None, candidature: Candidature) -> RoleMatch | None:
    """Return what was found of a job description's requirements; None without one, or when it names none."""
    texts = requirements_of(job_description or "")
    if not texts:
        return None
    requirements = [_requirement(text, candidature) for text in texts]
    checked = [item for item in requirements if item.status is not RequirementStatus.NOT_CHECKED]
    found = [item for item in checked if item.status is RequirementStatus.FOUND]
    return RoleMatch(requirements=requirements, found_count=len(found), checked_count=len(checked))


def requirements_of(job_description: str) -> list[str]:
    """Return the requirements that a job description lists: those under their headings, else all its list items."""
    lines = [line.strip() for line in mask(job_description).splitlines() if line.strip()]
    wanted = list(_under_headings(lines))
    items = wanted or [_BULLET.sub("", line) for line in lines if _BULLET.match(line)]
    if not items:
        items = [sentence for line in lines for sentence in _SENTENCE_END.split(line) if _names(sentence)]
    fitting = (item.strip() for item in items)
    return list(dict.fromkeys(item for item in fitting if 1 < len(item) <= _MAX_LENGTH))[:MAX_REQUIREMENTS]


def _under_headings(lines: Sequence[str]) -> Iterator[str]:
    is_wanted = False
    for line in lines:
        text = _BULLET.sub("", line)
        is_heading = text == line and len(text) <= _MAX_HEADING and not text.endswith((".", "다", "요"))
        if is_heading and (_WANTED.search(text) or _OTHER.search(text)):
            is_wanted = _WANTED.search(text) is not None
        elif is_wanted:
            yield text


def _requirement(text: str, candidature: Candidature) -> Requirement:
    terms = [_term(name, candidature) for name in _names(text)]
    if years := _years(text, candidature):
        terms.append(years)
    found = [term for term in terms if term.is_found]
    if not terms:
        status = RequirementStatus.NOT_CHECKED
    elif len(found) == len(terms):
        status = RequirementStatus.FOUND
    else:
        status = RequirementStatus.PARTLY_FOUND if found else RequirementStatus.NOT_FOUND
    return Requirement(text=text, status=status, terms=tuple(terms))


def _names(text: str) -> list[str]:
    """Return the technologies and other names in Latin letters that a requirement holds."""
    is_korean = re.search(r"[가-힣]", text) is not None
    found = []
    for match in _NAME.finditer(text):
        word = match.group().rstrip(".-/")
        is_name = is_korean or any(char.isupper() or char in "+#" for char in word)
        if is_name and word.casefold() not in _NO_NAMES and (len(word) > 1 or word in {"C", "R"}):
            found.append(word)
    return list(dict.fromkeys(found))


def _years(text: str, candidature: Candidature) -> RequirementTerm | None:
    match = _YEARS.search(text)
    if match is None or candidature.experience_months is None or not _AT_LEAST.search(text):
        return None
    return RequirementTerm(
        name=match.group().strip(), is_found=candidature.experience_months >= _MONTHS * int(match[1])
    )


def _term(name: str, candidature: Candidature) -> RequirementTerm:
    evidence = _evidence(name, candidature)
    return RequirementTerm(name=name, is_found=bool(evidence), evidence=evidence)


def _evidence(name: str, candidature: Candidature) -> tuple[RequirementEvidence, ...]:
    found = []
    passage = next((text for text in candidature.resume_passages if _place(name, text)), None)
    skill = next((skill for skill in candidature.skills if skill.casefold() == name.casefold()), None)
    if passage or skill:
        found.append(RequirementEvidence(source="resume", quote=passage or skill or ""))
    for answer in candidature.answers:
        if match := _place(name, answer.text):
            start, end = _widened(answer.text, *match.span())
            quote = answer.text[start:end]
            found.append(
                RequirementEvidence(source="answer", quote=quote, question_id=answer.question_id, start=start, end=end)
            )
            break
    return tuple(found)


def _place(name: str, text: str) -> re.Match[str] | None:
    return re.search(rf"(?<![A-Za-z0-9]){re.escape(name)}(?![A-Za-z0-9+#])", text, re.IGNORECASE)


def _widened(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the place with the words around it, within its sentence."""
    before = max([0, start - _QUOTE_BEFORE, *(match.end() for match in re.finditer(r"[.!?\n]\s", text[:start]))])
    after = re.search(r"[.!?\n](?:\s|$)", text[end:])
    limit = min(len(text), end + _QUOTE_AFTER, end + after.start() if after else len(text))
    while 0 < before < start and not text[before - 1].isspace():
        before += 1
    while end < limit < len(text) and not text[limit].isspace() and text[limit] not in ".!?":
        limit -= 1
    return before, max(limit, end)


def passages_of(profile: Mapping[str, Any] | None, claims: Sequence[str]) -> list[str]:
    """Return the résumé's statements, and the lines in which it names its technologies."""
    projects = (profile or {}).get("projects") or []
    used = [", ".join(project.get("technologies") or []) for project in projects]
    return [*claims, *(mask(line) for line in used if line)]
