"""Tesseract, a program that recognises text in pictures. It is optional; each page is a process of its own."""

import os
import re
import shutil
import signal
import statistics
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from interview_worker.cpu.documents import Box, DocumentRefused, Refusal, Span, clean_text
from interview_worker.cpu.layout import Piece
from interview_worker.cpu.pictures import Picture, Recognized
from interview_worker.engines.drawn_lines import take_rules
from interview_worker.engines.page_pictures import light_evenly, straighten
from interview_worker.engines.text_lines import Stack, find_regions, stack_regions

_LANGUAGES = ("kor", "eng")
_ONE_BLOCK = "6"
_GAP = 1.0
_WIDE_GAP = 2.5
_SPECK_LETTERS = 2
_SURE = 80.0
_LIKELY = 40.0
_DOUBT = 5.0
_FAR = 20.0
_COVERED = 0.6
_LATIN = re.compile(r"[A-Za-z0-9=&+$#]+")
_HANGUL = re.compile("[가-힣]+")
_SIDES = ("|", "[", "]")
_BULLET_LIKE = re.compile(r"^(?:[¢©®°»«*·ㆍ※]\s*(?=\S)|[eo]\s(?=[A-Z가-힣]))")
"""What a bullet is taken for."""
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
        self._program = program

    def recognize(self, picture: Picture) -> Recognized:
        """Return the pieces of text in a picture and the lines drawn across and down.

        Raises:
            DocumentRefused: reading took too long or too much memory.
        """
        level, turn = straighten(light_evenly(picture))
        plain, rules = take_rules(level)
        regions = find_regions(plain)
        if not regions:
            return Recognized([], rules, turn)
        stack = stack_regions(plain, regions)
        mixed = self._read(stack.picture, _LANGUAGES)
        is_korean = any(_HANGUL.search(text) for _, text in mixed)
        korean = self._read(stack.picture, _LANGUAGES[:1]) if is_korean else []
        mend = _Mender([word for line, _ in korean for word in line])
        pieces = [
            piece
            for line, text in mixed
            for group in _groups(line, text)
            if (piece := _piece([mend.mend(word) for word in group], stack, picture.pixels_per_point))
        ]
        return Recognized(pieces, rules, turn)

    def _read(self, picture: Picture, languages: Sequence[str]) -> list[tuple[list["_Word"], str]]:
        done = subprocess.run(  # noqa: S603  nothing of the candidate's on the command line
            [self._program, "stdin", "stdout", "-l", "+".join(languages), "--psm", _ONE_BLOCK, "tsv", "txt"],
            input=f"P5 {picture.width} {picture.height} 255\n".encode() + picture.pixels,
            capture_output=True,
            check=False,
            # Other workers have cores to themselves as well; threads in here would fight for the same ones.
            env={**os.environ, "OMP_THREAD_LIMIT": "1"},
        )
        if done.returncode in _TIMED_OUT:
            raise DocumentRefused(Refusal.PARSE_TIMEOUT)
        if done.returncode != 0:
            raise DocumentRefused(Refusal.TOO_LARGE)
        words, texts = _split(done.stdout.decode("utf-8", "replace"))
        return list(zip(words, texts, strict=False))


@dataclass(frozen=True)
class _Word:
    text: str
    box: Box
    """In pixels."""
    confidence: float
    has_space: bool = False
    """Before it."""


class _Mender:
    """Puts Korean words where the reading in two languages took them for Latin letters, as it does with one in ten."""

    def __init__(self, korean: Sequence[_Word]) -> None:
        self._korean = [word for word in korean if word.confidence >= _LIKELY]

    def mend(self, word: _Word) -> _Word:
        if not _LATIN.fullmatch(word.text):
            return word
        inside = [other for other in self._korean if _is_inside(other.box, word.box)]
        text = "".join(other.text for other in inside)
        covered = sum(other.box.x1 - other.box.x0 for other in inside)
        is_whole = covered > _COVERED * (word.box.x1 - word.box.x0)
        return replace(word, text=text) if is_whole and _is_surer(inside, word) and _HANGUL.fullmatch(text) else word


def _is_surer(korean: Sequence[_Word], word: _Word) -> bool:
    """Tell whether the Korean reading is the better one: sure of every syllable, or by far surer than the other."""
    if not korean:
        return False
    confidence = statistics.fmean(other.confidence for other in korean)
    is_sure = min(other.confidence for other in korean) >= _SURE and confidence > word.confidence - _DOUBT
    return is_sure or confidence >= word.confidence + _FAR


def _is_inside(inner: Box, outer: Box) -> bool:
    x = (inner.x0 + inner.x1) / 2
    return outer.x0 <= x <= outer.x1 and outer.y0 <= inner.middle <= outer.y1


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
    """Return the words between wide gaps, each with what the line's text says about the space before it.

    The text knows better than the boxes of single letters where a gap is, and where only a thin letter.
    """
    height = statistics.median(word.box.height for word in words)
    group: list[_Word] = []
    rest = text
    for word in words:
        spaces = len(rest) - len(rest.lstrip())
        rest = rest.lstrip().removeprefix(word.text)
        gap = word.box.x0 - group[-1].box.x1 if group else 0
        if gap > _WIDE_GAP * height or (gap > _GAP * height and spaces > 1):
            yield from _readable(group)
            group = []
        group.append(replace(word, has_space=spaces > 0 and bool(group)))
    yield from _readable(group)


def _readable(group: list[_Word]) -> Iterator[list[_Word]]:
    """Return the group, unless it is a speck that was taken for a letter or two."""
    letters = sum(len(word.text.strip()) for word in group)
    if letters > _SPECK_LETTERS or any(word.confidence >= _SURE for word in group):
        yield group


def _piece(words: list[_Word], stack: Stack, scale: float) -> Piece | None:
    words = _without_edges(words)
    place = stack.place_of(words[0].box) if words else None
    if place is None:
        return None
    boxes = [place.back(word.box) for word in words]
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
    text = "".join((" " if word.has_space else "") + word.text for word in words).strip()
    return Piece((Span(_BULLET_LIKE.sub("• ", clean_text(text)), box, box.height),), box)


def _without_edges(words: list[_Word]) -> list[_Word]:
    """Return the words without the sides of a cell, where they are too short to be known as drawn lines."""
    first = next((place for place, word in enumerate(words) if word.text not in _SIDES), len(words))
    last = next((place for place in range(len(words), first, -1) if words[place - 1].text not in _SIDES), first)
    return words[first:last]
