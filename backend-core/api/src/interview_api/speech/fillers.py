"""Finds words that fill a pause."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import yaml

_EDGES = re.compile(r"^\W+|\W+$")


@dataclass(frozen=True)
class Filler:
    """A filler that was heard; `kind` is `hesitation` or `habit`."""

    text: str
    kind: str
    start_ms: int
    end_ms: int


def find_fillers(words: Sequence[dict[str, Any]], language: str) -> list[Filler]:
    """Return the fillers among a transcript's words, in order; the longest first where two begin at the same word."""
    plain = [_EDGES.sub("", word["text"]).casefold() for word in words]
    return list(_matches(words, plain, _known(language)))


def _matches(
    words: Sequence[dict[str, Any]], plain: Sequence[str], known: dict[tuple[str, ...], str]
) -> Iterator[Filler]:
    longest = max(map(len, known), default=0)
    at = 0
    while at < len(plain):
        size = next((n for n in range(longest, 0, -1) if tuple(plain[at : at + n]) in known), 0)
        if size:
            found = tuple(plain[at : at + size])
            start_ms, end_ms = words[at]["start_ms"], words[at + size - 1]["end_ms"]
            yield Filler(" ".join(found), known[found], start_ms, end_ms)
        at += size or 1


@cache
def _known(language: str) -> dict[tuple[str, ...], str]:
    lists = yaml.safe_load(resources.files(__package__).joinpath("fillers.yaml").read_text("utf-8"))[language]
    kinds = {"hesitations": "hesitation", "habits": "habit"}
    return {tuple(text.split()): kind for name, kind in kinds.items() for text in lists[name]}
