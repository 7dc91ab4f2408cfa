"""Whether a page looks as it did: its picture, reduced until letters are grey, beside one that was kept."""

import io
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

CELL_PX = 10
"""A cell is the mean of so many pixels each way: wider than a stem, so how letters are smoothed does not show."""

DIFFERENCE = 16
"""Two cells differ when a colour does by more than this, of 255."""

MOST_CELLS = 0.002
"""The share of cells that may differ; a button's colour, a line more or a block elsewhere are many more."""

_FEWEST_CELLS = 2
_MOST_ROWS = 1
# Fewer shades make a kept picture a third as large and lose nothing that is compared.
_SHADES = 4


def reduced(png: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(png)).convert("RGB").reduce(CELL_PX)
    return picture.point(lambda value: min(255, round(value / _SHADES) * _SHADES))


def difference(now: Image.Image, kept: Image.Image) -> str | None:
    """Return what differs in words, None where the pictures are alike."""
    if now.width != kept.width or abs(now.height - kept.height) > _MOST_ROWS:
        return f"it is {now.width}×{now.height} cells and was {kept.width}×{kept.height}"
    marked = _differing(now, kept)
    allowed = max(_FEWEST_CELLS, int(marked.size * MOST_CELLS))
    if (count := int(marked.sum())) <= allowed:
        return None
    rows, columns = np.nonzero(marked)
    return (
        f"{count} of {marked.size} cells differ ({allowed} may), between "
        f"({columns.min() * CELL_PX}, {rows.min() * CELL_PX}) and "
        f"({(columns.max() + 1) * CELL_PX}, {(rows.max() + 1) * CELL_PX}) px"
    )


def save_comparison(folder: Path, name: str, png: bytes, kept: Image.Image | None) -> None:
    """Put the picture, the kept one at its size, and where they differ in red, where somebody can look at them."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}-now.png").write_bytes(png)
    if kept is None:
        return
    kept.resize((kept.width * CELL_PX, kept.height * CELL_PX), Image.Resampling.NEAREST).save(
        folder / f"{name}-kept.png"
    )
    full = Image.open(io.BytesIO(png)).convert("RGB")
    now = reduced(png)
    marked = Image.fromarray(_differing(now, kept).astype(np.uint8) * 160)
    shade = Image.new("L", now.size, 0)
    shade.paste(marked, (0, 0))
    red = Image.new("RGB", full.size, "red")
    full.paste(red, (0, 0), shade.resize(full.size, Image.Resampling.NEAREST))
    full.save(folder / f"{name}-difference.png")


def _differing(now: Image.Image, kept: Image.Image) -> NDArray[np.bool_]:
    height, width = min(now.height, kept.height), min(now.width, kept.width)
    one, other = (np.asarray(picture, np.int16)[:height, :width] for picture in (now, kept))
    return np.abs(one - other).max(axis=2) > DIFFERENCE
