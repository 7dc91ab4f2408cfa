"""Whether a model's improved version of an answer is still the candidate's own: no figure and no name is new."""

import re
import unicodedata

from interview_worker.gpu.findings import Dropped, JudgedAnswer
from interview_worker.gpu.seen_answer import HIDDEN, names_in

_FIGURE = re.compile(r"\d+(?:[.,]\d+)*")
_KOREAN_NUMBER = re.compile(
    r"(?:수)?[십백천만억](?:여)?\s?(?:명|건|개|배|원|번|대|시간|일|년|%|퍼센트)|(?:두|세|네|다섯|여섯|일곱|여덟|아홉|열)\s?(?:배|명|건|달|해|번|주|가지)"
)
_NUMBER_WORD = re.compile(
    r"\b(?:twice|double[ds]?|triple[ds]?|half|halved|dozens?|hundreds?|thousands?|millions?|two|three|four|five|six|seven|eight|nine|ten|twenty|thirty|forty|fifty|hundred|thousand|million)\b",
    re.IGNORECASE,
)
_LATIN = re.compile(r"(?<![A-Za-z0-9])[A-Za-z][A-Za-z0-9+#]*(?:[.-][A-Za-z0-9+#]+)*")
_ORGANISATION = re.compile(
    r"[가-힣A-Za-z]{2,12}(?:전자|은행|카드|그룹|텔레콤|통신|물산|커머스|증권|생명|화학|모비스|소프트|랩스|뱅크|페이|마켓|대학교|연구소|재단|협회)"
)
_SENTENCE_START = re.compile(r"(?:^|[.!?:]\s+)[\"'“‘(]?$")


def check_improved(text: str | None, answer: JudgedAnswer) -> tuple[str | None, Dropped | None]:
    """Return the improved answer, or None and why it is not the candidate's own."""
    if text is None:
        return None, Dropped.UNREADABLE
    if any(mark in text for mark in HIDDEN):
        return None, Dropped.UNREADABLE
    if _figures(text) - _figures(answer.text):
        return None, Dropped.NEW_FIGURE
    if _has_new_name(text, answer):
        return None, Dropped.NEW_NAME
    return text, None


def _figures(text: str) -> set[str]:
    text = unicodedata.normalize("NFKC", text)
    written = {match.group().replace(",", "").rstrip(".") for match in _FIGURE.finditer(text)}
    spoken = {
        re.sub(r"\s", "", match.group()).casefold()
        for pattern in (_KOREAN_NUMBER, _NUMBER_WORD)
        for match in pattern.finditer(text)
    }
    return written | spoken


def _has_new_name(text: str, answer: JudgedAnswer) -> bool:
    own = answer.text.casefold()
    if any(name.casefold() not in own for name in names_in(text, answer.names)):
        return True
    if any(match.group().casefold() not in own for match in _ORGANISATION.finditer(text)):
        return True
    return any(_is_new_word(match, text, own, answer.language) for match in _LATIN.finditer(text))


def _is_new_word(match: re.Match[str], text: str, own: str, language: str) -> bool:
    """Tell whether a word in Latin letters is a name that the answer does not hold.

    In a Korean text each such word names something. In an English one it does where it is written as a name.
    """
    word = match.group()
    if re.search(rf"(?<![a-z]){re.escape(word.casefold())}(?![a-z0-9])", own):
        return False
    if language == "ko":
        return True
    is_odd = any(char.isupper() for char in word[1:]) or any(char.isdigit() or char in "+#." for char in word)
    is_title = word[0].isupper() and word != "I" and not word.startswith("I'")
    return is_odd or (is_title and not _SENTENCE_START.search(text[: match.start()]))
