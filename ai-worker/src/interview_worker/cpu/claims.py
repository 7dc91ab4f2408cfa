"""Atomic statements of a résumé, for an interview to probe: one thing that somebody says to have done."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from interview_core.skills import find_mentions
from interview_worker.cpu.documents import Line
from interview_worker.cpu.passages import Passage, join_wrapped
from interview_worker.cpu.sources import Found, Source, locate
from interview_worker.cpu.wording import split_label, without_bullet
from interview_worker.masking import mask
from interview_worker.periods import find_date

MAX_CLAIMS = 200
_MIN_WORDS, _MIN_LENGTH, _MAX_LENGTH = 2, 6, 400
_MAX_HEADING_WORDS = 5
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
    below = entry.lines[entry.header_lines :]
    if below:
        yield from _of_lines(kind, name, below)
    elif entry.value.description:
        # The row of a table: one of its cells says what was done.
        yield from _of_text(kind, name, entry.value.description, entry.lines)


def _of_lines(kind: str, name: str | None, lines: Sequence[Line]) -> Iterator[Claim]:
    for passage in join_wrapped(lines):
        yield from _of_passage(kind, name, passage)


def _of_passage(kind: str, name: str | None, passage: Passage) -> Iterator[Claim]:
    text = without_bullet(passage.text)
    label, value = split_label(text)
    is_heading = len(text.split()) <= _MAX_HEADING_WORDS and text.rstrip().endswith((":", "："))
    if label not in _NO_STATEMENT and not is_heading and not _is_only_period(text):
        yield from _of_text(kind, name, value if label else text, passage.lines)


def _is_only_period(text: str) -> bool:
    place = find_date(text)
    return place is not None and not (text[: place[0]] + text[place[1] :]).strip(" ()-–|,·~")


def _of_text(kind: str, name: str | None, text: str, lines: Sequence[Line]) -> Iterator[Claim]:
    for sentence in _SENTENCE_END.split(text):
        words = sentence.strip()
        if len(words.split()) < _MIN_WORDS or not _MIN_LENGTH <= len(words) <= _MAX_LENGTH:
            continue
        sources = [] if _only_names_technologies(words) else locate(words, lines)
        if sources:
            yield Claim(
                kind, name, mask(words), bool(re.search(r"\d", words)), sources[0].page, tuple(sources), lines[0]
            )


def _only_names_technologies(text: str) -> bool:
    for mention in find_mentions(text, is_list=True):
        text = text.replace(mention.words, " ")
    return re.search(r"\w{2,}", text) is None
