"""How prompts are laid out for llama.cpp, so that it goes through its weights seldom and in the widths it is quick at.

With a cache of its own for each slot it takes neighbouring slots together, and of these as many tokens as the shortest
still has; the rest is another pass. And its kernels take sixteen tokens in little more time than nine.
"""

from collections.abc import Iterator, Sequence

WIDTH = 16
GOOD_PASS = 4 * WIDTH
"""From here on a token takes a CPU as long as in any longer pass."""
_STEP_S = 0.25
_FIRST_SLICE = GOOD_PASS
_LEAST_FILLED = 8
_MOST_WITH_FILLER = 1.5
_LEAST_IN_WIDTH = 9


def padded_lengths(slots: Sequence[int], lengths: Sequence[int]) -> list[int]:
    """Return for each feed, in the order of slots, its length with filler behind it that is forgotten afterwards."""
    padded: list[int] = []
    for first, end in _neighbours(slots):
        padded += _evened(lengths[first:end])
    return padded


def slice_length(left: int, room: int) -> int:
    """Return how many of a prompt's tokens to read now: all, or as many whole widths as there is room for."""
    if left <= room:
        return left
    whole = GOOD_PASS if room >= GOOD_PASS else WIDTH
    return room // whole * whole or room


def _neighbours(slots: Sequence[int]) -> Iterator[tuple[int, int]]:
    first = 0
    for i in range(1, len(slots) + 1):
        if i == len(slots) or slots[i] != slots[i - 1] + 1:
            yield first, i
            first = i


def _evened(lengths: Sequence[int]) -> list[int]:
    count, longest = len(lengths), max(lengths)
    if longest < _LEAST_FILLED or count * longest > sum(lengths) * _MOST_WITH_FILLER:
        return list(lengths)
    if WIDTH % count == 0 and count * longest % WIDTH >= _LEAST_IN_WIDTH:
        longest += -longest % (WIDTH // count)
    return [longest] * count


class Pace:
    """How many prompt tokens a step may read, so that those who write do not wait long for the next step."""

    def __init__(self, most: int) -> None:
        self._most = most
        self.tokens = min(_FIRST_SLICE, most)

    def learn(self, *, read: int, took_s: float) -> None:
        """Take account of a pass through prompts; short ones say little."""
        if read >= self.tokens // 2:
            wanted = (self.tokens + read * _STEP_S / max(took_s, 1e-4)) / 2
            self.tokens = int(min(max(wanted, WIDTH), self._most))
