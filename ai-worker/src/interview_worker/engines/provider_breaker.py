"""Keeps requests away from a provider that fails, and lets one through now and then to see whether it works again."""

import threading
import time
from collections.abc import Callable
from enum import StrEnum

FAILURES_TO_OPEN = 5
OPEN_S = 30


class BreakerState(StrEnum):
    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"
    """One request tries whether the provider works again."""


class Breaker:
    """Opens after five failures in a row; after 30 s one probe closes it again, or opens it for another 30 s."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._failures = 0
        self._opened_at: float | None = None
        self._is_probing = False

    @property
    def state(self) -> BreakerState:
        with self._lock:
            if self._opened_at is None:
                return BreakerState.CLOSED
            return BreakerState.HALF_OPEN if self._is_probing or self._may_probe() else BreakerState.OPEN

    @property
    def failures(self) -> int:
        """How many requests failed in a row."""
        return self._failures

    @property
    def is_passable(self) -> bool:
        """Whether `enter` would let a request through now."""
        with self._lock:
            return self._opened_at is None or self._may_probe()

    def enter(self) -> bool:
        """Ask to send a request; one that is let through ends with `succeed`, `fail` or `leave`."""
        with self._lock:
            if self._opened_at is None:
                return True
            if not self._may_probe():
                return False
            self._is_probing = True
            return True

    def succeed(self) -> None:
        with self._lock:
            self._failures, self._opened_at, self._is_probing = 0, None, False

    def fail(self) -> None:
        with self._lock:
            self._failures += 1
            if self._is_probing or (self._opened_at is None and self._failures >= FAILURES_TO_OPEN):
                self._opened_at = self._clock()
            self._is_probing = False

    def leave(self) -> None:
        """End a request that says nothing about the provider, such as one that its caller cancelled."""
        with self._lock:
            self._is_probing = False

    def _may_probe(self) -> bool:
        is_over = self._opened_at is not None and self._clock() - self._opened_at >= OPEN_S
        return is_over and not self._is_probing
