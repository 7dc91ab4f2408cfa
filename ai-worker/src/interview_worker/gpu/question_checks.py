"""Whether a text that a model wrote may be put to a candidate."""

import re
from collections.abc import Iterable
from difflib import SequenceMatcher

from interview_worker.gpu.provenance import FallbackReason
from interview_worker.gpu.unaskable import is_about_the_person
from interview_worker.masking import MASKS

MAX_QUESTION = 400
MIN_QUESTION = 8
_SAME = 0.85
_MIN_SENTENCE = 15
_MIN_KOREAN_WORDS = 0.5
_MIN_LATIN_LETTERS = 0.6
_MAX_LETTERS = 0.1

_HANGUL = re.compile(r"[가-힣]")
_LATIN = re.compile(r"[A-Za-z]")
_LETTER = re.compile(r"[^\W\d_]")
_PLACEHOLDER = re.compile(
    r"\{[^{}]*\}|\[(?:[가-힣 ]{1,12}|[A-Za-z ]{2,30})\]|(?<!\w)<[A-Za-z가-힣_ ]{1,30}>|_{2,}|[○◯□]{2,}|\b[XO]{2,}\b"
)
_LEAK = re.compile(r"\[\||\|\]|<\|", re.IGNORECASE)
_LABEL = re.compile(
    r"^(?:(?:다음\s*)?질문|(?:next\s+)?question|Q)\s*\d*\s*[:：.)]\s*|^\d{1,2}[.)]\s+|^[-*•]\s+", re.IGNORECASE
)
_FENCE = re.compile(r"^```\w*|```$")
_ENDING = re.compile(r"[?.!？。…요까오다죠][\"'”’」)\]*`]*$")
_LONGEST_MARK = max(map(len, MASKS))
_QUOTES = "\"'“”‘’「」`"


def tidy(text: str) -> str:
    """Return the text as one line, without a fence, label, number or quotation marks around it."""
    line = _FENCE.sub("", " ".join(text.split())).strip()
    line = _LABEL.sub("", line).strip()
    return line.strip(_QUOTES).strip() if line[:1] in _QUOTES and line[-1:] in _QUOTES else line


def fault_of(question: str, language: str, asked: Iterable[str]) -> FallbackReason | None:
    """Return why a tidied question cannot be asked; None when it can."""
    if len(question) < MIN_QUESTION:
        return FallbackReason.EMPTY
    if len(question) > MAX_QUESTION:
        return FallbackReason.TOO_LONG
    if "\N{REPLACEMENT CHARACTER}" in question or any(not (char.isprintable()) for char in question):
        return FallbackReason.BROKEN_TEXT
    if _LEAK.search(question):
        return FallbackReason.PROMPT_LEAK
    if _PLACEHOLDER.search(question) or holds_mask(question):
        return FallbackReason.PLACEHOLDER
    if not is_in_language(question, language):
        return FallbackReason.WRONG_LANGUAGE
    if is_about_the_person(question):
        return FallbackReason.PERSONAL
    if any(is_same_question(question, earlier) for earlier in asked):
        return FallbackReason.ASKED_BEFORE
    return None if _ENDING.search(question) else FallbackReason.CUT_OFF


def holds_mask(text: str) -> bool:
    """Tell whether a text holds the mark of something personal that the model was not shown."""
    return any(mark in text.casefold() for mark in MASKS)


def showable(text: str) -> str:
    """Return what of a text in the making may be shown already: a bracket waits for its end, it may be a mark."""
    opened = text.rfind("[")
    is_open = opened >= 0 and "]" not in text[opened:] and len(text) - opened <= _LONGEST_MARK
    return text[:opened] if is_open else text


def repeats_instructions(text: str, instructions: str) -> bool:
    """Tell whether a text holds a sentence of what its writer was told to do."""
    sentences = (sentence.strip(" -") for sentence in re.split(r"[.\n]", instructions))
    return any(len(sentence) >= _MIN_SENTENCE and sentence in text for sentence in sentences)


def is_in_language(text: str, language: str) -> bool:
    """Tell whether a text is Korean or English; names of technologies in Latin letters do not make it English."""
    letters = len(_LETTER.findall(text))
    if letters == 0:
        return False
    hangul, latin = len(_HANGUL.findall(text)) / letters, len(_LATIN.findall(text)) / letters
    if 1 - hangul - latin > _MAX_LETTERS:
        return False
    if language == "en":
        return latin >= _MIN_LATIN_LETTERS
    words = [word for word in text.split() if _LETTER.search(word)]
    return sum(bool(_HANGUL.search(word)) for word in words) / len(words) >= _MIN_KOREAN_WORDS


def is_same_question(left: str, right: str) -> bool:
    """Tell whether two questions differ in wording only."""
    a, b = (re.sub(r"\W+", "", text).casefold() for text in (left, right))
    return a == b or SequenceMatcher(None, a, b, autojunk=False).ratio() >= _SAME
