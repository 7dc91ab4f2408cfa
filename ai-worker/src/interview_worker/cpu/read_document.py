"""The child process that opens one candidate's file: the file on stdin, one JSON object on stdout, then it ends.

It limits itself before it looks at the file, so that even an orphan ends by itself. `document_reader` starts it: first
for text, and once more, with `RECOGNIZE` and more time, for a file that holds pictures of pages.
"""

import codecs
import json
import os
import re
import resource
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass

from interview_core.errors import EngineUnavailable
from interview_worker.cpu.documents import (
    MAX_BYTES,
    Document,
    DocumentRefused,
    Hidden,
    Refusal,
    Span,
    check_document,
    clean_text,
    holds_smuggled_text,
    make_line,
    to_message,
)
from interview_worker.cpu.pictures import RecognizeText, ScanFound
from interview_worker.engines.docx import read_docx
from interview_worker.engines.image import read_image
from interview_worker.engines.pdf import read_pdf
from interview_worker.engines.tesseract import Tesseract, find_tesseract


@dataclass(frozen=True)
class Limits:
    """What one reading child may use; the time is that of the whole file, the rest that of each of its processes."""

    wall_s: float
    cpu_s: int
    memory_bytes: int = 512 * 1024 * 1024


TEXT_LIMITS = Limits(wall_s=10, cpu_s=5)
SCAN_LIMITS = Limits(wall_s=90, cpu_s=20)
RECOGNIZE = "recognize"
ENGINE_UNAVAILABLE = "engine_unavailable"
SCAN_FOUND = "scan_found"

_NICENESS = 5
_ORPHAN_S = 1
"""The worker ends its child in time; the child's own alarm is for a worker that is gone."""

_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_OFFICE = "EncryptedPackage".encode("utf-16-le")
_ENCODINGS = ("utf-8-sig", "cp949")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")


def limit_resources(limits: Limits) -> None:
    """Let the system end this process when it takes too long, even while a library holds the interpreter's lock."""
    resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu_s, limits.cpu_s + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.setitimer(signal.ITIMER_REAL, limits.wall_s + _ORPHAN_S)
    os.nice(_NICENESS)  # what somebody waits for at the screen goes first
    if sys.platform != "darwin":  # macOS knows the limit and refuses to set it
        resource.setrlimit(resource.RLIMIT_AS, (limits.memory_bytes, limits.memory_bytes))


def read_document(content: bytes, recognize: RecognizeText | None = None) -> Document:
    """Read a file of any of the kinds; which it is, its content says, never its name.

    Raises:
        DocumentRefused: with the reason.
        ScanFound: a page is a picture, and there is no `recognize`.
        EngineUnavailable: the library for this kind of file is not installed.
    """
    if len(content) > MAX_BYTES:
        raise DocumentRefused(Refusal.TOO_LARGE)
    return check_document(_reader_of(content)(content, recognize))


def _reader_of(content: bytes) -> Callable[[bytes, RecognizeText | None], Document]:
    """Return what reads the content. A file that is of two kinds at once is what its first bytes say."""
    head = content[:1024]
    if _starts_as_pdf(head):
        return read_pdf
    if head.startswith(b"PK\x03\x04"):
        return lambda content, _: read_docx(content)
    if head.startswith((b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")):
        return read_image
    if head.startswith(_OLD_OFFICE):
        raise DocumentRefused(Refusal.ENCRYPTED if _ENCRYPTED_OFFICE in content else Refusal.UNSUPPORTED)
    if b"%PDF-" in head and not _is_text(head):
        return read_pdf
    return lambda content, _: read_plain_text(content)


def _starts_as_pdf(head: bytes) -> bool:
    return head.removeprefix(codecs.BOM_UTF8).lstrip().startswith(b"%PDF-")


def _is_text(head: bytes) -> bool:
    return _CONTROL.search(head.decode("latin-1")) is None


def read_plain_text(content: bytes) -> Document:
    """Read text in UTF-8, UTF-16 with a byte order mark, or CP949; form feeds divide pages."""
    pages = _decode(content).split("\f")
    lines = tuple(
        make_line(number, [Span(clean_text(line))])
        for number, page in enumerate(pages, start=1)
        for line in page.splitlines()
        if line.strip()
    )
    smuggled = sum(holds_smuggled_text(line) for page in pages for line in page.splitlines())
    return Document(len(pages), lines, {Hidden.INVISIBLE: smuggled} if smuggled else {})


def _decode(content: bytes) -> str:
    encodings = ("utf-16",) if content.startswith((b"\xff\xfe", b"\xfe\xff")) else _ENCODINGS
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not _CONTROL.search(text):
            return text
    raise DocumentRefused(Refusal.DAMAGED)


def _recognizer(*, is_wanted: bool) -> RecognizeText | None:
    if not is_wanted:
        return None
    program = find_tesseract()
    if program is None:
        raise DocumentRefused(Refusal.OCR_MISSING)
    return Tesseract(program).recognize


def answer(content: bytes, *, with_recognition: bool = False) -> dict[str, object]:
    """Return what the child says about a file: a document, or why there is none."""
    try:
        return {"document": to_message(read_document(content, _recognizer(is_wanted=with_recognition)))}
    except DocumentRefused as error:
        return {"refusal": error.refusal.value}
    except ScanFound:
        return {"refusal": SCAN_FOUND}
    except EngineUnavailable:
        return {"refusal": ENGINE_UNAVAILABLE}
    except MemoryError:
        return {"refusal": Refusal.TOO_LARGE.value}


def main() -> None:
    with_recognition = RECOGNIZE in sys.argv[1:]
    limit_resources(SCAN_LIMITS if with_recognition else TEXT_LIMITS)
    # Whatever a library prints goes nowhere; only the answer reaches the pipe.
    answer_pipe = os.dup(1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    said = answer(sys.stdin.buffer.read(MAX_BYTES + 1), with_recognition=with_recognition)
    with os.fdopen(answer_pipe, "wb") as pipe:
        pipe.write(json.dumps(said, ensure_ascii=False).encode())


if __name__ == "__main__":
    main()
