"""Which questions of two interviews ask for the same."""

import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from interview_core.db.tables import Question

ALIKE = 0.6
_LETTERS = 3


@dataclass(frozen=True)
class Pair:
    a: Question
    b: Question
    likeness: float

    @property
    def is_same(self) -> bool:
        return _plain(self.a.text) == _plain(self.b.text)


def pair_questions(first: Sequence[Question], second: Sequence[Question]) -> list[Pair]:
    """Return the pairs that are alike, each question once, the most alike first taken, in the order of `first`."""
    candidates = [Pair(a, b, likeness(a.text, b.text)) for a in first for b in second]
    taken: set[object] = set()
    pairs = []
    for pair in sorted(candidates, key=lambda pair: -pair.likeness):
        if pair.likeness >= ALIKE and not {pair.a.id, pair.b.id} & taken:
            taken |= {pair.a.id, pair.b.id}
            pairs.append(pair)
    return sorted(pairs, key=lambda pair: pair.a.position)


def likeness(one: str, other: str) -> float:
    """Return the share of three-letter pieces that two texts have in common, 0 to 1; endings of Korean weigh little."""
    pieces, others = _pieces(one), _pieces(other)
    return 2 * (pieces & others).total() / max((pieces + others).total(), 1)


def _pieces(text: str) -> Counter[str]:
    plain = _plain(text)
    return Counter(plain[start : start + _LETTERS] for start in range(max(len(plain) - _LETTERS + 1, 1)))


def _plain(text: str) -> str:
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text).casefold()))
