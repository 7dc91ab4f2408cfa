"""Lines drawn across and down a picture, as round the cells of a table. Recognition takes them for letters."""

from collections.abc import Sequence
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

_SIDE_POINTS, _APART_POINTS = 11, 3.2
"""The side of a cell with one line of text is no longer than a tall letter, but has room beside it."""

_MAX_WIDTH_POINTS = 3
_INK = 160
_PAPER = 255
_MAX_LINES = 400

Line = tuple[int, int, int, int]
"""Left, top, right and bottom, in pixels."""


def take_rules(picture: Picture) -> tuple[Picture, list[Rule]]:
    """Return an evenly lit picture without its drawn lines, and these, in points."""
    import numpy as np

    pixels = np.frombuffer(picture.pixels, np.uint8).reshape(picture.height, picture.width).copy()
    ink = pixels < _INK
    scale = picture.pixels_per_point
    length, width = round(_MIN_LENGTH_POINTS * scale), max(round(_MAX_WIDTH_POINTS * scale), 1)
    across = _thin_lines(_runs(ink, length), width)
    down = [_upright(line) for line in _thin_lines(_runs(ink.T, length), width)]
    short = [_upright(line) for line in _thin_lines(_runs(ink.T, round(_SIDE_POINTS * scale)), width)]
    apart = round(_APART_POINTS * scale)
    down += [line for line in short if _is_side(line, across, apart) and _stands_alone(ink, line, apart)]
    for x0, y0, x1, y1 in (*across, *down):
        # The pixels beside a line are grey from the lens.
        pixels[max(y0 - 2, 0) : y1 + 3, max(x0 - 2, 0) : x1 + 3] = _PAPER
    rules = [
        Rule(Box(*(round(value / scale, 1) for value in line)), is_across=is_across)
        for lines, is_across in ((across, True), (down, False))
        for line in lines
    ]
    return replace(picture, pixels=np.ascontiguousarray(pixels).tobytes()), rules


def _upright(line: Line) -> Line:
    """Return a line that was found in the picture's mirror image where it stands in the picture."""
    left, top, right, bottom = line
    return top, left, bottom, right


def _is_side(line: Line, across: Sequence[Line], near: int) -> bool:
    """Tell whether a short upright line goes from one line across to another, as the side of a cell does."""
    x0, y0, x1, y1 = line
    beside = [rule for rule in across if rule[0] - near <= x1 and x0 <= rule[2] + near]
    return all(any(abs(rule[1] - end) <= near for rule in beside) for end in (y0, y1))


def _stands_alone(ink: "NDArray[np.bool_]", line: Line, apart: int) -> bool:
    """Tell whether nothing is beside a short upright line, as beside the stroke of a letter in its word."""
    x0, y0, x1, y1 = line
    edge = max((y1 - y0) // 6, 1)  # at its ends lines across may touch it
    rows = ink[y0 + edge : y1 - edge]
    return not rows[:, max(x0 - apart, 0) : max(x0 - 1, 0)].any() and not rows[:, x1 + 3 : x1 + apart].any()


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
