"""What on a PDF page a human reader cannot see.

What is written to be invisible says so. The rest is judged by the picture: the page is painted with its text and
without it, and what changes nothing is not seen, whatever trick it is.
"""

import sys
from collections import Counter
from collections.abc import Sequence
from typing import Any

from interview_core.errors import EngineUnavailable
from interview_worker.cpu.documents import Hidden

_MIN_READABLE_SIZE = 2.5
_A4_HEIGHT = 842
_MIN_WIDTH = 0.5
_PALE = 200
_FAINT_ALPHA = 64
_CONTRAST = 24
"""Of 255: less, and two shades look the same on a screen."""
_PAINTED_PIXELS = 1200
_STROKED = 1 << 5
_MIN_GROUND_HEIGHT = 4.0

SpanDict = dict[str, Any]
Box = tuple[float, float, float, float]


def load_pymupdf() -> Any:
    """Return the library, or raise EngineUnavailable."""
    # PyMuPDF imports these where they are installed: 200 MB and half a second that reading does not need.
    for extra in ("pymupdf.layout", "pymupdf4llm"):
        sys.modules.setdefault(extra, None)  # type: ignore[arg-type]  # None makes the import fail
    try:
        import pymupdf
    except ImportError as error:
        raise EngineUnavailable("PyMuPDF is not installed; install the worker's `cpu` extra.") from error
    return pymupdf


def count_outside(page: Any, written: Sequence[SpanDict]) -> Counter[Hidden]:
    """Count the strings that lie beyond the page, or outside the part of it that is painted.

    The ordinary text extraction leaves them out; only the log of what is painted still has them.
    """
    rect = load_pymupdf().Rect
    counts: Counter[Hidden] = Counter()
    for kind, box in page.get_bboxlog():
        if not kind.endswith("-text") or (box[2] - box[0]) * (box[3] - box[1]) < 1:
            continue
        if not rect(box).intersects(page.rect):
            counts[Hidden.OFF_PAGE] += 1
        elif not any(_overlap(box, span["bbox"]) for span in written):
            counts[Hidden.CLIPPED] += 1
    return counts


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def find_hidden(page: Any, spans: Sequence[SpanDict]) -> dict[int, Hidden]:
    """Return why each hidden span cannot be seen, by the span's `id`. The page loses its text by this."""
    written = [span for span in spans if span["text"].strip()]
    smallest = _MIN_READABLE_SIZE * min(1.0, page.rect.height / _A4_HEIGHT)
    hidden = {id(span): reason for span in written if (reason := _stated(span, smallest))}
    unsure = [span for span in written if id(span) not in hidden]
    if any(_is_pale(span) for span in unsure) or _is_on_something(page, unsure):
        hidden |= _find_unseen(page, unsure)
    return hidden


def _stated(span: SpanDict, smallest: float) -> Hidden | None:
    if span["alpha"] == 0:
        return Hidden.INVISIBLE
    x0, y0, x1, y1 = span["bbox"]
    if span["size"] < smallest or (len(span["text"]) > 2 and max(x1 - x0, y1 - y0) < _MIN_WIDTH):
        return Hidden.TINY
    return None


def _is_pale(span: SpanDict) -> bool:
    return min(_rgb(span)) >= _PALE or span["alpha"] < _FAINT_ALPHA


def _rgb(span: SpanDict) -> tuple[int, int, int]:
    color = span["color"]
    return color >> 16 & 255, color >> 8 & 255, color & 255


def _is_on_something(page: Any, spans: Sequence[SpanDict]) -> bool:
    """Tell whether something is painted where text is, below it or above it."""
    grounds = [
        box
        for kind, box in page.get_bboxlog()
        if kind in ("fill-path", "fill-image", "fill-imgmask", "fill-shade") and box[3] - box[1] >= _MIN_GROUND_HEIGHT
    ]
    return any(
        box[0] <= (x0 + x1) / 2 <= box[2] and box[1] <= (y0 + y1) / 2 <= box[3]
        for box in grounds
        for x0, y0, x1, y1 in (span["bbox"] for span in spans)
    )


def _find_unseen(page: Any, spans: Sequence[SpanDict]) -> dict[int, Hidden]:
    from PIL import ImageChops

    scale = min(2.0, _PAINTED_PIXELS / max(page.rect.width, page.rect.height, 1))
    with_text = _paint(page, scale)
    page.add_redact_annot(page.rect, fill=False)
    page.apply_redactions(images=0, graphics=0, text=0)
    left = {
        _place(span)
        for block in page.get_text("dict")["blocks"]
        for line in block.get("lines", [])
        for span in line["spans"]
    }
    without_text = _paint(page, scale)
    difference: Any = ImageChops.difference(with_text, without_text)
    hidden: dict[int, Hidden] = {}
    for span in spans:
        area = _area(span, scale, with_text.size)
        if _place(span) in left or area is None:
            continue
        if _is_in_ground(span, without_text.crop(area)):
            hidden[id(span)] = Hidden.SAME_COLOR
        elif max(high for _, high in difference.crop(area).getextrema()) < _CONTRAST:
            hidden[id(span)] = Hidden.COVERED
    return hidden


def _paint(page: Any, scale: float) -> Any:
    from PIL import Image

    pymupdf = load_pymupdf()
    picture = page.get_pixmap(matrix=pymupdf.Matrix(scale, scale), alpha=False, colorspace=pymupdf.csRGB)
    return Image.frombytes("RGB", (picture.width, picture.height), bytes(picture.samples))


def _place(span: SpanDict) -> tuple[int, int]:
    return round(span["origin"][0]), round(span["origin"][1])


def _area(span: SpanDict, scale: float, size: tuple[int, int]) -> tuple[int, int, int, int] | None:
    x0, y0, x1, y1 = (round(value * scale) for value in span["bbox"])
    area = max(x0, 0), max(y0, 0), min(max(x1, x0 + 1), size[0]), min(max(y1, y0 + 1), size[1])
    return area if area[0] < area[2] and area[1] < area[3] else None


def _is_in_ground(span: SpanDict, ground: Any) -> bool:
    """Tell whether a span has the colour of its ground; an outline would show all the same."""
    if span["char_flags"] & _STROKED:
        return False
    return all(
        high - low < _CONTRAST and abs((low + high) / 2 - own) < _CONTRAST
        for own, (low, high) in zip(_rgb(span), ground.getextrema(), strict=True)
    )
