"""Makes anybody's text fit for paper: only letters that the fonts have, and no word longer than a line."""

import bisect
import functools
import json
import re
import unicodedata
from importlib import resources

MISSING = "\N{WHITE SQUARE}"
"""Stands for a letter that the fonts do not have."""

_LONG_WORD = re.compile(r"[^\s\u200b]{40,}")
_PIECE = re.compile(r"(?s).{1,12}")
_SPACES = re.compile(r"[^\S\n]+")
_LINES = re.compile(r"\n{3,}")


def printable(text: str) -> str:
    """Return the text with a square for each letter that the fonts lack, and breaks where a word would not end.

    What is not seen, as controls and directions are, is left out.
    """
    lines = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n")
    kept = "".join(letter if _has(letter) else MISSING for letter in lines if _is_shown(letter))
    plain = _LINES.sub("\n\n", _SPACES.sub(" ", kept)).strip()
    return _LONG_WORD.sub(lambda word: "\u200b".join(_PIECE.findall(word[0])), plain)


def count_missing(text: str) -> int:
    return sum(not _has(letter) for letter in unicodedata.normalize("NFC", text) if _is_shown(letter))


def _is_shown(letter: str) -> bool:
    if letter in "\n\t ":
        return True
    kind = unicodedata.category(letter)
    is_variation = "\N{VARIATION SELECTOR-1}" <= letter <= "\N{VARIATION SELECTOR-16}"
    return kind not in ("Cc", "Cf", "Cs", "Zl", "Zp") and not is_variation


def _has(letter: str) -> bool:
    if letter.isspace():
        return True
    firsts, lasts = _coverage()
    at = bisect.bisect_right(firsts, ord(letter)) - 1
    return at >= 0 and ord(letter) <= lasts[at]


@functools.cache
def _coverage() -> tuple[list[int], list[int]]:
    file = resources.files("interview_worker.typesetting") / "fonts" / "coverage.json"
    ranges: list[list[int]] = json.loads(file.read_text("utf-8"))
    return [first for first, _ in ranges], [last for _, last in ranges]
