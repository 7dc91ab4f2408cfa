"""Projects: what was built, with what, and what came of it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from interview_worker.cpu.documents import Line
from interview_worker.cpu.periods import find_date, find_period
from interview_worker.cpu.skills import find_skills
from interview_worker.cpu.wording import MAX_HEADER, is_bullet, split_label, split_pieces, without_bullet

_NAME_LABELS = {"프로젝트명", "프로젝트", "과제명", "project", "project name"}
_STACK_LABELS = {
    "기술", "기술 스택", "기술스택", "사용 기술", "사용기술", "개발 환경", "개발환경", "스택", "환경",
    "stack", "tech stack", "technologies", "tech", "tools", "built with",
}  # fmt: skip
_RESULT_LABELS = {"성과", "결과", "주요 성과", "result", "results", "impact", "achievement", "achievements"}
_FIGURE = re.compile(
    r"\d[\d,.]*\s?(?:%|퍼센트|배|ms|초|분|시간|건|명|만|억|천|원|TPS|QPS|RPS|x\b|times|fold|users|requests|seconds|minutes|hours"
    r"|million|billion|k\b|M\b)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Project:
    name: str
    description: str | None
    technologies: tuple[str, ...]
    achievements: tuple[str, ...]


def find_projects(lines: Sequence[Line]) -> list[Project]:
    """Return the projects of a section, in its order. One begins at a line that stands out or says its period."""
    starts = [index for index, line in enumerate(lines) if _begins(lines, index)]
    bounds = [*starts, len(lines)]
    return [_project(lines[first], lines[first + 1 : end]) for first, end in pairwise(bounds)]


def _begins(lines: Sequence[Line], index: int) -> bool:
    line = lines[index]
    label, _ = split_label(line.text)
    if label in _NAME_LABELS:
        return True
    if label or len(line.text) > MAX_HEADER or not _name(line):
        return False
    if is_bullet(line.text):
        return bool(re.match(r"\s*\d{1,2}[.)]\s", line.text))
    stands_out = line.is_bold or (line.size or 0) > _body_size(lines) + 0.5
    return stands_out or find_period(line.text) is not None or _follows_bullets(lines, index)


def _body_size(lines: Sequence[Line]) -> float:
    sizes = sorted(line.size or 0 for line in lines)
    return sizes[len(sizes) // 2]


def _follows_bullets(lines: Sequence[Line], index: int) -> bool:
    """Tell whether a list ended above and another begins below, where nothing but that shows a new project."""
    is_first = index == 0 or is_bullet(lines[index - 1].text)
    has_list = index + 1 < len(lines) and is_bullet(lines[index + 1].text)
    return is_first and has_list and not lines[index].text.rstrip().endswith((".", "다"))


def _name(line: Line) -> str:
    text = without_bullet(line.text)
    label, value = split_label(text)
    text = value if label in _NAME_LABELS else text
    place = find_date(text)
    if place is not None:
        text = text[: place[0]].strip(" (|,·–—-") or text[place[1] :].strip(" )|,·–—-")
    return next(iter(split_pieces(text)), "")


def _project(header: Line, body: Sequence[Line]) -> Project:
    texts = [without_bullet(line.text) for line in body]
    labelled = [split_label(text) for text in texts]
    stack = "\n".join(value for label, value in labelled if label in _STACK_LABELS)
    listed = find_skills(stack, is_list=True)
    mentioned = find_skills("\n".join([header.text, *texts]), is_list=False)
    return Project(
        name=_name(header),
        description=_description(body, labelled),
        technologies=tuple(dict.fromkeys([*listed, *mentioned])),
        achievements=tuple(
            value
            for line, (label, value) in zip(body, labelled, strict=True)
            if label in _RESULT_LABELS or (is_bullet(line.text) and _FIGURE.search(value) and not label)
        ),
    )


def _description(body: Sequence[Line], labelled: Sequence[tuple[str, str]]) -> str | None:
    """Return the first sentence about the project: one that is neither a list of technologies nor only a date."""
    for line, (label, value) in zip(body, labelled, strict=True):
        is_date_only = find_date(line.text) is not None and len(value) < 40 and not is_bullet(line.text)
        if label not in _STACK_LABELS | _RESULT_LABELS and not is_date_only:
            return value
    return None
