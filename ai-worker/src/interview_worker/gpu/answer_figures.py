"""Figures in what somebody says: what they measure, in which unit, how exactly, and of what."""

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from interview_worker.gpu.sentences import clauses, few_words, sentences
from interview_worker.gpu.signal_wording import measures, pattern, plain_words

_TOLERANCE, _ABOUT, _MAX_ROUNDING = 0.02, 0.15, 0.1
_ROUND_FROM = 100

_UNITS: Mapping[str, tuple[str, float]] = {
    "ms": ("time", 1), "밀리초": ("time", 1), "milliseconds": ("time", 1), "millisecond": ("time", 1),
    "s": ("time", 1e3), "sec": ("time", 1e3), "seconds": ("time", 1e3), "second": ("time", 1e3), "초": ("time", 1e3),
    "min": ("time", 6e4), "mins": ("time", 6e4), "minutes": ("time", 6e4), "minute": ("time", 6e4), "분": ("time", 6e4),
    "h": ("time", 3.6e6), "hours": ("time", 3.6e6), "hour": ("time", 3.6e6), "시간": ("time", 3.6e6),
    "일": ("time", 8.64e7), "days": ("time", 8.64e7), "day": ("time", 8.64e7),
    "%": ("percent", 1), "퍼센트": ("percent", 1), "percent": ("percent", 1),
    "배": ("times", 1), "x": ("times", 1), "times": ("times", 1), "fold": ("times", 1),
    "명": ("people", 1), "users": ("people", 1), "people": ("people", 1),
    "건": ("count", 1), "회": ("count", 1), "개": ("count", 1), "번": ("count", 1),
    "tps": ("rate", 1), "rps": ("rate", 1), "qps": ("rate", 1),
    "원": ("won", 1), "달러": ("dollar", 1), "dollars": ("dollar", 1),
    "kb": ("bytes", 1e3), "mb": ("bytes", 1e6), "gb": ("bytes", 1e9), "tb": ("bytes", 1e12),
}  # fmt: skip
_SCALES = {
    "천": 1e3, "만": 1e4, "십만": 1e5, "백만": 1e6, "천만": 1e7, "억": 1e8, "k": 1e3, "million": 1e6, "billion": 1e9,
}  # fmt: skip

_UNIT = "|".join(sorted(map(re.escape, _UNITS), key=len, reverse=True))
_SCALE = "|".join(sorted(_SCALES, key=len, reverse=True))
_END = r"(?![A-Za-z])"
_AMOUNT = (
    r"(?<![\d.,A-Za-z])(?P<{0}>\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|\d{{1,12}}(?:\.\d{{1,6}})?)\s?"
    rf"(?:(?P<{{0}}_scale>{_SCALE})\s?)?(?:(?P<{{0}}_unit>{_UNIT}){_END})?"
)
_NUMBER = re.compile(_AMOUNT.format("one"), re.IGNORECASE)
_BETWEEN = r"\s?(?:→|->|=>|➔|⇒|에서|\bto\b|down to|up to)\s?(?:약\s?|about )?"
_TRANSITION = re.compile(_AMOUNT.format("before") + _BETWEEN + _AMOUNT.format("after"), re.IGNORECASE)
_RANGE = re.compile(_AMOUNT.format("before") + r"\s?(?:~|–|-|내지)\s?" + _AMOUNT.format("after"), re.IGNORECASE)

_PARTICLES = re.compile(
    r"(?<=[가-힣A-Za-z0-9])(?:에서는|에서의|에서|으로는|으로|까지|부터|에는|은|는|이|가|을|를|의|에|도|로|과|와|만)$"
)
_INFLECTED = re.compile(
    r"(?:니다|어요|아요|해요|했고|하여|해서|하고|하며|하면|하던|되어|시켜|시킨|시켰고"
    r"|줄여|줄인|낮춰|낮춘|올려|올린|높여|높인|였|했|됐|렸|췄|었|았)$"
)
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9+#.-]*|[가-힣]+")


class Says(StrEnum):
    LEVEL = "level"
    """Where something stands."""
    CHANGE = "change"
    """By how much it moved."""
    MOVE = "move"
    """Where it stood, and where it stands."""


@dataclass(frozen=True)
class Figure:
    """One measured statement. Bounds are in the smallest unit of the dimension and hold what rounding hides."""

    measure: str
    qualifier: str | None
    dimension: str
    says: Says
    low: float
    high: float
    """Of a move: the hull of both ends."""
    end: tuple[float, float]
    """Where it stands in the end."""
    subject: frozenset[str]
    """What else the clause names."""
    words: str
    sentence: str

    def is_about_the_same(self, other: "Figure") -> bool:
        return (self.measure, self.qualifier, self.dimension) == (other.measure, other.qualifier, other.dimension)

    def denies(self, other: "Figure") -> bool:
        """Tell whether both cannot be true of the same subject."""
        if (self.says is Says.CHANGE) != (other.says is Says.CHANGE):
            return False
        return self.end[1] < other.low or self.end[0] > other.high


def find_figures(text: str) -> list[Figure]:
    """Return the outcomes that a text states, one for each clause that states one clearly."""
    return [figure for sentence in sentences(text) for figure in _of_sentence(sentence)]


