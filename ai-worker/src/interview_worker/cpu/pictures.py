"""Pages that are pictures, and who reads them."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from interview_worker.cpu.documents import Line, Turn
from interview_worker.cpu.layout import Piece, Rule, lay_out
from interview_worker.cpu.sections import nearest_heading

MAX_PIXELS = 50_000_000
"""More, and an uploaded picture is refused before it is unpacked."""

MAX_READ_PIXELS = 12_000_000
"""More, and a picture is made smaller before it is read: an A4 page at 300 dpi has 8.7 million."""


@dataclass(frozen=True)
class Picture:
    """A page in shades of grey, a byte a pixel, from its top left."""

    width: int
    height: int
    pixels: bytes
    pixels_per_point: float


@dataclass(frozen=True)
class Recognized:
    """What stands in a picture of a page, in points, with its lines level."""

    pieces: list[Piece]
    rules: list[Rule]
    """Lines drawn across and down."""
    turn: Turn | None
    """How the picture was turned for that."""

    def lay_out(self, page: int) -> list[Line]:
        """Return the lines in the order in which they are read."""
        return [_mended(replace(line, turn=self.turn)) for line in lay_out(page, self.pieces, self.rules)]


def _mended(line: Line) -> Line:
    """Return the line; one that is a heading but for a letter or a stroke becomes that heading."""
    heading = nearest_heading(line.text) if len(line.spans) == 1 else None
    if heading is None:
        return line
    return replace(line, spans=(replace(line.spans[0], text=heading),), text=heading)


RecognizeText = Callable[[Picture], Recognized]


class ScanFound(Exception):
    """A page is a picture, and reading it needs more time than this process has."""
