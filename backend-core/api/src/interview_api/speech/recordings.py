"""What kind of recording an uploaded file is, by its content."""

from typing import IO

from interview_api.errors import UnsupportedFile
from interview_core.errors import InvalidInput

_HEAD_BYTES = 16
_WEBM = b"\x1aE\xdf\xa3"


def detect_extension(file: IO[bytes]) -> str:
    """Return webm, wav or m4a; the file is left at its beginning.

    Raises:
        InvalidInput: EMPTY_FILE.
        UnsupportedFile: none of these; so is a recording whose beginning is missing.
    """
    file.seek(0)
    head = file.read(_HEAD_BYTES)
    file.seek(0)
    if not head:
        raise InvalidInput("The recording is empty; record it again.", code="EMPTY_FILE")
    if head.startswith(_WEBM):
        return "webm"
    if head.startswith(b"RIFF") and head[8:12] == b"WAVE":
        return "wav"
    if head[4:8] == b"ftyp":
        return "m4a"
    raise UnsupportedFile("Send a whole recording as WebM, WAV or M4A.", code="UNSUPPORTED_FILE_TYPE")
