"""Which entries share most with a text by their words, rare words counting more; needs no model."""

import functools
import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence

from interview_worker.question_bank.entries import Entry, load_bank

_LATIN = re.compile(r"[a-z][a-z0-9+#]+")
_HANGUL = re.compile(r"[가-힣]{2,}")
_FACT = re.compile(r"\{[^}]*\}")
_MAX_QUERY = 6000
_FUSION = 60


def near_by_words(text: str, language: str, limit: int) -> list[str]:
    """Return the ids of the entries nearest to a text, nearest first; only such as share something with it."""
    wanted = _pieces(text[:_MAX_QUERY])
    weights, entries = _index(language)
    scores = {
        entry_id: sum(weights[piece] ** 2 for piece in sorted(wanted & pieces)) / math.sqrt(len(pieces))
        for entry_id, pieces in entries.items()
    }
    ranked = sorted(scores, key=lambda entry_id: (-scores[entry_id], entry_id))
    return [entry_id for entry_id in ranked if scores[entry_id] > 0][:limit]


def merge_ranks(*ranks: Sequence[str]) -> list[str]:
    """Return one order out of several: what stands high in any of them stands high."""
    points: Counter[str] = Counter()
    for ranked in ranks:
        for place, entry_id in enumerate(ranked):
            points[entry_id] += 1 / (_FUSION + place)  # type: ignore[assignment]  # a Counter of shares, not of counts
    return sorted(points, key=lambda entry_id: (-points[entry_id], entry_id))


def searchable_text(entry: Entry, language: str) -> str:
    """Return what an entry is found by: topic, question and what an answer covers, without the places for facts."""
    parts = (entry.topic.get(language), entry.text.get(language), *entry.covers.get(language), *entry.technologies)
    return _FACT.sub(" ", ". ".join(parts))


@functools.cache
def _index(language: str) -> tuple[dict[str, float], dict[str, frozenset[str]]]:
    entries = {entry.id: _pieces(searchable_text(entry, language)) for entry in load_bank()}
    counts = Counter(piece for pieces in entries.values() for piece in pieces)
    return {piece: math.log(len(entries) / count) for piece, count in counts.items()}, entries


def _pieces(text: str) -> frozenset[str]:
    """Return Latin words, and pairs of Korean syllables, which match whatever particle follows."""
    lower = text.lower()
    return frozenset((*_LATIN.findall(lower), *_pairs(_HANGUL.findall(lower))))


def _pairs(words: Iterable[str]) -> Iterable[str]:
    return (word[place : place + 2] for word in words for place in range(len(word) - 1))
