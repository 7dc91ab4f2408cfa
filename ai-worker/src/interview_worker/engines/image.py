"""Pillow, which opens pictures: a résumé as PNG or JPEG is one page that must be recognised."""

from io import BytesIO
from typing import TYPE_CHECKING

from interview_core.errors import EngineUnavailable
from interview_worker.cpu.documents import Document, DocumentRefused, Refusal
from interview_worker.cpu.pictures import MAX_PIXELS, MAX_READ_PIXELS, Picture, RecognizeText, ScanFound

if TYPE_CHECKING:
    from PIL.Image import Image as PillowImage

_PAGE_WIDTH_POINTS = 595.0
"""Pictures are taken for a page of A4, whatever resolution they claim."""


def read_image(content: bytes, recognize: RecognizeText | None) -> Document:
    """Read the text in a picture.

    Raises:
        DocumentRefused: damaged, cut off, or with more pixels than are unpacked.
        ScanFound: the picture is sound, and there is no `recognize`.
        EngineUnavailable: Pillow is not installed.
    """
    picture = _open(content)
    if recognize is None:
        raise ScanFound
    return Document(1, tuple(recognize(picture).lay_out(1)), scanned_pages=(1,))


def _open(content: bytes) -> Picture:
    try:
        from PIL import Image, ImageOps
    except ImportError as error:
        raise EngineUnavailable("Pillow is not installed; install the worker's `cpu` extra.") from error
    Image.MAX_IMAGE_PIXELS = None  # ours is smaller, and refuses instead of warning
    try:
        with Image.open(BytesIO(content), formats=("PNG", "JPEG")) as image:
            if image.width * image.height > MAX_PIXELS:
                raise DocumentRefused(Refusal.TOO_LARGE)
            shrink = min(1.0, (MAX_READ_PIXELS / (image.width * image.height)) ** 0.5)
            target = round(image.width * shrink), round(image.height * shrink)
            image.draft("L", target)
            upright = ImageOps.exif_transpose(image)
            grey = _on_white(upright)
            grey.thumbnail((max(target), max(target)))
    except (OSError, ValueError, SyntaxError, LookupError, TypeError, ZeroDivisionError, OverflowError):
        # Pillow's decoders have no error of their own.
        raise DocumentRefused(Refusal.DAMAGED) from None
    return Picture(grey.width, grey.height, grey.tobytes(), grey.width / _PAGE_WIDTH_POINTS)


def _on_white(image: "PillowImage") -> "PillowImage":
    """Return the picture in grey, as it looks on white paper: what is transparent would turn black."""
    from PIL import Image

    if not image.has_transparency_data:
        return image.convert("L")
    colored = image.convert("LA")
    paper = Image.new("L", colored.size, 255)
    paper.paste(colored.getchannel("L"), mask=colored.getchannel("A"))
    return paper
