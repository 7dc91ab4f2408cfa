"""Pages that are pictures, and who reads them."""

from collections.abc import Callable
from dataclasses import dataclass

from interview_worker.cpu.layout import Piece, Rule

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


RecognizeText = Callable[[Picture], tuple[list[Piece], list[Rule]]]
"""Reads a picture: the pieces of text in it and the lines drawn across and down, in points."""


class ScanFound(Exception):
    """A page is a picture, and reading it needs more time than this process has."""
