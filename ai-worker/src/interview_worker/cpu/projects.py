"""Projects: what was built, with what, and what came of it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from interview_core.skills import Mention, find_mentions, skill_named
from interview_worker.cpu.documents import Line
from interview_worker.cpu.passages import Passage
from interview_worker.cpu.sections import Section
from interview_worker.cpu.sources import Found
from interview_worker.cpu.tables import Row, read_table
from interview_worker.cpu.wording import (
    MAX_HEADER,
    is_bullet,
    is_numbered,
    is_role,
    split_label,
    split_pieces,
    without_bullet,
)
from interview_worker.periods import Period, find_date, find_month, find_month_words, find_period

_NAME_LABELS = {"프로젝트명", "프로젝트", "과제명", "사업명", "project", "project name"}
_ROLE_LABELS = {"역할", "담당 역할", "담당역할", "맡은 역할", "담당", "role", "my role", "position"}
_STACK_LABELS = {
    "기술", "기술 스택", "기술스택", "사용 기술", "사용기술", "주요 기술", "개발 환경", "개발환경", "스택", "환경",
    "사용 도구", "stack", "tech stack", "technologies", "technology", "tech", "tools", "built with",
    "technologies used", "environment",
}  # fmt: skip
_RESULT_LABELS = {
    "성과", "결과", "주요 성과", "result", "results", "impact", "outcome", "achievement", "achievements",
}  # fmt: skip
_ABOUT_LABELS = {"개요", "설명", "소개", "내용", "프로젝트 개요", "프로젝트 설명", "description", "overview", "summary"}
_FIGURE = re.compile(r"(?<![A-Za-z])\d")


@dataclass(frozen=True)
class Project:
    name: str
    role: str | None
    start: str | None
    end: str | None
    description: str | None
    technologies: tuple[str, ...]
    achievements: tuple[str, ...]


def find_projects(section: Section, known: frozenset[str] = frozenset()) -> list[Found]:
    """Return the projects of a section, in its order. One begins at a line that stands out or says its period.

    `known`: technologies that the résumé lists, so that their names count in a sentence too.
    """
    rows, rest = read_table(section.lines)
    passages = replace(section, lines=tuple(rest)).passages if rows else section.passages
    starts = [index for index in range(len(passages)) if _begins(passages, index)]
    return [
        *(found for row in rows if (found := _project_of_row(row, known))),
        *(
            _project(passages[first], passages[first + 1 : end], known)
            for first, end in pairwise([*starts, len(passages)])
        ),
    ]


def _project_of_row(row: Row, known: frozenset[str]) -> Found | None:
    name = row.cells.get("project") or row.cells.get("name")
    if not name:
        return None
    period_text = row.cells.get("period", "")
    period = find_period(period_text)
    mentions = find_mentions(row.cells.get("stack", ""), is_list=True) or find_mentions(
        row.cells.get("duty", ""), is_list=False, known=known
    )
    project = Project(
        name=name,
        role=row.cells.get("title"),
        start=period.start if period else None,
        end=period.end if period else None,
        description=row.cells.get("duty"),
        technologies=tuple(mention.name for mention in mentions),
        achievements=(),
    )
    return Found(project, row.lines, _said(period, mentions), len(row.lines))


def _said(period: Period | None, mentions: Sequence[Mention]) -> dict[str, str]:
    said = {f"technologies/{mention.name}": mention.words for mention in mentions}
    if period is not None:
        said |= {"start": period.start_words, "end": period.end_words or ""}
    return said


def _begins(passages: Sequence[Passage], index: int) -> bool:
    passage = passages[index]
    text = passage.text
    label, _ = split_label(text)
    if label in _NAME_LABELS:
        return True
    if label or len(text) > MAX_HEADER or not _name(text):
        return False
    if is_numbered(text):
        return True
    if is_bullet(text):
        return False
    has_period_below = index + 1 < len(passages) and _is_only_date(passages[index + 1].text)
    stands_out = passage.is_bold or (passage.size or 0) > _body_size(passages) + 0.5
    return stands_out or _has_period(text) or has_period_below or _follows_bullets(passages, index)


def _has_period(text: str) -> bool:
    if find_period(text) is not None:
        return True
    place = find_date(text)
    return place is not None and (place[0] == 0 or place[1] >= len(text.rstrip(" )")))


def _is_only_date(text: str) -> bool:
    place = find_date(text)
    return place is not None and not (text[: place[0]] + text[place[1] :]).strip(" ()[]|,·–—-")


def _body_size(passages: Sequence[Passage]) -> float:
    sizes = sorted(passage.size or 0 for passage in passages)
    return sizes[len(sizes) // 2]


def _follows_bullets(passages: Sequence[Passage], index: int) -> bool:
    """Tell whether a list ended above and another begins below, where nothing but that shows a new project."""
    is_first = index == 0 or is_bullet(passages[index - 1].text)
    has_list = index + 1 < len(passages) and is_bullet(passages[index + 1].text)
    return is_first and has_list and not passages[index].text.rstrip().endswith((".", "다"))


def _name(text: str) -> str:
    text = without_bullet(text)
    label, value = split_label(text)
    text = value if label in _NAME_LABELS else text
    place = find_date(text)
    if place is not None:
        text = text[: place[0]].strip(" ([|,·–—-") or text[place[1] :].strip(" )]|,·–—-")
    return next(iter(split_pieces(text)), "")


def _project(header: Passage, body: Sequence[Passage], known: frozenset[str]) -> Found:
    texts = [without_bullet(passage.text) for passage in body]
    labelled = [split_label(text) for text in texts]
    stack = "\n".join(value for label, value in labelled if label in _STACK_LABELS)
    mentions = [
        *find_mentions(stack, is_list=True),
        *(
            mention
            for text in (header.text, *texts)
            for mention in find_mentions(text, is_list=False, known=known)
            # "1,400 stars on GitHub" says what came of the work, not what it was made with.
            if not (_FIGURE.search(text) and skill_named(mention.name).group == "tools")
        ),
    ]
    period, text = _period(header, body)
    project = Project(
        name=_name(header.text),
        role=_role(header.text, labelled),
        start=period.start if period else find_month(text),
        end=period.end if period else None,
        description=_description(body, labelled),
        technologies=tuple(dict.fromkeys(mention.name for mention in mentions)),
        achievements=tuple(
            value
            for passage, (label, value) in zip(body, labelled, strict=True)
            if label in _RESULT_LABELS or (not label and is_bullet(passage.text) and _is_achievement(value))
        ),
    )
    said = _said(period, list(reversed(mentions)))
    if period is None:
        said["start"] = find_month_words(text) or ""
    lines: list[Line] = [line for passage in (header, *body) for line in passage.lines]
    return Found(project, tuple(lines), said, len(header.lines))


def _period(header: Passage, body: Sequence[Passage]) -> tuple[Period | None, str]:
    """Return when the project was, with the text that says it: its first line, a line of dates, or one labelled so."""
    for passage in (header, *body[:4]):
        label, value = split_label(without_bullet(passage.text))
        if (
            passage is header
            or _is_only_date(passage.text)
            or label in {"기간", "프로젝트 기간", "period", "duration", "date"}
        ):
            text = value if label else passage.text
            if find_date(text) is not None:
                return find_period(text), text
    return None, ""


def _role(header: str, labelled: Sequence[tuple[str, str]]) -> str | None:
    said = next((value for label, value in labelled if label in _ROLE_LABELS), None)
    if said is not None:
        return said
    pieces = split_pieces(without_bullet(header))
    return next((piece for piece in pieces[1:] if is_role(piece)), None)


def _is_achievement(text: str) -> bool:
    """Tell whether a text says what came of the work in figures that are no dates and no versions."""
    place = find_date(text)
    rest = text[: place[0]] + text[place[1] :] if place else text
    for mention in find_mentions(rest, is_list=True):
        rest = rest.replace(mention.words, " ")
    return _FIGURE.search(rest) is not None


def _description(body: Sequence[Passage], labelled: Sequence[tuple[str, str]]) -> str | None:
    """Return the first sentence about the project: one that is neither a list of technologies nor only a date."""
    for passage, (label, value) in zip(body, labelled, strict=True):
        is_other = label in _STACK_LABELS | _RESULT_LABELS | _ROLE_LABELS or label in {"기간", "period", "duration"}
        is_result = is_bullet(passage.text) and not label and _is_achievement(value)
        if not is_other and not is_result and not _is_only_date(passage.text):
            return value if not label or label in _ABOUT_LABELS else without_bullet(passage.text)
    return None
