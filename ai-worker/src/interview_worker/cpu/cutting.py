"""Where a long recording is cut: at pauses, so that no word is in two segments."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from interview_core.speech import MAX_SEGMENT_MS
from interview_worker.engines.voice_activity import Span

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

RATE = 16_000
_MARGIN_MS = 200
"""Left round speech: a recogniser wants to hear a word begin."""

_LONGEST_PAUSE_MS = 3000
"""A longer silence is left out: a recogniser invents words in it."""

_SEARCHED_MS = 5000
_LOOKED_AT_MS = 50


def cut(samples: "NDArray[np.int16]", speech: Sequence[Span]) -> list[Span]:
    """Return segments of at most `MAX_SEGMENT_MS` that hold all speech, in order and apart from each other."""
    longest = MAX_SEGMENT_MS - 2 * _MARGIN_MS
    joined: list[Span] = []
    for span in (part for whole in speech for part in _split(samples, whole, longest)):
        last = joined[-1] if joined else None
        is_near = last is not None and span.start_ms - last.end_ms <= _LONGEST_PAUSE_MS
        if last is not None and is_near and span.end_ms - last.start_ms <= longest:
            joined[-1] = Span(last.start_ms, span.end_ms)
        else:
            joined.append(span)
    return list(_with_margins(joined, len(samples) * 1000 // RATE))


def _split(samples: "NDArray[np.int16]", span: Span, longest_ms: int) -> Iterator[Span]:
    """Divide speech without a pause at its quietest places."""
    while span.duration_ms > longest_ms:
        latest = span.start_ms + longest_ms
        place = _quietest(samples, latest - _SEARCHED_MS, latest)
        yield Span(span.start_ms, place)
        span = Span(place, span.end_ms)
    yield span


def _quietest(samples: "NDArray[np.int16]", from_ms: int, to_ms: int) -> int:
    import numpy as np

    size = _LOOKED_AT_MS * RATE // 1000
    part = samples[from_ms * RATE // 1000 : to_ms * RATE // 1000].astype(np.float32)
    energy = (part[: len(part) // size * size].reshape(-1, size) ** 2).sum(axis=1)
    return from_ms + int(energy.argmin()) * _LOOKED_AT_MS + _LOOKED_AT_MS // 2


def _with_margins(spans: Sequence[Span], length_ms: int) -> Iterator[Span]:
    for index, span in enumerate(spans):
        before = spans[index - 1].end_ms if index else 0
        after = spans[index + 1].start_ms if index + 1 < len(spans) else length_ms
        # Two neighbours share the silence between them.
        lead = min(_MARGIN_MS, (span.start_ms - before) // 2 if index else span.start_ms)
        tail = min(_MARGIN_MS, (after - span.end_ms) // 2 if index + 1 < len(spans) else length_ms - span.end_ms)
        yield Span(span.start_ms - lead, span.end_ms + tail)
