"""Questions and answers of a cover letter (자기소개서)."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from interview_worker.cpu.documents import Line
from interview_worker.cpu.sections import Section, find_heading
from interview_worker.cpu.sources import Found

_NUMBER = re.compile(
    r"^\s*(?:Q\s?\d{1,2}\s?[.:)]?|질문\s?\d{1,2}\s?[.:)]?|문항\s?\d{1,2}\s?[.:)]?|\(?\d{1,2}[.)]|[①-⑩]|[■●◆▶])\s*"
)
_ASKS = re.compile(
    r"(?:[?？]|(?:주십|하|적으|쓰|기술하|서술하|작성하)시오\.?|(?:주|하|기술해 주|적어 주)세요\.?)"
    r"(?:\s?\([^()]{0,30}\))?$"
)
_WHOLE = {"자기소개서", "coverletter"}
_MAX_QUESTION = 200
_MAX_ANSWER = 4000


@dataclass(frozen=True)
class LetterPart:
    question: str
    """As the document asks it, or the title above the answer."""
    answer: str


def find_letter_parts(sections: Sequence[Section]) -> list[Found]:
    """Return the questions of the cover letter with their answers, in order."""
    return [part for section in sections if section.key == "cover_letter" for part in _parts(section)]


def _parts(section: Section) -> Iterator[Found]:
    question: Line | None = section.heading if _is_question_itself(section) else None
    answer: list[Line] = []
    for line in section.lines:
        if _is_question(line):
            yield from _part(question, answer)
            question, answer = line, []
        else:
            answer.append(line)
    yield from _part(question, answer)


def _is_question_itself(section: Section) -> bool:
    title = re.sub(r"\s", "", section.title).casefold().strip("■●◆▶[]<>:：.·-")
    return section.heading is not None and title not in _WHOLE


def _is_question(line: Line) -> bool:
    text = line.text.strip()
    if len(text) > _MAX_QUESTION:
        return False
    is_numbered = _NUMBER.match(text) is not None
    rest = _without_number(text)
    is_title = len(rest) <= 40 and not rest.endswith((".", "다", "요"))
    return (is_numbered and (is_title or _ASKS.search(rest) is not None)) or find_heading(rest) == "cover_letter"


def _without_number(text: str) -> str:
    return _NUMBER.sub("", text, count=1).strip(" []<>:：")


def _part(question: Line | None, answer: Sequence[Line]) -> Iterator[Found]:
    if question is None or not answer:
        return
    text = "\n".join(line.text for line in answer)[:_MAX_ANSWER]
    yield Found(LetterPart(_without_number(question.text), text), (question, *answer), {})
