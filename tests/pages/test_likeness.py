"""What counts as another look of a page, and what does not."""

import io
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image, ImageDraw

from tests.pages.likeness import difference, reduced

Draw = Callable[[ImageDraw.ImageDraw], None]


def page(draw: Draw = lambda _: None, *, height: int = 844, button: str = "#1d6f7c", top: int = 300) -> Image.Image:
    """A page with some lines of writing and a button, as it is compared."""
    picture = Image.new("RGB", (390, height), "#fbfcfc")
    pen = ImageDraw.Draw(picture)
    for line in range(5):
        pen.rectangle((20, 80 + 30 * line, 340, 84 + 30 * line), fill="#1b2326")
    pen.rounded_rectangle((20, top, 140, top + 42), 8, fill=button)
    draw(pen)
    return seen(picture)


def seen(picture: Image.Image) -> Image.Image:
    file = io.BytesIO()
    picture.save(file, "png")
    return reduced(file.getvalue())


@pytest.mark.parametrize(
    "changed",
    [
        page(button="#7c1d3a"),
        page(top=312),
        page(lambda pen: pen.rectangle((20, 230, 240, 234), fill="#1b2326")),
        page(height=880),
    ],
    ids=["another colour", "twelve pixels lower", "a line more", "a longer page"],
)
def test_a_change_that_somebody_sees_is_found(changed: Image.Image) -> None:
    assert difference(changed, page()) is not None


def test_letters_that_are_smoothed_otherwise_are_alike() -> None:
    plain = Image.new("RGB", (390, 844), "#fbfcfc")
    pen = ImageDraw.Draw(plain)
    for line in range(20):
        for letter in range(30):
            pen.rectangle((20 + 11 * letter, 80 + 30 * line, 25 + 11 * letter, 92 + 30 * line), fill="#1b2326")
    noise = np.random.default_rng(7).integers(-12, 13, (844, 390, 3))
    other = Image.fromarray(np.clip(np.asarray(plain, np.int16) + noise, 0, 255).astype(np.uint8))
    assert difference(seen(other), seen(plain)) is None
