"""How many event streams one process holds open."""

from collections.abc import Iterator
from contextlib import contextmanager

from interview_core.errors import Unavailable


class StreamSlots:
    """Counts open streams; used from the event loop only."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self.taken = 0

    @contextmanager
    def take(self) -> Iterator[None]:
        """Hold a place, or raise Unavailable when all are taken."""
        if self.taken >= self._limit:
            raise Unavailable("Too many live connections; try again in a moment.", code="TOO_MANY_STREAMS")
        self.taken += 1
        try:
            yield
        finally:
            self.taken -= 1
