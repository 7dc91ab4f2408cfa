"""Atomic statements of a résumé, for an interview to probe: one thing that somebody says to have done."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from interview_worker.cpu.documents import Line
from interview_worker.cpu.passages import Passage, join_wrapped
from interview_worker.cpu.periods import find_date
from interview_worker.cpu.sources import Found, Source, locate
from interview_worker.cpu.wording import is_bullet, split_label, without_bullet
from interview_worker.masking import mask

MAX_CLAIMS = 200
_MAX_LENGTH = 400
_SENTENCE_END = re.compile(
    r"(?<=[.!?。])\s+(?=[A-Z가-힣\"“(])(?<!Inc\.\s)(?<!Ltd\.\s)(?<!e\.g\.\s)(?<!i\.e\.\s)(?<!vs\.\s)"
)
_NO_STATEMENT = {
    "기술", "기술 스택", "기술스택", "사용 기술", "사용기술", "개발 환경", "개발환경", "환경", "스택", "기간", "회사",
    "회사명", "부서", "stack", "tech stack", "technologies", "tools", "tech", "built with", "period", "duration",
    "environment", "link", "github", "url",
}  # fmt: skip


@dataclass(frozen=True)
class Claim:
    """One statement, masked, with where it stands."""

    kind: str
    """`experience`, `project` or `summary`."""
    about: str | None
    """The company or project that it belongs to, as the profile names it."""
    text: str
    has_figure: bool
    page: int
    sources: tuple[Source, ...]
    line: Line
    """Where it begins."""


def find_claims(
    employments: Sequence[tuple[str, Found]], projects: Sequence[tuple[str, Found]], summary: Sequence[Line]
) -> list[Claim]:
    """Return the statements about each (name, entry) and in the summary, in that order, each once."""
    claims = [
        *_of_lines("summary", None, summary),
        *(claim for name, entry in employments for claim in _of_entry("experience", name, entry)),
        *(claim for name, entry in projects for claim in _of_entry("project", name, entry)),
    ]
    once = {(claim.about, claim.text): claim for claim in reversed(claims)}
    return list(reversed(once.values()))[:MAX_CLAIMS]


def _of_entry(kind: str, name: str, entry: Found) -> Iterator[Claim]:
    header = _header_size(entry)
    yield from _of_lines(kind, name, entry.lines[header:])


def _header_size(entry: Found) -> int:
    """Return how many lines name the entry rather than say something about it."""
    size = 0
    for line in entry.lines:
        if is_bullet(line.text) or (size > 0 and _is_statement(without_bullet(line.text))):
            break
        size += 1
    return size


def _is_statement(text: str) -> bool:
    return len(text.split()) >= 4 and (find_date(text) is None or text.rstrip().endswith((".", "다", "요", "함", "음")))


def _of_lines(kind: str, name: str | None, lines: Sequence[Line]) -> Iterator[Claim]:
    for passage in join_wrapped(lines):
        yield from _of_passage(kind, name, passage)


def _of_passage(kind: str, name: str | None, passage: Passage) -> Iterator[Claim]:
    text = without_bullet(passage.text)
    label, value = split_label(text)
    if label in _NO_STATEMENT:
        return
    for sentence in _SENTENCE_END.split(value if label else text):
        words = sentence.strip()
        if not len(words.split()) >= 2 or not 8 <= len(words) <= _MAX_LENGTH:
            continue
        sources = locate(words, passage.lines)
        if sources:
            yield Claim(
                kind,
                name,
                mask(words),
                bool(re.search(r"\d", words)),
                sources[0].page,
                tuple(sources),
                passage.lines[0],
            )
