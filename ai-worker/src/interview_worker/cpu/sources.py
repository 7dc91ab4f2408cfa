"""Where in a document a value stands: page, box and the words themselves. What stands nowhere is no value."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from interview_worker.cpu.documents import Box, Line, Span
from interview_worker.cpu.passages import text_width

_MAX_LINES = 60


@dataclass(frozen=True)
class Source:
    """Words of the document. `box` is absent where the file has no places, as plain text."""

    page: int
    """1-based."""
    box: tuple[float, float, float, float] | None
    """Left, top, right and bottom in points, from the page's top left corner."""
    text: str

    def to_json(self) -> dict[str, Any]:
        return {"page": self.page, "box": list(self.box) if self.box else None, "text": self.text}


@dataclass(frozen=True)
class Found:
    """A value that was read, with the lines that it was read from."""

    value: Any
    """A dataclass whose fields are strings, tuples of strings, flags or None."""
    lines: tuple[Line, ...]
    said: Mapping[str, str]
    """The document's words for fields that are put in another form, such as "2021.03" for "2021-03"."""
    header_lines: int = 0
    """How many of the lines, from the first, name it rather than say something about it."""
    named_in: tuple[Line, ...] = ()
    """Lines above that name it, where several entries share their name."""

    @property
    def all_lines(self) -> tuple[Line, ...]:
        return (*self.lines, *self.named_in)


def locate(words: str, lines: Sequence[Line]) -> list[Source]:
    """Return where the lines hold the words, one source for each line; nothing when they do not.

    Spaces may differ, and the words may go over several lines.
    """
    wanted = _squeeze(words)
    if not wanted:
        return []
    for index, line in enumerate(lines):
        own, places = _squeezed(line.text)
        at = own.find(wanted)
        if at >= 0:
            return [_source(line, places[at], places[at + len(wanted) - 1] + 1)]
        if at < 0 and (found := _across(wanted, own, places, lines[index : index + _MAX_LINES])):
            return found
    return []


def _across(wanted: str, own: str, places: Sequence[int], lines: Sequence[Line]) -> list[Source]:
    """Return where words are that begin at the end of the first of the lines and go on in the next ones."""
    for at in range(len(own)):
        if not wanted.startswith(own[at:]):
            continue
        found = [_source(lines[0], places[at], places[-1] + 1)]
        rest = wanted[len(own) - at :]
        for line in lines[1:]:
            next_own, next_places = _squeezed(line.text)
            common = min(len(rest), len(next_own))
            if rest[:common] != next_own[:common]:
                break
            if common:
                found.append(_source(line, next_places[0], next_places[common - 1] + 1))
            rest = rest[common:]
            if not rest:
                return found
    return []


def _source(line: Line, start: int, end: int) -> Source:
    return Source(line.page, box_of_part(line, start, end), line.text[start:end])


def box_of_part(line: Line, start: int, end: int) -> tuple[float, float, float, float] | None:
    """Return the box of `line.text[start:end]`; within a span, by the usual widths of its letters."""
    parts: list[Box] = []
    cursor = 0
    for span in line.spans:
        words = span.text.strip()
        at = line.text.find(words, cursor) if words else -1
        if at < 0 or span.box is None:
            continue
        cursor = at + len(words)
        if at < end and cursor > start:
            parts.append(_part(span, span.box, max(start - at, 0), min(end - at, len(words)), words))
    if not parts:
        return None
    whole = Box(
        min(box.x0 for box in parts),
        min(box.y0 for box in parts),
        max(box.x1 for box in parts),
        max(box.y1 for box in parts),
    )
    seen = line.turn.back(whole) if line.turn else whole
    return (round(seen.x0, 1), round(seen.y0, 1), round(seen.x1, 1), round(seen.y1, 1))


def _part(span: Span, box: Box, start: int, end: int, words: str) -> Box:
    lead = text_width(span.text[: len(span.text) - len(span.text.lstrip())])
    whole = text_width(span.text) or 1.0
    per_unit = (box.x1 - box.x0) / whole
    left = box.x0 + per_unit * (lead + text_width(words[:start]))
    return Box(left, box.y0, left + per_unit * text_width(words[start:end]), box.y1)


def _squeeze(text: str) -> str:
    return re.sub(r"\s+", "", text)


def _squeezed(text: str) -> tuple[str, list[int]]:
    places = [place for place, letter in enumerate(text) if not letter.isspace()]
    return "".join(text[place] for place in places), places


class SourceBook:
    """Keeps the sources of a profile by JSON pointer, and lets no value through that has none."""

    def __init__(self) -> None:
        self.sources: dict[str, list[Source]] = {}

    def cite(self, pointer: str, value: str | None, lines: Sequence[Line], said: str | None = None) -> str | None:
        """Return the value when the lines hold its words, else None."""
        if value is None:
            return None
        found = locate(said or value, lines)
        if not found:
            return None
        self.sources[pointer] = found
        return value

    def holds(self, value: str, entry: Found) -> bool:
        """Tell whether an entry's lines hold a value."""
        return bool(locate(value, entry.all_lines))

    def cite_all(self, pointer: str, values: Sequence[tuple[str, str]], lines: Sequence[Line]) -> tuple[str, ...]:
        """Return those of (value, its words) that the lines hold."""
        kept: list[str] = []
        for value, said in values:
            if self.cite(f"{pointer}/{len(kept)}", value, lines, said) is not None:
                kept.append(value)
        return tuple(kept)

    def cite_entries(self, pointer: str, entries: Sequence[Found], key: str) -> tuple[Any, ...]:
        """Return the entries whose `key` their lines hold, each without the fields that they do not hold."""
        kept: list[Any] = []
        for entry in entries:
            here = f"{pointer}/{len(kept)}"
            fields = {name: self._field(f"{here}/{name}", value, entry, name) for name, value in _fields(entry.value)}
            if fields[key] is None:
                self.sources = {at: found for at, found in self.sources.items() if not at.startswith(f"{here}/")}
                continue
            kept.append(type(entry.value)(**fields))
        return tuple(kept)

    def _field(self, pointer: str, value: Any, entry: Found, name: str) -> Any:
        if isinstance(value, str):
            return self.cite(pointer, value, entry.all_lines, entry.said.get(name))
        if isinstance(value, tuple):
            return self.cite_all(
                pointer, [(item, entry.said.get(f"{name}/{item}", item)) for item in value], entry.lines
            )
        if value is True and name in entry.said:
            return self.cite(pointer, name, entry.lines, entry.said[name]) is not None
        return value

    def to_json(self) -> dict[str, list[dict[str, Any]]]:
        return {pointer: [source.to_json() for source in found] for pointer, found in sorted(self.sources.items())}


def _fields(value: Any) -> list[tuple[str, Any]]:
    return list(vars(value).items())
