"""Sentences and clauses of what somebody says, as literal passages of the text."""

import re
from collections.abc import Iterator

# Speech that was written down has no full stops: a Korean sentence ends with its verb too.
_SENTENCE_END = re.compile(
    r"(?<=[.!?。…])\s+|\n+|(?<=니다)\s+|(?<=니까)\s+|(?<=어요)\s+|(?<=아요)\s+|(?<=에요)\s+|(?<=예요)\s+|(?<=네요)\s+"
)
_CLAUSE_END = re.compile(
    r"(?<!\d),|,(?!\d)|;|(?<=[가-힣]고)\s|(?<=[가-힣]며)\s|(?<=면서)\s|(?<=는데)\s|(?<=지만)\s|(?<=[해어아여춰]서)\s"
    r"|\s(?:and|but|while|so|because|which|whereas)\s",
    re.IGNORECASE,
)


def sentences(text: str) -> Iterator[str]:
    """Yield the sentences, each as it stands in the text, without the space around it."""
    return _parts(text, _SENTENCE_END)


def clauses(sentence: str) -> Iterator[str]:
    """Yield the clauses of a sentence, each as it stands there, without what joins them."""
    return _parts(sentence, _CLAUSE_END)


def few_words(text: str, count: int = 8) -> str:
    """Return the first words of a text, as they stand there."""
    found = re.match(rf"\s*(?:\S+\s+){{0,{count - 1}}}\S+", text)
    return found.group().strip() if found else ""


def _parts(text: str, end: re.Pattern[str]) -> Iterator[str]:
    start = 0
    for match in end.finditer(text):
        if part := text[start : match.start()].strip():
            yield part
        start = match.end()
    if part := text[start:].strip():
        yield part
