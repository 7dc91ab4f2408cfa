"""Résumés of common shapes with what stands in them, written by hand, and their drawing as PDF pages.

A file in `resumes/` holds the text, the shape in which it is drawn, and the expected profile. Those in `held_out/` are
not looked at while the rules are changed, so that the figures for them say what to expect of other people's résumés.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pymupdf
import yaml

FOLDER = Path(__file__).parent / "resumes"

Shape = Literal["free", "word", "latex", "two_column", "table"]

_WIDTH, _HEIGHT, _MARGIN = 595, 842, 50
_SIDEBAR = 165


@dataclass(frozen=True)
class Sample:
    name: str
    shape: Shape
    body: str
    """Lines; `# ` begins a heading, ` >> ` what stands at the right edge, ` || ` divides cells, `===` columns."""
    gold: dict[str, Any]
    is_resume: bool
    is_held_out: bool
    file: Path | None = None
    """The document itself, where it is not drawn from `body`."""
    make: Callable[["Sample"], bytes] | None = None
    """What makes the document; a PDF is drawn where it is not said."""

    def content(self) -> bytes:
        return self.file.read_bytes() if self.file else (self.make or draw_pdf)(self)


def load_samples(folder: Path = FOLDER) -> list[Sample]:
    """Return the samples of a folder, those of its `held_out` folder too.

    Beside `NAME.yaml`, which then needs no more than `gold`, a document of that name may stand, such as `NAME.pdf`.
    """
    return [_load(path) for path in sorted(folder.rglob("*.yaml"))]


def _load(path: Path) -> Sample:
    content = yaml.safe_load(path.read_text("utf-8"))
    return Sample(
        path.stem,
        content.get("shape", "free"),
        content.get("body", ""),
        content["gold"],
        content.get("is_resume", True),
        path.parent.name == "held_out",
        next((other for other in sorted(path.parent.glob(f"{path.stem}.*")) if other != path), None),
    )


def draw_pdf(sample: Sample) -> bytes:
    """Return the sample as a PDF in its shape."""
    drawing = _Drawing(sample.shape)
    first, divider, second = sample.body.partition("\n===\n")
    if divider:
        drawing.column(first, _MARGIN, _MARGIN + _SIDEBAR)
        drawing.column(second, _MARGIN + _SIDEBAR + 25, _WIDTH - _MARGIN)
    else:
        drawing.column(first, _MARGIN, _WIDTH - _MARGIN)
    content: bytes = drawing.document.tobytes(garbage=4, deflate=True)
    return content


class _Drawing:
    def __init__(self, shape: Shape) -> None:
        self.document = pymupdf.open()
        self._shape = shape
        self._page = self.document.new_page(width=_WIDTH, height=_HEIGHT)
        self._y = 0.0

    def column(self, text: str, left: float, right: float) -> None:
        self._y = 60.0
        for number, line in enumerate(text.splitlines()):
            if self._y > _HEIGHT - 60:
                self._page = self.document.new_page(width=_WIDTH, height=_HEIGHT)
                self._y = 60.0
            self._line(line, left, right, is_first=number == 0)

    def _line(self, line: str, left: float, right: float, *, is_first: bool) -> None:
        if not line.strip():
            self._y += 8
        elif line.startswith("# "):
            self._heading(line[2:], left, right)
        elif " || " in line:
            self._row(line.split(" || "), left, right)
        elif " >> " in line:
            start, _, end = line.partition(" >> ")
            size = 10.5
            is_bold = self._shape != "free"
            top, edge = self._y, right - _length(end, size, is_bold=False)
            self._wrapped(start, left, edge - 20, size, is_bold=is_bold)
            below, self._y = self._y, top
            self._write(end, edge, size, is_bold=False)
            self._y = below
        else:
            size = 20.0 if is_first and self._shape != "free" and "||" not in line else 10.5
            self._wrapped(line, left, right, size, is_bold=False)

    def _heading(self, text: str, left: float, right: float) -> None:
        self._y += 8
        size = 10.5 if self._shape == "free" else 13.0
        self._wrapped(text, left, right, size, is_bold=self._shape != "free")
        if self._shape in ("latex", "word"):
            self._page.draw_line((left, self._y - 12), (right, self._y - 12), width=0.6)
        self._y += 3

    def _row(self, cells: list[str], left: float, right: float) -> None:
        """A row of a table with its lines; a cell's text is broken within its column."""
        width = (right - left) / len(cells)
        top, bottom = self._y - 11, self._y
        for number, cell in enumerate(cells):
            self._y = top + 11
            self._wrapped(cell, left + number * width + 4, left + (number + 1) * width - 4, 9.5, is_bold=False)
            bottom = max(bottom, self._y)
        for number in range(len(cells)):
            box = (left + number * width, top - 2, left + (number + 1) * width, bottom - 9)
            self._page.draw_rect(pymupdf.Rect(*box), width=0.5)
        self._y = bottom + 3

    def _wrapped(self, text: str, left: float, right: float, size: float, *, is_bold: bool) -> None:
        hanging = 10 if re.match(r"[•·*-] ", text) else 0
        for number, line in enumerate(_wrap(text, size, is_bold, right - left - hanging)):
            self._write(line, left + (hanging if number else 0), size, is_bold=is_bold)
            self._y += size * 1.5

    def _write(self, text: str, x: float, size: float, *, is_bold: bool) -> None:
        for run, font in _runs(text, is_bold):
            self._page.insert_text((x, self._y), run, fontname=font, fontsize=size)
            x += _width(run, font, size)


def _runs(text: str, is_bold: bool) -> list[tuple[str, str]]:
    latin = "hebo" if is_bold else "helv"
    return [(run, latin if run < "\u0250" else "korea") for run in re.findall(r"[\x00-\u024f]+|[^\x00-\u024f]+", text)]


def _width(run: str, font: str, size: float) -> float:
    return len(run) * size if font == "korea" else float(pymupdf.get_text_length(run, font, size))


def _length(text: str, size: float, *, is_bold: bool) -> float:
    return sum(_width(run, font, size) for run, font in _runs(text, is_bold))


def _wrap(text: str, size: float, is_bold: bool, width: float) -> list[str]:
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines[-1] else word
        if not lines[-1] or _length(longer, size, is_bold=is_bold) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines
