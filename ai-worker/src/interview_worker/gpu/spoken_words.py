"""When the words of a spoken answer were said, and how sure the speech recognition is of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from interview_worker.gpu.evidence import Span

_LOOK_AHEAD = 200
"""Characters within which the next word is looked for: beyond, the candidate has written something else instead."""


@dataclass(frozen=True)
class SpokenWord:
    """A word that was heard and still stands in the answer: `text[start:end]`."""

    start: int
    end: int
    start_ms: int
    end_ms: int
    probability: float


def place_words(text: str, words: Iterable[Mapping[str, Any]]) -> tuple[SpokenWord, ...]:
    """Return the recognised words that an answer, which the candidate may have corrected, holds in their order."""
    placed = []
    done = 0
    for word in words:
        heard = str(word["text"]).strip()
        start = text.find(heard, done, done + _LOOK_AHEAD + len(heard)) if heard else -1
        if start < 0:
            continue
        done = start + len(heard)
        placed.append(SpokenWord(start, done, int(word["start_ms"]), int(word["end_ms"]), float(word["probability"])))
    return tuple(placed)


def mean_probability(words: Sequence[SpokenWord]) -> float | None:
    """Return how sure the recognition is of the mean word, 0 to 1; None without one."""
    return fmean(word.probability for word in words) if words else None


def spoken_at(place: Span, words: Sequence[SpokenWord]) -> tuple[int | None, int | None]:
    """Return when a passage was said, from its first to its last word that was heard; None for one that was typed."""
    heard = [word for word in words if word.start < place.end and place.start < word.end]
    return (heard[0].start_ms, heard[-1].end_ms) if heard else (None, None)
