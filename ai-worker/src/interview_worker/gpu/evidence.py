"""Finds a quote in the text it is said to come from."""

import unicodedata
from dataclasses import dataclass

MIN_QUOTE = 4
"""Letters and digits that a quote needs, so that it says something."""

_EDGE = " .,!?…·\"'“”‘’「」`()[]‹<"
_SAME = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'", "‹": "<", "–": "-", "—": "-", "−": "-"})


@dataclass(frozen=True)
class Span:
    """A passage of a text: `text[start:end]`."""

    start: int
    end: int


def find_quote(quote: str, text: str) -> Span | None:
    """Return where the text holds the quote, whatever the spaces, letter case and kind of quotation marks.

    None: the text does not hold it, or it is too short to be evidence.
    """
    wanted = _normalised(quote)[0].strip(_EDGE)
    if sum(char.isalnum() for char in wanted) < MIN_QUOTE:
        return None
    haystack, places = _normalised(text)
    found = haystack.find(wanted)
    if found < 0:
        return None
    return Span(places[found], places[found + len(wanted) - 1] + 1)


def _normalised(text: str) -> tuple[str, list[int]]:
    """Return the text without spaces and differences of form, and for each character its place in the original."""
    chars: list[str] = []
    places: list[int] = []
    for place, char in enumerate(text):
        for form in unicodedata.normalize("NFKC", char.translate(_SAME)).casefold():
            if not form.isspace():
                chars.append(form)
                places.append(place)
    return "".join(chars), places
