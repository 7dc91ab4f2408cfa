"""What an uploaded file is, by its content, and how its name may be shown."""

import codecs
import re
import unicodedata
from dataclasses import dataclass
from typing import IO
from urllib.parse import quote

from interview_api.errors import UnsupportedFile
from interview_core.errors import InvalidInput

_HEAD_BYTES = 1024
_BLOCK_BYTES = 256 * 1024
_PDF_HEADER = b"%PDF-"
_TEXT_CONTROLS = frozenset("\t\n\r\f\v")
_MAX_NAME = 255


@dataclass(frozen=True)
class FileType:
    media_type: str
    extension: str


PDF = FileType("application/pdf", "pdf")
DOCX = FileType("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx")
PNG = FileType("image/png", "png")
JPEG = FileType("image/jpeg", "jpg")
TEXT = FileType("text/plain", "txt")
JSON = FileType("application/json", "json")
"""Never found in a file that is uploaded: a résumé as JSON has a route of its own."""

# What the first bytes say goes before anything that comes later: a file may be of two kinds at once.
_PICTURES = ((b"\x89PNG\r\n\x1a\n", PNG), (b"\xff\xd8\xff", JPEG))
_ZIP = b"PK\x03\x04"
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_WORD_FOLDER = b"word/"
_ENCRYPTED_OFFICE = "EncryptedPackage".encode("utf-16-le")


def detect_type(file: IO[bytes]) -> FileType:
    """Return what the content is, whatever the name says; the file is left at its beginning.

    Raises:
        InvalidInput: EMPTY_FILE.
        UnsupportedFile: none of the kinds that are read.
    """
    file.seek(0)
    head = file.read(_HEAD_BYTES)
    if not head:
        raise InvalidInput("The file is empty.", code="EMPTY_FILE")
    found = _detect(file, head)
    file.seek(0)
    if found is None:
        raise UnsupportedFile("Upload a PDF, a Word document (DOCX), a PNG or JPEG picture, or plain text in UTF-8.")
    return found


def _detect(file: IO[bytes], head: bytes) -> FileType | None:
    if head.removeprefix(codecs.BOM_UTF8).lstrip().startswith(_PDF_HEADER):
        return PDF
    if picture := next((kind for magic, kind in _PICTURES if head.startswith(magic)), None):
        return picture
    if head.startswith(_ZIP):
        return DOCX if _contains(file, _WORD_FOLDER) else None
    if head.startswith(_OLD_OFFICE):
        # A DOCX with a password is such a file; it is taken, so that its reader can say what is wrong with it.
        return DOCX if _contains(file, _ENCRYPTED_OFFICE) else None
    if _is_text(file):
        return TEXT
    return PDF if _PDF_HEADER in head else None


def _contains(file: IO[bytes], wanted: bytes) -> bool:
    file.seek(0)
    tail = b""
    while block := file.read(_BLOCK_BYTES):
        if wanted in tail + block:
            return True
        tail = block[-len(wanted) :]
    return False


def _is_text(file: IO[bytes]) -> bool:
    file.seek(0)
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while block := file.read(_BLOCK_BYTES):
            if _has_controls(decoder.decode(block)):
                return False
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _has_controls(text: str) -> bool:
    return any(letter < " " and letter not in _TEXT_CONTROLS for letter in set(text))


def display_name(filename: str | None, file_type: FileType) -> str:
    """Return a name that is safe to show: no folders, no control or direction characters, at most 255 characters."""
    base = (filename or "").replace("\\", "/").rpartition("/")[2]
    shown = "".join(letter for letter in unicodedata.normalize("NFC", base) if _is_visible(letter)).strip(" .")
    if len(shown) > _MAX_NAME:
        stem, dot, extension = shown.rpartition(".")
        kept = f"{dot}{extension}" if stem and len(extension) <= 10 else ""
        shown = shown[: _MAX_NAME - len(kept)] + kept
    return shown or f"resume.{file_type.extension}"


def _is_visible(letter: str) -> bool:
    return letter == " " or unicodedata.category(letter)[0] not in "CZ"


def content_disposition(filename: str) -> str:
    """Return the header that saves the file under its name and never shows it inside the page."""
    plain = re.sub(r"[^A-Za-z0-9._ -]", "_", filename)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(filename, safe='')}"
