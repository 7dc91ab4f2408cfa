"""Pictures of pages as a good scanner would give them: evenly lit, and with their lines level."""

from dataclasses import replace
from typing import TYPE_CHECKING

from interview_worker.cpu.documents import Turn
from interview_worker.cpu.pictures import Picture

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_LIGHT_GRAIN = 16
_DARKEST_PAPER = 128
_MAX_DEGREES, _STEP = 4.0, 0.1
_WIDTH = 900
"""Pixels across of the smaller picture in which the angle is looked for."""
_INK = 140
_MIN_INK = 200
_CLEARLY = 1.02
_LEAST_DEGREES = 0.08
_PAPER = 255


def light_evenly(picture: Picture) -> Picture:
    """Return the picture as if the page lay in even light, which a photographed one does not."""
    import numpy as np
    from PIL import Image, ImageFilter

    image = Image.frombytes("L", (picture.width, picture.height), picture.pixels)
    paper = image.reduce(_LIGHT_GRAIN).filter(ImageFilter.MaxFilter(9)).filter(ImageFilter.GaussianBlur(4))
    # Darker than that is no shade but a ground, and what is white on it must stay so.
    light = np.maximum(np.asarray(paper.resize(image.size, Image.Resampling.BILINEAR)), _DARKEST_PAPER)
    even = np.minimum(np.asarray(image).astype(np.uint16) * _PAPER // light, _PAPER).astype(np.uint8)
    return replace(picture, pixels=even.tobytes())


def straighten(picture: Picture) -> tuple[Picture, Turn | None]:
    """Return the picture with its lines level, and how it was turned; None: it lay straight."""
    from PIL import Image

    degrees = _find_skew(picture)
    if abs(degrees) < _LEAST_DEGREES:
        return picture, None
    image = Image.frombytes("L", (picture.width, picture.height), picture.pixels)
    level = image.rotate(degrees, fillcolor=_PAPER, resample=Image.Resampling.BICUBIC)
    middle = (picture.width / picture.pixels_per_point / 2, picture.height / picture.pixels_per_point / 2)
    return replace(picture, pixels=level.tobytes()), Turn(round(degrees, 2), *middle)


def _find_skew(picture: Picture) -> float:
    """Return by how many degrees, anticlockwise, the picture must be turned."""
    import numpy as np
    from PIL import Image

    image = Image.frombytes("L", (picture.width, picture.height), picture.pixels)
    small = image.reduce(max(picture.width // _WIDTH, 1))
    pixels = np.asarray(small)
    rows, columns = np.nonzero(pixels < _INK)
    if len(rows) < _MIN_INK or len(rows) > pixels.size / 3:
        return 0.0
    columns = columns - pixels.shape[1] / 2
    angles = np.arange(-_MAX_DEGREES, _MAX_DEGREES + _STEP / 2, _STEP)
    levels = [_level(rows, columns, float(angle)) for angle in angles]
    best = int(np.argmax(levels))
    return float(angles[best]) if levels[best] > _CLEARLY * _level(rows, columns, 0.0) else 0.0


def _level(rows: "NDArray[np.intp]", columns: "NDArray[np.float64]", degrees: float) -> float:
    """Return how unevenly ink is spread over the rows after a turn: level lines of text give full and empty rows."""
    import numpy as np

    turned = np.rint(rows - columns * np.tan(np.radians(degrees))).astype(np.intp)
    ink = np.bincount(turned - turned.min()).astype(np.float64)
    return float(np.square(ink).sum())
