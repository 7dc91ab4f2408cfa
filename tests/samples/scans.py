"""Pictures of pages, as a scanner or a telephone makes them."""

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import pymupdf
from PIL import Image, ImageDraw, ImageFilter, ImageFont

_USUAL_FONTS = (
    "/usr/share/fonts/truetype/nanum/NanumGothic.ttf",
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
)
FONTS = (*(font for font in _USUAL_FONTS if Path(font).exists()), "the one that PyMuPDF brings")
WIDTH_POINTS, HEIGHT_POINTS = 595, 842


def draw_page(
    lines: Sequence[tuple[str, float]] | Sequence[str],
    *,
    dpi: int = 200,
    skew_degrees: float = 0,
    is_photo: bool = False,
    font: str = FONTS[0],
) -> Image.Image:
    """Return a page with these lines, each with its size in points (10.5 where it says none)."""
    scale = dpi / 72
    image = Image.new("L", (round(WIDTH_POINTS * scale), round(HEIGHT_POINTS * scale)), 255)
    pen, y = ImageDraw.Draw(image), 60 * scale
    for line in lines:
        text, size = (line, 10.5) if isinstance(line, str) else line
        pen.text((56 * scale, y), text, font=_font(font, round(size * scale)), fill=20)
        y += size * 1.75 * scale
    if skew_degrees:
        image = image.rotate(skew_degrees, expand=False, fillcolor=255, resample=Image.Resampling.BICUBIC)
    return photographed(image) if is_photo else image


def _font(name: str, size: int) -> ImageFont.FreeTypeFont:
    if name in _USUAL_FONTS:
        return ImageFont.truetype(name, size)
    return ImageFont.truetype(BytesIO(pymupdf.Font("korea").buffer), size)


def photographed(image: Image.Image) -> Image.Image:
    """Return the page under a lamp at its top left, a little out of focus."""
    shade = Image.linear_gradient("L").rotate(35, expand=True).crop((90, 90, 256, 256)).resize(image.size)
    dimmed = Image.composite(image, Image.eval(image, lambda value: value * 6 // 10), shade)
    return dimmed.filter(ImageFilter.GaussianBlur(0.6))


def to_bytes(image: Image.Image, kind: str, **save: object) -> bytes:
    out = BytesIO()
    image.save(out, kind, **save)
    return out.getvalue()


def to_pdf(images: Sequence[Image.Image], *, dpi: int = 200) -> bytes:
    """Return a PDF of pages that are pictures."""
    first, *others = images
    return to_bytes(first, "PDF", resolution=dpi, save_all=True, append_images=others)
