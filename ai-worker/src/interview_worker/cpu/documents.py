"""What was read from a candidate's file, and its form on the pipe between the reading child and the worker."""

import math
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

MAX_BYTES = 10 * 1024 * 1024
MAX_PAGES = 30
MAX_SCANNED_PAGES = 10
MAX_CHARACTERS = 400_000
MIN_WORDS = 20


class Refusal(StrEnum):
    """Why a document cannot be used; the values are what the API shows."""

    ENCRYPTED = "encrypted"
    DAMAGED = "damaged"
    UNSUPPORTED = "unsupported"
    """Another kind of file than those that are read."""
    ACTIVE_CONTENT = "active_content"
    """Scripts, macros or commands that run when the file is opened."""
    NO_TEXT = "no_text"
    TOO_MANY_PAGES = "too_many_pages"
    TOO_MANY_SCANNED_PAGES = "too_many_scanned_pages"
    TOO_LARGE = "too_large"
    PARSE_TIMEOUT = "parse_timeout"
    OCR_MISSING = "ocr_missing"
    """A page is a picture, and nothing that reads pictures is installed here."""


class DocumentRefused(Exception):
    """The file was looked at and cannot be used."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal


class Hidden(StrEnum):
    """Why a human reader cannot see a text."""

    INVISIBLE = "invisible"
    """Written to be invisible: not painted, transparent, or marked as hidden."""
    TINY = "tiny"
    OFF_PAGE = "off_page"
    CLIPPED = "clipped"
    SAME_COLOR = "same_color"
    """In the colour of its ground."""
    COVERED = "covered"
    """Something is painted over it."""


@dataclass(frozen=True)
class Box:
    """A place on a page in points, the origin at its top left."""

    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def height(self) -> float:
        return self.y1 - self.y0

    @property
    def middle(self) -> float:
        """Half-way between top and bottom."""
        return (self.y0 + self.y1) / 2


@dataclass(frozen=True)
class Span:
    """A run of text in one font. Plain text has neither box nor size."""

    text: str
    box: Box | None = None
    size: float | None = None
    is_bold: bool = False


@dataclass(frozen=True)
class Turn:
    """How a picture of a page was turned so that its lines lie level: anticlockwise, round a point of the page."""

    degrees: float
    x: float
    y: float

    def back(self, box: Box) -> Box:
        """Return where on the page as it is something stands that has this place on the level one."""
        angle = math.radians(self.degrees)
        x, y = (box.x0 + box.x1) / 2 - self.x, box.middle - self.y
        right = self.x + x * math.cos(angle) - y * math.sin(angle) - (box.x0 + box.x1) / 2
        down = self.y + x * math.sin(angle) + y * math.cos(angle) - box.middle
        return Box(box.x0 + right, box.y0 + down, box.x1 + right, box.y1 + down)


@dataclass(frozen=True)
class Line:
    """Spans side by side. Two spaces stand where the page shows a gap, as between the columns of a table."""

    page: int
    """1-based."""
    spans: tuple[Span, ...]
    text: str
    turn: Turn | None = None
    """How the page was turned before its places were taken; absent for pages that are no pictures."""

    @property
    def size(self) -> float | None:
        """Size of the largest letters."""
        return max((span.size for span in self.spans if span.size is not None), default=None)

    @property
    def is_bold(self) -> bool:
        return all(span.is_bold for span in self.spans)


@dataclass(frozen=True)
class Document:
    """A readable document: its lines in reading order, without what a human reader cannot see."""

    pages: int
    lines: tuple[Line, ...]
    hidden: Mapping[Hidden, int] = field(default_factory=dict)
    """Spans that were dropped because a human reader cannot see them, by the reason."""
    scanned_pages: tuple[int, ...] = ()
    """Pages, 1-based, whose text was recognised in a picture."""

    @property
    def text(self) -> str:
        return "\n".join(line.text for line in self.lines)

    @property
    def hidden_spans(self) -> int:
        return sum(self.hidden.values())


def make_line(page: int, spans: Sequence[Span]) -> Line:
    """Join spans to a line as it is seen, with gaps between columns kept."""
    parts: list[str] = []
    previous: Span | None = None
    for span in spans:
        if previous is not None:
            parts.append(_space_between(previous, span))
        parts.append(span.text)
        previous = span
    return Line(page, tuple(spans), "".join(parts).strip())


def _space_between(left: Span, right: Span) -> str:
    if left.box is None or right.box is None or left.size is None:
        return ""
    gap = right.box.x0 - left.box.x1
    if gap > left.size:
        return "  "
    is_apart = gap > left.size / 4 and not left.text.endswith(" ") and not right.text.startswith(" ")
    return " " if is_apart else ""


# Zero-width and direction marks, selectors and tags change what is read without changing what is seen.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff"
    "\ufff0-\ufff8\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_BLANK = re.compile("[\u2800\u3164\uffa0]")
# Tags and selectors that spell a text which no font shows; the flag of a country takes six.
_SMUGGLED = re.compile("[\U000e0020-\U000e007e\U000e0100-\U000e01ef]{8,}")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
# Symbol, Wingdings and fonts of icons have their marks there; to a reader each is a bullet or stands before a value.
_SYMBOL = re.compile("[\uf000-\uf0ff]")


def clean_text(text: str) -> str:
    """Return text that PostgreSQL can store and that reads as it looks: NFC, no NUL, no invisible marks."""
    whole = text.encode("utf-8", "ignore").decode("utf-8")
    seen = _BLANK.sub(" ", _CONTROL.sub(" ", _INVISIBLE.sub("", whole)))
    return unicodedata.normalize("NFC", _SYMBOL.sub("•", seen))


def holds_smuggled_text(text: str) -> bool:
    """Tell whether a text goes on in letters that no font shows; `clean_text` drops them."""
    return _SMUGGLED.search(text) is not None


def count_words(lines: Sequence[Line]) -> int:
    return sum(len(re.findall(r"\w+", line.text)) for line in lines)


def check_document(document: Document) -> Document:
    """Return a document that holds enough text to work with.

    Raises:
        DocumentRefused: it has fewer than `MIN_WORDS` words, or more than `MAX_CHARACTERS` characters.
    """
    if sum(len(line.text) for line in document.lines) > MAX_CHARACTERS:
        raise DocumentRefused(Refusal.TOO_LARGE)
    if count_words(document.lines) < MIN_WORDS:
        raise DocumentRefused(Refusal.NO_TEXT)
    return document


def to_message(document: Document) -> dict[str, Any]:
    """Return the document in JSON's types."""
    return asdict(document)


def from_message(message: dict[str, Any]) -> Document:
    """Return the document that `to_message` was given."""
    hidden = {Hidden(kind): count for kind, count in message["hidden"].items()}
    return Document(message["pages"], tuple(_lines(message["lines"])), hidden, tuple(message["scanned_pages"]))


def _lines(items: list[dict[str, Any]]) -> Iterator[Line]:
    for item in items:
        spans = tuple(
            Span(span["text"], Box(**span["box"]) if span["box"] else None, span["size"], span["is_bold"])
            for span in item["spans"]
        )
        yield Line(item["page"], spans, item["text"], Turn(**item["turn"]) if item["turn"] else None)
