"""Lines drawn across and down a picture, as round the cells of a table. Recognition takes them for letters."""

from dataclasses import replace
from typing import TYPE_CHECKING

from interview_worker.cpu.documents import Box
from interview_worker.cpu.layout import Rule
from interview_worker.cpu.pictures import Picture

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_MIN_LENGTH_POINTS = 22
"""Longer than any stroke of a letter, shorter than the sides of a cell."""

_MAX_WIDTH_POINTS = 3
_INK = 160
_PAPER = 255
_MAX_LINES = 400
_LIGHT_GRAIN = 16
_DARKEST_PAPER = 128

Line = tuple[int, int, int, int]
"""Left, top, right and bottom, in pixels."""


def take_rules(picture: Picture) -> tuple[Picture, list[Rule]]:
    """Return the picture evenly lit and without its drawn lines, and these, in points."""
    import numpy as np

    pixels = _evenly_lit(picture)
    ink = pixels < _INK
    scale = picture.pixels_per_point
    length, width = round(_MIN_LENGTH_POINTS * scale), max(round(_MAX_WIDTH_POINTS * scale), 1)
    across = _thin_lines(_runs(ink, length), width)
    down = [(top, left, bottom, right) for left, top, right, bottom in _thin_lines(_runs(ink.T, length), width)]
    for x0, y0, x1, y1 in (*across, *down):
        # The pixels beside a line are grey from the lens.
        pixels[max(y0 - 2, 0) : y1 + 3, max(x0 - 2, 0) : x1 + 3] = _PAPER
    rules = [
        Rule(Box(*(round(value / scale, 1) for value in line)), is_across=is_across)
        for lines, is_across in ((across, True), (down, False))
        for line in lines
    ]
    return replace(picture, pixels=np.ascontiguousarray(pixels).tobytes()), rules


def _evenly_lit(picture: Picture) -> "NDArray[np.uint8]":
    """Return the pixels as if the page lay in even light, which a photographed one does not."""
    import numpy as np
    from PIL import Image, ImageFilter

    image = Image.frombytes("L", (picture.width, picture.height), picture.pixels)
    paper = image.reduce(_LIGHT_GRAIN).filter(ImageFilter.MaxFilter(9)).filter(ImageFilter.GaussianBlur(4))
    # Darker than that is no shade but a ground, and what is white on it must stay so.
    light = np.maximum(np.asarray(paper.resize(image.size, Image.Resampling.BILINEAR)), _DARKEST_PAPER)
    even: NDArray[np.uint8] = np.minimum(np.asarray(image).astype(np.uint16) * _PAPER // light, _PAPER).astype(np.uint8)
    return even


def _runs(ink: "NDArray[np.bool_]", length: int) -> "NDArray[np.bool_]":
    """Return the pixels that belong to at least `length` ones side by side."""
    import numpy as np

    found = np.zeros_like(ink)
    for number in np.flatnonzero(ink.sum(axis=1) >= length):
        edges = np.flatnonzero(np.diff(ink[number].astype(np.int8), prepend=0, append=0))
        for start, end in edges.reshape(-1, 2):
            if end - start >= length:
                found[number, start:end] = True
    return found


def _thin_lines(runs: "NDArray[np.bool_]", max_width: int) -> list[Line]:
    """Return the lines that the runs make up: runs in rows next to each other are one line, unless it is too thick."""
    import numpy as np

    lines: list[list[int]] = []
    for row in np.flatnonzero(runs.any(axis=1)).tolist():
        for start, end in (
            np.flatnonzero(np.diff(runs[row].astype(np.int8), prepend=0, append=0)).reshape(-1, 2).tolist()
        ):
            above = next((line for line in lines if line[3] >= row - 2 and line[0] < end and start < line[2]), None)
            if above is None:
                lines.append([start, row, end, row])
            else:
                above[:] = [min(above[0], start), above[1], max(above[2], end), row]
        if len(lines) > _MAX_LINES:
            return []
    return [(x0, y0, x1, y1) for x0, y0, x1, y1 in lines if y1 - y0 <= max_width]
