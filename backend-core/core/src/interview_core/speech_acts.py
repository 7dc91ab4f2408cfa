"""What a candidate says to the interviewer instead of an answer, told by rules in both languages before any model.

Precision comes first: a text is taken for an act only where all of its words belong to acts and courtesies, so an
answer that merely contains such words stays an answer.
"""

import functools
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from importlib import resources
from typing import Any

import yaml

_MAX_CHARACTERS, _MAX_WORDS = 200, 40
_PART = re.compile(r"<(\w+)>")
_APOSTROPHES = re.compile(r"['’‘`´]")
_WORD = re.compile(r"[^\W_]+")
_LANGUAGES = ("ko", "en")

_SINGLE_JAMO = re.compile(r"[ㄱ-ㅎㅏ-ㅣ]")
_ONE_LETTER = re.compile(r"(.)\1{2,}")
_ONE_SOUND = re.compile(r"(\w{1,4}?)\1{2,}\w{0,3}")
_KEYS = [
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "1234567890",
    "ㅂㅈㄷㄱㅅㅛㅕㅑㅐㅔ",
    "ㅁㄴㅇㄹㅎㅗㅓㅏㅣ",
    "ㅋㅌㅊㅍㅠㅜㅡ",
]
_HOME_ROW = frozenset("asdfghjkl;")
_MIN_KEY_RUN, _MIN_MASHED, _MAX_MASHED_VOWELS = 4, 6, 0.3
_MAX_JAMO = 0.3


class SpeechAct(StrEnum):
    """In the order in which one counts where several are said at once."""

    DISTRESS = "distress"
    DECLINED = "declined"
    """Does not want to answer this."""
    SKIP = "skip"
    REPEAT = "repeat"
    HINT = "hint"
    TIME = "time"
    """Asks how much is left."""
    MOMENT = "moment"
    """Needs a moment to think."""
    DONT_KNOW = "dont_know"


@dataclass(frozen=True)
class _Wording:
    """One language's patterns; each must match a run of whole words."""

    joint: str
    """What stands between two words while they are matched: nothing in Korean, where people space as they like."""
    acts: Mapping[SpeechAct, re.Pattern[str]]
    courtesies: re.Pattern[str]
    fillers: frozenset[str]


def recognise(text: str, language: str) -> SpeechAct | None:
    """Return what the candidate wants; None for an answer, whatever else it says."""
    if len(text) > _MAX_CHARACTERS:
        return None
    words = list(_words(text))
    if not 0 < len(words) <= _MAX_WORDS:
        return None
    for tongue in sorted(_LANGUAGES, key=lambda code: code != language):
        acts = _read(words, load_wording()[tongue])
        if acts:
            return min(acts, key=list(SpeechAct).index)
    return None


def is_meaningless(text: str, language: str) -> bool:
    """Tell whether a text says nothing at all: keys hit at random, laughter, one sound over and over, only fillers."""
    wording = load_wording()
    fillers = wording[language if language in wording else "en"].fillers | wording["en"].fillers
    return all(word in fillers or _is_noise(word) for word in _words(text))


@functools.cache
def load_wording() -> Mapping[str, _Wording]:
    """Return the wording of each language, or raise ValueError when the file names an unknown act or part."""
    content = yaml.safe_load((resources.files("interview_core") / "speech_acts.yaml").read_text("utf-8"))
    return {language: _wording(content[language]) for language in _LANGUAGES}


def _wording(content: Mapping[str, Any]) -> _Wording:
    parts: dict[str, str] = {}
    for name, pattern in content["parts"].items():
        parts[name] = _filled(pattern, parts)
    return _Wording(
        joint=content["joint"],
        acts={SpeechAct(act): _any_of(patterns, parts) for act, patterns in content["acts"].items()},
        courtesies=_any_of(content["courtesies"], parts),
        fillers=frozenset(content["fillers"]),
    )


def _any_of(patterns: Sequence[str], parts: Mapping[str, str]) -> re.Pattern[str]:
    return re.compile("|".join(_filled(pattern, parts) for pattern in patterns))


def _filled(pattern: str, parts: Mapping[str, str]) -> str:
    def part(match: re.Match[str]) -> str:
        if match[1] not in parts:
            raise ValueError(f"the wording of speech acts has no part <{match[1]}>, needed by {pattern!r}")
        return f"(?:{parts[match[1]]})"

    return _PART.sub(part, pattern)


def _read(words: Sequence[str], wording: _Wording) -> frozenset[SpeechAct]:
    """Return the acts of which the words consist, beside courtesies; nothing when any word is left over."""

    @functools.cache
    def read_from(start: int) -> frozenset[SpeechAct] | None:
        if start == len(words):
            return frozenset()
        for end in range(len(words), start, -1):
            span = wording.joint.join(words[start:end])
            found = _acts_of(span, wording)
            rest = read_from(end) if found is not None else None
            if found is not None and rest is not None:
                return found | rest
        return None

    return read_from(0) or frozenset()


def _acts_of(span: str, wording: _Wording) -> frozenset[SpeechAct] | None:
    act = next((act for act, pattern in wording.acts.items() if pattern.fullmatch(span)), None)
    if act is not None:
        return frozenset({act})
    return frozenset() if wording.courtesies.fullmatch(span) else None


def _words(text: str) -> Iterator[str]:
    plain = _APOSTROPHES.sub("", unicodedata.normalize("NFC", text)).casefold()
    return (match.group() for match in _WORD.finditer(plain))


def _is_noise(word: str) -> bool:
    if _ONE_LETTER.fullmatch(word) or _ONE_SOUND.fullmatch(word):
        return True
    if len(_SINGLE_JAMO.findall(word)) > _MAX_JAMO * len(word):
        return True
    return _walks_over_keys(word) or _is_mashed(word)


def _walks_over_keys(word: str) -> bool:
    """Tell whether all of a word are runs of neighbouring keys, as in asdf or qwerqwer."""
    place = 0
    while place < len(word):
        run = max(_run_length(word, place, row) for keys in _KEYS for row in (keys, keys[::-1]))
        if run < min(_MIN_KEY_RUN, max(len(word) - place, 3)):
            return False
        place += run
    return True


def _run_length(word: str, place: int, row: str) -> int:
    length = 1
    while place + length < len(word) and word[place : place + length + 1] in row:
        length += 1
    return length


def _is_mashed(word: str) -> bool:
    if len(word) < _MIN_MASHED or not (word.isascii() and word.isalpha()):
        return False
    vowels = sum(letter in "aeiouy" for letter in word) / len(word)
    return vowels == 0 or (vowels <= _MAX_MASHED_VOWELS and _HOME_ROW.issuperset(word))
