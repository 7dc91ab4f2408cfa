"""The child process that opens one candidate's file: the file on stdin, one JSON object on stdout, then it ends.

It limits itself before it looks at the file, so that even an orphan ends by itself. `document_reader` starts it.
"""

import codecs
import json
import os
import re
import resource
import signal
import sys

from interview_core.errors import EngineUnavailable
from interview_worker.cpu.documents import (
    MAX_BYTES,
    Document,
    DocumentRefused,
    Refusal,
    Span,
    check_document,
    clean_text,
    make_line,
    to_message,
)
from interview_worker.engines.pdf import read_pdf

CPU_LIMIT_S = 5
WALL_LIMIT_S = 10
MEMORY_LIMIT_BYTES = 512 * 1024 * 1024
ENGINE_UNAVAILABLE = "engine_unavailable"

_ENCODINGS = ("utf-8-sig", "cp949")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")


def limit_resources() -> None:
    """Let the system end this process when it takes too long, even while PyMuPDF holds the interpreter's lock."""
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_LIMIT_S, CPU_LIMIT_S + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.setitimer(signal.ITIMER_REAL, WALL_LIMIT_S)
    if sys.platform != "darwin":  # macOS knows the limit and refuses to set it
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT_BYTES, MEMORY_LIMIT_BYTES))


def read_document(content: bytes) -> Document:
    """Read a PDF or plain text; which of them it is, its content says.

    Raises:
        DocumentRefused: with the reason.
        EngineUnavailable: the library for this kind of file is not installed.
    """
    if len(content) > MAX_BYTES:
        raise DocumentRefused(Refusal.TOO_LARGE)
    return check_document(read_pdf(content) if _is_pdf(content) else read_plain_text(content))


def _is_pdf(content: bytes) -> bool:
    head = content[:1024]
    return head.removeprefix(codecs.BOM_UTF8).lstrip().startswith(b"%PDF-") or (b"%PDF-" in head and not _is_text(head))


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
    return Document(len(pages), lines)


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


def _answer(content: bytes) -> dict[str, object]:
    try:
        return {"document": to_message(read_document(content))}
    except DocumentRefused as error:
        return {"refusal": error.refusal.value}
    except EngineUnavailable:
        return {"refusal": ENGINE_UNAVAILABLE}
    except MemoryError:
        return {"refusal": Refusal.TOO_LARGE.value}


def main() -> None:
    limit_resources()
    # Whatever a library prints goes nowhere; only the answer reaches the pipe.
    answer_pipe = os.dup(1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    answer = _answer(sys.stdin.buffer.read(MAX_BYTES + 1))
    with os.fdopen(answer_pipe, "wb") as pipe:
        pipe.write(json.dumps(answer, ensure_ascii=False).encode())


if __name__ == "__main__":
    main()
