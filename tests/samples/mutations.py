"""Documents with some bytes changed or cut off, read one by one: `python -m tests.samples.mutations SEED COUNT`.

Each is read as the reading child does it, in a process of its own with the child's limits. The processes are forked
from one that has loaded the libraries already, so that a thousand take a minute. Prints how many ended how, as JSON.
"""

import codecs
import json
import os
import random
import signal
import sys
from collections import Counter
from collections.abc import Iterator

import pymupdf

from interview_worker.cpu.read_document import TEXT_LIMITS, answer, limit_resources
from tests.samples.bad_documents import text_pdf
from tests.samples.layouts import make_layouts
from tests.samples.make_docx import FILLER, bullet, make_docx, paragraph, table
from tests.samples.scans import draw_page, to_bytes

TIMED_OUT = {signal.SIGXCPU, signal.SIGALRM}


def originals() -> list[bytes]:
    """Return sound files of each kind."""
    unpacked = pymupdf.open("pdf", text_pdf(pages=2)).tobytes(expand=255, garbage=1)
    rich = make_docx(paragraph(FILLER), bullet(FILLER), table((FILLER, "2021")), header=paragraph("Daniel Mercer"))
    layouts = [layout.pdf for layout in make_layouts()]
    picture = draw_page([FILLER], dpi=72)
    return [
        *layouts,
        unpacked,
        text_pdf(pages=3),
        rich,
        rich,
        rich,
        to_bytes(picture, "PNG"),
        to_bytes(picture, "JPEG"),
    ]


def mutate(content: bytes, chance: random.Random) -> bytes:
    """Return the content with bytes changed, doubled, left out, or cut off."""
    changed = bytearray(content)
    for _ in range(chance.choice((1, 3, 10, 50))):
        place = chance.randrange(len(changed))
        match chance.randrange(5):
            case 0:
                changed[place] ^= 1 << chance.randrange(8)
            case 1:
                changed[place] = chance.randrange(256)
            case 2:
                del changed[place : place + chance.randrange(1, 20)]
            case 3:
                changed[place:place] = changed[place : place + chance.randrange(1, 200)]
            case 4:
                changed[place : place + 4] = chance.choice((b"0000", b"9999", b"-1  ", b"<<<<", b"\xff\xff\xff\xff"))
    return bytes(changed[: chance.randrange(1, len(changed))] if chance.random() < 0.15 else changed)


def mutations(seed: int, count: int) -> Iterator[bytes]:
    chance = random.Random(seed)
    codecs.lookup("cp949")  # a fork of this large process has no room left to load it
    sound = originals()
    for _ in range(count):
        yield mutate(chance.choice(sound), chance)


def read_apart(content: bytes) -> str:
    """Return how the reading of a file ended: a refusal, "read", "timed out", "killed" or "unexpected"."""
    read_end, write_end = os.pipe()
    child = os.fork()
    if child == 0:
        _read_and_exit(content, write_end)
    os.close(write_end)
    with os.fdopen(read_end, "rb") as pipe:
        said = pipe.read()
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if status < 0:
        return "timed out" if -status in TIMED_OUT else "killed"
    if status != 0:
        return "unexpected"
    outcome = json.loads(said)
    return "read" if "document" in outcome else str(outcome["refusal"])


def _read_and_exit(content: bytes, pipe: int) -> None:
    status = 1
    try:
        limit_resources(TEXT_LIMITS)
        os.write(pipe, json.dumps(_short(answer(content))).encode())
        status = 0
    finally:
        os._exit(status)


def _short(said: dict[str, object]) -> dict[str, object]:
    return {"document": None} if "document" in said else said


def main() -> None:
    seed, count = map(int, sys.argv[1:3])
    sys.stdout.write(json.dumps(Counter(map(read_apart, mutations(seed, count)))))


if __name__ == "__main__":
    main()
