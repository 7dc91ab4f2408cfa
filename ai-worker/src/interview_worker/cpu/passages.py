"""Lines as they are read: what a line wraps to belongs to it."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from interview_worker.cpu.documents import Box, Line
from interview_worker.periods import find_date

BULLET = r"(?:[•‣◦▪▫●○■□◆◇▶▷►▸➢➤❖✦★☆⁃⦁▣※✔✓✅☑*·ㆍ∙①-⑳-]|[–—]\s|o\s(?=[A-Z가-힣])|\(?\d{1,2}[.)]\s)"
_BULLET = re.compile(rf"\s*(?:{BULLET}|Q\d{{1,2}}[.:)]\s)")
_SENTENCE_END = re.compile(r"[.!?。][\"'”’)]?$|[다요음함됨임][.]?$")
_HEADER = re.compile(r"\s[|/·]\s|^[^:]{1,25}:\s")
_DATE_AT_END = re.compile(r"(?:\d{4}|present|현재|\))$", re.IGNORECASE)
_MAX_WRAPPED = 30
_MAX_END = 30
_SAME_COLUMN = 40.0
"""Points within which lines begin in the same column, with their bullets or without."""
_MIN_FULL = 150.0
"""Points below which a line is taken for a short one, not for one that was broken."""


@dataclass(frozen=True)
class Passage:
    """One or more lines that are read as one."""

    lines: tuple[Line, ...]
    text: str

    @property
    def page(self) -> int:
        return self.lines[0].page

    @property
    def size(self) -> float | None:
        return self.lines[0].size

    @property
    def is_bold(self) -> bool:
        return self.lines[0].is_bold


class Column:
    """How far to the right the lines of each column of a document reach."""

    def __init__(self, lines: Sequence[Line]) -> None:
        boxes = [box for line in lines if (box := box_of(line)) is not None]
        self._edges: dict[int, float] = {}
        for box in boxes:
            place = round(box.x0 / _SAME_COLUMN)
            self._edges[place] = max(self._edges.get(place, 0.0), box.x1)

    def right_of(self, box: Box) -> float:
        """Return the right edge of the column in which a line with this box begins."""
        place = round(box.x0 / _SAME_COLUMN)
        return max(self._edges.get(near, 0.0) for near in (place - 1, place, place + 1))


def join_wrapped(lines: Sequence[Line], column: Column | None = None) -> list[Passage]:
    """Return the lines with each bullet or sentence in one piece; text without places is left as it is."""
    column = column or Column(lines)
    groups: list[list[Line]] = []
    for line in lines:
        if groups and len(groups[-1]) < _MAX_WRAPPED and _continues(groups[-1], line, column):
            groups[-1].append(line)
        else:
            groups.append([line])
    return [Passage(tuple(group), " ".join(line.text for line in group)) for group in groups]


def lines_of(passages: Sequence[Passage]) -> tuple[Line, ...]:
    return tuple(line for passage in passages for line in passage.lines)


def box_of(line: Line) -> Box | None:
    """Return where a line stands; None for text without places."""
    boxes = [span.box for span in line.spans if span.box is not None]
    if not boxes:
        return None
    return Box(
        min(box.x0 for box in boxes),
        min(box.y0 for box in boxes),
        max(box.x1 for box in boxes),
        max(box.y1 for box in boxes),
    )


def is_item_like(line: Line, above: Sequence[Line]) -> bool:
    """Tell whether a line is an item of the same list as the last item above: with the same mark, at the same place."""
    if _BULLET.match(line.text) is None:
        return False
    other = next((other for other in reversed(above) if _BULLET.match(other.text)), None)
    own, box = box_of(line), box_of(other) if other else None
    if other is None or own is None or box is None:
        return False
    is_beside = abs(own.x0 - box.x0) < 1 and line.size == other.size and line.is_bold == other.is_bold
    return is_beside and line.text.lstrip()[0] == other.text.lstrip()[0]


def _continues(group: Sequence[Line], line: Line, column: Column) -> bool:
    above, first, box = box_of(group[-1]), box_of(group[0]), box_of(line)
    if above is None or first is None or box is None or line.page != group[-1].page:
        return False
    if not _is_alike(group[-1], line) or not -0.5 * _height(above) < box.y0 - above.y1 < 0.9 * _height(above):
        return False
    is_item = _BULLET.match(group[0].text) is not None
    if is_item and box.x0 > first.x0 + 2:
        return True
    if is_item and line.text[:1].isupper():
        return False
    is_open = not (_SENTENCE_END.search(group[-1].text) or _DATE_AT_END.search(group[-1].text))
    is_full = abs(box.x0 - above.x0) < 2 and not _would_fit(line, group[-1], above, column.right_of(above))
    return is_open and is_full and not _is_entry(line.text, group[-1].text)


def _is_entry(text: str, above: str) -> bool:
    """Tell whether a line begins something of its own; a date at its end may also be that of the line above."""
    date = find_date(text)
    is_end = date is not None and date[0] > 0 and len(text) < _MAX_END and find_date(above) is None
    return _HEADER.search(text) is not None or (date is not None and not is_end)


def _height(box: Box) -> float:
    return box.y1 - box.y0


def _is_alike(above: Line, line: Line) -> bool:
    is_new = _BULLET.match(line.text) is not None or "  " in line.text or "  " in above.text
    return not is_new and line.size == above.size and line.is_bold == above.is_bold


def _would_fit(line: Line, above: Line, box: Box, right: float) -> bool:
    """Tell whether the first word of a line would have had room in the line above it, so that it was no wrapping."""
    if box.x1 - box.x0 < _MIN_FULL:
        return True
    per_letter = (box.x1 - box.x0) / (text_width(above.text) or 1)
    return box.x1 + per_letter * (1 + text_width(line.text.split(" ")[0])) < right - 1


def text_width(text: str) -> float:
    """Return how wide a text is, in letters of the Latin script."""
    return sum(2.0 if unicodedata.east_asian_width(letter) in "WF" else 1.0 for letter in text)
