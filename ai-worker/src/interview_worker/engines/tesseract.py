"""Tesseract, a program that recognises text in pictures. It is optional; each page is a process of its own."""

import os
import shutil
import signal
import statistics
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import groupby

from interview_worker.cpu.documents import Box, DocumentRefused, Refusal, Span, clean_text
from interview_worker.cpu.layout import Piece
from interview_worker.cpu.pictures import Picture

_LANGUAGES = ("kor", "eng")
_ONE_BLOCK = "6"
_MIN_CONFIDENCE = 25.0
_GAP = 1.0
_WORD = "5"
_TIMED_OUT = (-signal.SIGXCPU, -signal.SIGKILL)


def find_tesseract() -> str | None:
    """Return the program's path; None: it is not installed, or cannot read Korean and English."""
    program = shutil.which("tesseract")
    if program is None:
        return None
    listed = subprocess.run([program, "--list-langs"], capture_output=True, text=True, check=False)  # noqa: S603
    return program if set(_LANGUAGES) <= set(listed.stdout.split()) else None


class Tesseract:
    """Reads pictures within the limits of the process that it is used in."""

    def __init__(self, program: str) -> None:
        self._command = [program, "stdin", "stdout", "-l", "+".join(_LANGUAGES), "--psm", _ONE_BLOCK, "tsv", "txt"]

    def recognize(self, picture: Picture) -> list[Piece]:
        """Return the pieces of text in a picture, in points.

        Raises:
            DocumentRefused: reading took too long or too much memory.
        """
        done = subprocess.run(  # noqa: S603  nothing of the candidate's on the command line
            self._command,
            input=f"P5 {picture.width} {picture.height} 255\n".encode() + picture.pixels,
            capture_output=True,
            check=False,
            # A page is a process already; threads inside it would fight for the same cores.
            env={**os.environ, "OMP_THREAD_LIMIT": "1"},
        )
        if done.returncode in _TIMED_OUT:
            raise DocumentRefused(Refusal.PARSE_TIMEOUT)
        if done.returncode != 0:
            raise DocumentRefused(Refusal.TOO_LARGE)
        words, texts = _split(done.stdout.decode("utf-8", "replace"))
        return [
            _piece(group, picture.pixels_per_point)
            for line, text in zip(words, texts, strict=False)
            for group in _groups(line, text)
        ]


@dataclass(frozen=True)
class _Word:
    text: str
    box: Box
    """In pixels."""
    confidence: float
    has_space: bool = False
    """Before it."""


def _split(output: str) -> tuple[list[list[_Word]], list[str]]:
    """Return the words of each line, and each line as a text, of which Korean spacing can be told."""
    rows = output.splitlines()
    end = next((number for number, row in enumerate(rows) if row.count("\t") != 11), len(rows))
    lines: list[list[_Word]] = []
    for _, group in groupby((row.split("\t") for row in rows[1:end]), key=lambda row: row[1:5]):
        words = [_word(row) for row in group if row[0] == _WORD]
        if words:
            lines.append(words)
    return lines, [row for row in rows[end:] if row.strip()]


def _word(row: list[str]) -> _Word:
    x, y, width, height = map(float, row[6:10])
    return _Word(row[11], Box(x, y, x + width, y + height), float(row[10]))


def _groups(words: list[_Word], text: str) -> Iterator[list[_Word]]:
    """Return the words between wide gaps, each with what the line's text says about the space before it."""
    height = statistics.median(word.box.height for word in words)
    group: list[_Word] = []
    rest = text
    for word in words:
        has_space = rest[:1].isspace()
        rest = rest.lstrip().removeprefix(word.text)
        if group and word.box.x0 - group[-1].box.x1 > _GAP * height:
            yield group
            group = []
        if word.confidence >= _MIN_CONFIDENCE and word.text.strip():
            group.append(replace(word, has_space=has_space and bool(group)))
    if group:
        yield group


def _piece(words: list[_Word], scale: float) -> Piece:
    boxes = [word.box for word in words]
    box = Box(
        *(
            round(value / scale, 1)
            for value in (
                min(box.x0 for box in boxes),
                min(box.y0 for box in boxes),
                max(box.x1 for box in boxes),
                max(box.y1 for box in boxes),
            )
        )
    )
    text = "".join((" " if word.has_space else "") + word.text for word in words)
    return Piece((Span(clean_text(text), box, box.height),), box)