def amounts(text: str) -> Iterator[tuple[str, float, float]]:
    """Yield dimension, lower and upper bound of every amount that has a unit."""
    for match in _NUMBER.finditer(text):
        found = _amount(match, "one", None)
        if found is not None:
            yield found


def moves(text: str) -> Iterator[tuple[str, float, float, str]]:
    """Yield dimension, the amount before, the one after, and the words of every move from one to another."""
    for match in _TRANSITION.finditer(text):
        unit = match["after_unit"] or match["before_unit"]
        ends = _amount(match, "before", unit), _amount(match, "after", unit)
        if ends[0] and ends[1] and ends[0][0] == ends[1][0]:
            yield ends[0][0], sum(ends[0][1:]) / 2, sum(ends[1][1:]) / 2, match.group()


def _of_sentence(sentence: str) -> Iterator[Figure]:
    if pattern("not_an_outcome").search(sentence):
        return
    for clause in clauses(sentence):
        named = list(measures().finditer(clause))
        if len({match.lastgroup for match in named}) != 1 or named[0].lastgroup is None:
            continue
        found = _reading(clause)
        if found is not None:
            says, dimension, hull, end = found
            qualifiers = pattern("qualifiers").findall(clause)
            yield Figure(
                measure=named[0].lastgroup,
                qualifier=qualifiers[0].casefold() if qualifiers else None,
                dimension=dimension,
                says=says,
                low=hull[0],
                high=hull[1],
                end=end,
                subject=subject_words(clause),
                words=few_words(clause),
                sentence=sentence,
            )


_Bounds = tuple[float, float]


def _reading(clause: str) -> tuple[Says, str, _Bounds, _Bounds] | None:
    """Return what a clause says when it says one thing."""
    for form, says in ((_TRANSITION, Says.MOVE), (_RANGE, Says.LEVEL)):
        if match := form.search(clause):
            unit = match["after_unit"] or match["before_unit"]
            before, after = _amount(match, "before", unit), _amount(match, "after", unit)
            if not (before and after) or before[0] != after[0]:
                return None
            hull = (min(before[1], after[1]), max(before[2], after[2]))
            return says, before[0], hull, (after[1:] if says is Says.MOVE else hull)
    found = [(match, amount) for match in _NUMBER.finditer(clause) if (amount := _amount(match, "one", None))]
    if len(found) != 1:
        return None
    match, (dimension, low, high) = found[0]
    meant = _level_or_change(clause, match, dimension)
    if meant is None:
        return None
    bounds = _hedged(clause, match, low, high)
    return meant, dimension, bounds, bounds


def _level_or_change(clause: str, match: re.Match[str], dimension: str) -> Says | None:
    before, after = clause[: match.start()], clause[match.end() :]
    if pattern("level_after").match(after) or pattern("level_before").search(before):
        return Says.LEVEL
    if pattern("change_after").match(after) or pattern("change_before").search(before):
        return Says.CHANGE
    return None if dimension in ("percent", "times") else Says.LEVEL


def _hedged(clause: str, match: re.Match[str], low: float, high: float) -> _Bounds:
    """Return the bounds, wider where the words beside the amount say that it is not exact."""
    beside = clause[max(0, match.start() - 14) : match.start()] + " " + clause[match.end() : match.end() + 8]
    if pattern("at_least").search(beside):
        return low, math.inf
    if pattern("at_most").search(beside):
        return -math.inf, high
    if pattern("about").search(beside):
        middle = (low + high) / 2
        return min(low, middle * (1 - _ABOUT)), max(high, middle * (1 + _ABOUT))
    return low, high


def _amount(match: re.Match[str], name: str, unit: str | None) -> tuple[str, float, float] | None:
    unit = (match[f"{name}_unit"] or unit or "").casefold()
    if unit not in _UNITS:
        return None
    dimension, factor = _UNITS[unit]
    digits = match[name].replace(",", "")
    scale = _SCALES.get((match[f"{name}_scale"] or "").casefold(), 1)
    value = float(digits)
    slack = max(value * _TOLERANCE, min(_rounding(digits), value * _MAX_ROUNDING))
    return dimension, (value - slack) * scale * factor, (value + slack) * scale * factor


def _rounding(digits: str) -> float:
    """Return how much a number may have lost when it was rounded to the digits that it shows."""
    whole, _, decimals = digits.partition(".")
    if decimals:
        return 0.5 * 10.0 ** -len(decimals)
    return 0.5 * 10.0 ** (len(whole) - len(whole.rstrip("0"))) if float(digits) >= _ROUND_FROM else 0.0


def subject_words(clause: str) -> frozenset[str]:
    """Return the words that say what a figure is of: not the measure itself, nor words that say nothing."""
    rest = pattern("qualifiers").sub(" ", measures().sub(" ", _NUMBER.sub(" ", clause)))
    return names_in(_WORD.findall(rest))


def names_in(words: Iterable[str]) -> frozenset[str]:
    """Return words without their particles, less those that say nothing and inflected ones."""
    stems = (_PARTICLES.sub("", word).casefold().strip(".-") for word in words if word.casefold() not in plain_words())
    return frozenset(
        stem for stem in stems if len(stem) > 1 and stem not in plain_words() and not _INFLECTED.search(stem)
    )
