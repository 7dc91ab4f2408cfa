"""A text that was changed, and still knows where each of its characters stood before."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from interview_worker.gpu.evidence import Span


@dataclass(frozen=True)
class TracedText:
    text: str
    spans: tuple[Span, ...]
    """For each character, the passage of the original that it stands for."""

    @classmethod
    def of(cls, text: str) -> "TracedText":
        return cls(text, tuple(Span(place, place + 1) for place in range(len(text))))

    def replaced(self, pattern: re.Pattern[str], replace: Callable[[re.Match[str]], str]) -> "TracedText":
        """Return the text with each match replaced; what stays the same at a match's beginning keeps its places."""
        return self._put_together(self._replaced(pattern, replace))

    def without(self, places: Iterable[Span]) -> "TracedText":
        """Return the text without some passages of it, given in order and not overlapping."""
        return self._put_together(self._kept(places))

    def cut(self, length: int) -> "TracedText":
        """Return its first characters."""
        return TracedText(self.text[:length], self.spans[:length])

    def original(self, place: Span) -> Span:
        """Return the passage of the original that a passage of this text stands for."""
        return Span(self.spans[place.start].start, self.spans[place.end - 1].end)

    def _replaced(
        self, pattern: re.Pattern[str], replace: Callable[[re.Match[str]], str]
    ) -> Iterator[tuple[str, tuple[Span, ...]]]:
        done = 0
        for match in pattern.finditer(self.text):
            start, end = match.span()
            new = replace(match)
            if start == end or new == match.group():
                continue
            kept = 0
            while kept < min(len(new), end - start) and new[kept] == self.text[start + kept]:
                kept += 1
            yield self.text[done : start + kept], self.spans[done : start + kept]
            whole = self.original(Span(min(start + kept, end - 1), end))
            yield new[kept:], (whole,) * (len(new) - kept)
            done = end
        yield self.text[done:], self.spans[done:]

    def _kept(self, places: Iterable[Span]) -> Iterator[tuple[str, tuple[Span, ...]]]:
        done = 0
        for place in places:
            yield self.text[done : place.start], self.spans[done : place.start]
            done = place.end
        yield self.text[done:], self.spans[done:]

    @staticmethod
    def _put_together(pieces: Iterable[tuple[str, tuple[Span, ...]]]) -> "TracedText":
        texts: list[str] = []
        spans: list[Span] = []
        for text, places in pieces:
            texts.append(text)
            spans.extend(places)
        return TracedText("".join(texts), tuple(spans))
