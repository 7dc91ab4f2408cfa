"""Where the lines of text in a picture are, and the same lines one below the other at one size.

Recognition finds its way best through one column of lines of one size. A résumé has columns, tables and headings,
in which it loses short lines or reads two as one. So each is cut out and put where it cannot be mistaken.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from interview_worker.cpu.documents import Box
from interview_worker.cpu.pictures import Picture

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_INK = 150
_PAPER = 255
_GUTTER_POINTS = 9.0
"""Blank from top to bottom, so wide that what stands left and right of it is no line."""
_GAP_HEIGHTS = 1.6
"""A gap within a line, in heights of the line, that divides it."""
_ONE_LINE_POINTS = 26.0
_SPECK_POINTS = 2.6
_TOUCHING, _NEAR = 0.09, 0.22
"""Gaps, in heights, between the parts of one line of letters: always, and where one is small or both are no more."""
_PART, _TALL = 0.55, 1.3
_MAX_DEPTH = 12
_LETTER_PIXELS = 42
_LARGE = 1.4
_MARGIN = 48
_MAX_REGIONS = 600


@dataclass(frozen=True)
class Region:
    """A line of text, or a part of it, in pixels of the page's picture."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def height(self) -> int:
        return self.bottom - self.top


@dataclass(frozen=True)
class Place:
    """Where a region went in the picture of all lines."""

    region: Region
    top: int
    bottom: int
    scale: float

    def back(self, box: Box) -> Box:
        """Return where in the page's picture something stands that was found in the picture of all lines."""
        return Box(
            self.region.left + (box.x0 - _MARGIN) / self.scale,
            self.region.top + (box.y0 - self.top) / self.scale,
            self.region.left + (box.x1 - _MARGIN) / self.scale,
            self.region.top + (box.y1 - self.top) / self.scale,
        )


@dataclass(frozen=True)
class Stack:
    picture: Picture
    places: tuple[Place, ...]

    def place_of(self, box: Box) -> Place | None:
        """Return the place that holds the middle of a box."""
        return next((place for place in self.places if place.top - _MARGIN / 2 <= box.middle <= place.bottom), None)


def find_regions(picture: Picture) -> list[Region]:
    """Return the lines of an evenly lit picture that lies level and has no drawn lines, from top to bottom."""
    import numpy as np

    pixels = np.frombuffer(picture.pixels, np.uint8).reshape(picture.height, picture.width)
    cutter = _Cutter(pixels < _INK, picture.pixels_per_point)
    whole = Region(0, 0, picture.width, picture.height)
    return sorted(cutter.cut(whole), key=lambda region: (region.top, region.left))[:_MAX_REGIONS]


class _Cutter:
    """Cuts a page along its blank rows and columns, again and again, until only lines are left."""

    def __init__(self, ink: "NDArray[np.bool_]", scale: float) -> None:
        self._ink = ink
        self._scale = scale

    def cut(self, region: Region, depth: int = 0) -> Iterator[Region]:
        bands = list(self._bands(region))
        for band in bands:
            parts = list(self._parts(band))
            if depth < _MAX_DEPTH and len(parts) > 1:
                for part in parts:
                    yield from self.cut(part, depth + 1)
            else:
                yield from (part for part in parts if self._has_letters(part))

    def _bands(self, region: Region) -> Iterator[Region]:
        import numpy as np

        inside = self._ink[region.top : region.bottom, region.left : region.right]
        for top, bottom in _whole_lines(_runs(np.asarray(inside.any(axis=1)), 1)):
            yield Region(region.left, region.top + top, region.right, region.top + bottom)

    def _parts(self, band: Region) -> Iterator[Region]:
        import numpy as np

        inside = self._ink[band.top : band.bottom, band.left : band.right]
        is_line = self._is_line(band)
        gap = _GAP_HEIGHTS * band.height if is_line else _GUTTER_POINTS * self._scale
        for left, right in _runs(np.asarray(inside.any(axis=0)), max(round(gap), round(_GUTTER_POINTS * self._scale))):
            yield Region(band.left + left, band.top, band.left + right, band.bottom)

    def _is_line(self, band: Region) -> bool:
        return band.height <= _ONE_LINE_POINTS * self._scale

    def _has_letters(self, part: Region) -> bool:
        least = _SPECK_POINTS * self._scale
        return part.height >= least and part.right - part.left >= least / 2


def _whole_lines(bands: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the bands with parts of letters joined to their lines: under 하 and over 오 there may be blank rows."""
    lines: list[tuple[int, int]] = []
    usual = sorted(bottom - top for top, bottom in bands)[len(bands) // 2] if bands else 0
    for band in bands:
        if lines and _are_one(lines[-1], band, usual):
            lines[-1] = (lines[-1][0], band[1])
        else:
            lines.append(band)
    return lines


def _are_one(upper: tuple[int, int], lower: tuple[int, int], usual: int) -> bool:
    heights = (upper[1] - upper[0], lower[1] - lower[0])
    gap = (lower[0] - upper[1]) / max(heights)
    is_part = min(heights) < _PART * max(heights) or lower[1] - upper[0] <= _TALL * usual
    return gap <= _TOUCHING or (gap <= _NEAR and is_part)


def _runs(marks: "NDArray[np.bool_]", gap: int) -> list[tuple[int, int]]:
    """Return where marks begin and end; those with less than `gap` between them are one."""
    import numpy as np

    places = np.flatnonzero(marks)
    if not len(places):
        return []
    breaks = np.flatnonzero(np.diff(places) > gap)
    starts = [int(places[0]), *(int(places[at + 1]) for at in breaks)]
    ends = [*(int(places[at]) + 1 for at in breaks), int(places[-1]) + 1]
    return list(zip(starts, ends, strict=True))


def stack_regions(picture: Picture, regions: Sequence[Region]) -> Stack:
    """Return a picture of the regions, one below the other, their letters of about one size."""
    from PIL import Image

    page = Image.frombytes("L", (picture.width, picture.height), picture.pixels)
    usual = sorted(region.height for region in regions)[len(regions) // 2]
    cut: list[tuple[Image.Image, Place]] = []
    top = _MARGIN
    for region in regions:
        scale = _LETTER_PIXELS / usual / max(1.0, region.height / usual / _LARGE)
        size = max(round((region.right - region.left) * scale), 1), max(round(region.height * scale), 1)
        piece = page.crop((region.left, region.top, region.right, region.bottom))
        place = Place(region, top, top + size[1], scale)
        cut.append((piece.resize(size, Image.Resampling.LANCZOS), place))
        top = place.bottom + _MARGIN
    width = max(piece.width for piece, _ in cut) + 2 * _MARGIN
    whole = Image.new("L", (width, top), _PAPER)
    for piece, place in cut:
        whole.paste(piece, (_MARGIN, place.top))
    stacked = replace(picture, width=width, height=top, pixels=whole.tobytes())
    return Stack(stacked, tuple(place for _, place in cut))
