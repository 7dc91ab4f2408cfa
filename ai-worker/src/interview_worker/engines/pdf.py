"""PyMuPDF, which reads PDF files. It can hang or take all memory on a bad file, so only the reading child loads it."""

import sys
from collections.abc import Callable, Iterator
from typing import Any

from interview_core.errors import EngineUnavailable
from interview_worker.cpu.documents import (
    MAX_PAGES,
    Box,
    Document,
    DocumentRefused,
    Line,
    Refusal,
    Span,
    clean_text,
    make_line,
)

_MIN_READABLE_SIZE = 1.5
_NEARLY_WHITE = 230
_VISIBLE_CONTRAST = 24
_RENDER_PIXELS = 1000
_BOLD = 1 << 4


def read_pdf(content: bytes) -> Document:
    """Read the text that a human reader of the file would see.

    Raises:
        DocumentRefused: encrypted, damaged, cut off, too many pages or too large.
        EngineUnavailable: PyMuPDF is not installed.
    """
    pymupdf = _load()
    try:
        with pymupdf.open(stream=content, filetype="pdf") as document:
            _check(document, content)
            return _read(document)
    except (RuntimeError, ValueError, pymupdf.mupdf.FzErrorBase) as error:
        raise DocumentRefused(_reason(error)) from None


def _load() -> Any:
    # PyMuPDF imports these where they are installed: 200 MB and half a second that reading does not need.
    for extra in ("pymupdf.layout", "pymupdf4llm"):
        sys.modules.setdefault(extra, None)  # type: ignore[arg-type]  # None makes the import fail
    try:
        import pymupdf
    except ImportError as error:
        raise EngineUnavailable("PyMuPDF is not installed; install the worker's `cpu` extra.") from error
    return pymupdf


def _check(document: Any, content: bytes) -> None:
    if document.needs_pass:
        raise DocumentRefused(Refusal.ENCRYPTED)
    # MuPDF mends what it can; of a file that was cut off, half a résumé would pass for a whole one.
    if document.page_count == 0 or (document.is_repaired and b"%%EOF" not in content[-2048:]):
        raise DocumentRefused(Refusal.DAMAGED)
    if document.page_count > MAX_PAGES:
        raise DocumentRefused(Refusal.TOO_MANY_PAGES)


def _reason(error: Exception) -> Refusal:
    return Refusal.TOO_LARGE if "alloc" in str(error) else Refusal.DAMAGED


def _read(document: Any) -> Document:
    lines: list[Line] = []
    hidden_spans = 0
    for number, page in enumerate(document, start=1):
        blocks = _spans_by_block(page)
        hidden = _find_hidden(page, [span for block in blocks for row in block for span in row])
        hidden_spans += len(hidden) + _count_off_page(page)
        for block in blocks:
            visible = [[span for span in row if id(span) not in hidden] for row in block]
            lines.extend(_rows(number, [row for row in visible if row]))
    return Document(document.page_count, tuple(lines), hidden_spans)


def _spans_by_block(page: Any) -> list[list[list[dict[str, Any]]]]:
    pymupdf = _load()
    flags = pymupdf.TEXT_PRESERVE_WHITESPACE | pymupdf.TEXT_IGNORE_ACTUALTEXT | pymupdf.TEXT_MEDIABOX_CLIP
    blocks = page.get_text("dict", flags=flags)["blocks"]
    return [[line["spans"] for line in block.get("lines", [])] for block in blocks]


def _find_hidden(page: Any, spans: list[dict[str, Any]]) -> set[int]:
    written = [span for span in spans if span["text"].strip()]
    hidden = {id(span) for span in written if span["alpha"] == 0 or span["size"] < _MIN_READABLE_SIZE}
    pale = [span for span in written if id(span) not in hidden and _is_pale(span["color"])]
    if pale:
        contrast = _render(page)
        hidden |= {id(span) for span in pale if contrast(span["bbox"]) < _VISIBLE_CONTRAST}
    return hidden


def _is_pale(color: int) -> bool:
    return min(color >> 16 & 255, color >> 8 & 255, color & 255) >= _NEARLY_WHITE


def _render(page: Any) -> Callable[[tuple[float, float, float, float]], int]:
    """Return a function from a box to the contrast within it, since white text is readable on a dark ground."""
    pymupdf = _load()
    scale = min(2.0, _RENDER_PIXELS / max(page.rect.width, page.rect.height, 1))
    picture = page.get_pixmap(matrix=pymupdf.Matrix(scale, scale), alpha=False, colorspace=pymupdf.csGRAY)
    pixels, stride = bytes(picture.samples), picture.stride

    def contrast(box: tuple[float, float, float, float]) -> int:
        x0, y0, x1, y1 = (max(0, round(value * scale)) for value in box)
        rows = (
            pixels[y * stride + x0 : y * stride + min(x1, picture.width)] for y in range(y0, min(y1, picture.height))
        )
        inside = b"".join(rows)
        return max(inside) - min(inside) if inside else 0

    return contrast


def _count_off_page(page: Any) -> int:
    # The ordinary text extraction leaves out what lies beyond the page; only the trace still has it.
    rect = _load().Rect
    return sum(not rect(trace["bbox"]).intersects(page.rect) for trace in page.get_texttrace())


def _rows(page: int, lines: list[list[dict[str, Any]]]) -> Iterator[Line]:
    """Join what stands side by side in a block: MuPDF makes a line of each cell of a table."""
    row: list[dict[str, Any]] = []
    for line in lines:
        if row and not _continues(row[-1], line[0]):
            yield from _line(page, row)
            row = []
        row = [*row, *line]
    yield from _line(page, row)


def _continues(left: dict[str, Any], right: dict[str, Any]) -> bool:
    _, top, end, bottom = left["bbox"]
    start, other_top, _, other_bottom = right["bbox"]
    overlap = min(bottom, other_bottom) - max(top, other_top)
    return bool(start >= end - 1 and overlap > 0.6 * min(bottom - top, other_bottom - other_top))


def _line(page: int, spans: list[dict[str, Any]]) -> Iterator[Line]:
    line = make_line(page, [_span(span) for span in spans])
    if line.text:
        yield line


def _span(span: dict[str, Any]) -> Span:
    box = Box(*(round(value, 1) for value in span["bbox"]))
    return Span(clean_text(span["text"]), box, round(span["size"], 1), bool(span["flags"] & _BOLD))
