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
_SIGNS = ".,;:!?…。"


def sentences(text: str) -> Iterator[str]:
    """Yield the sentences, each as it stands in the text, without the space around it."""
    return _parts(text, _SENTENCE_END)


def clauses(sentence: str) -> Iterator[str]:
    """Yield the clauses of a sentence, each as it stands there, without what joins them."""
    return _parts(sentence, _CLAUSE_END)


def few_words(text: str) -> str:
    """Return the first words of a text, without the sign that ends them; an ellipsis says that there are more."""
    # A Korean word says as much as one and a half English ones.
    more = 7 if re.search("[가-힣]", text) else 11
    found = re.match(rf"\s*(?:\S+\s+){{0,{more}}}\S+", text)
    words = found.group().strip() if found else ""
    is_cut = found is not None and bool(text[found.end() :].strip())
    return f"{words}…" if is_cut else words.rstrip(_SIGNS) or words


def _parts(text: str, end: re.Pattern[str]) -> Iterator[str]:
    start = 0
    for match in end.finditer(text):
        if part := text[start : match.start()].strip():
            yield part
        start = match.end()
    if part := text[start:].strip():
        yield part
