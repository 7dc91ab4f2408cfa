"""How fast the model writes at present, so that nobody waits for one that is slow."""

import threading
import time

_FRESH_S = 600
"""A pace that was seen longer ago says nothing."""


class ModelPace:
    """What the newest texts took; one for a worker process, used by all its threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ms_per_token: float | None = None
        self._first_token_ms = 0.0
        self._seen_at = 0.0

    def note(self, *, tokens: int, first_token_ms: int | None, total_ms: int) -> None:
        """Take what a text took that was just written."""
        if tokens < 1:
            return
        first_ms = first_token_ms or 0
        with self._lock:
            self._ms_per_token = max(total_ms - first_ms, 0) / tokens
            self._first_token_ms = first_ms
            self._seen_at = time.monotonic()

    def was_late(self) -> None:
        """Forget the pace: the model did not keep it."""
        with self._lock:
            self._ms_per_token = None

    def is_quick(self, tokens: int, within_s: float) -> bool:
        """Tell whether so many tokens would be there in time; a pace that is not known is not quick."""
        with self._lock:
            if self._ms_per_token is None or time.monotonic() - self._seen_at > _FRESH_S:
                return False
            return self._first_token_ms + tokens * self._ms_per_token <= within_s * 1000
