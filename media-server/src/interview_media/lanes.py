"""Work of many peers on few threads: what belongs to one lane is done in order, and a full lane refuses."""

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor

import structlog

log = structlog.get_logger(__name__)


class Lane:
    """One peer's audio or video. `limit` is how many pieces of work may wait."""

    def __init__(self, executor: Executor, limit: int) -> None:
        self._executor = executor
        self._limit = limit
        self._waiting: deque[Callable[[], None]] = deque()
        self._lock = threading.Lock()
        self._is_busy = False
        self._is_closed = False

    def submit(self, work: Callable[[], None]) -> bool:
        """Do the work after what is in the lane already. False: the lane is full or closed, and nothing is done."""
        with self._lock:
            if self._is_closed or len(self._waiting) >= self._limit:
                return False
            self._waiting.append(work)
            if self._is_busy:
                return True
            self._is_busy = True
        self._executor.submit(self._work_off)
        return True

    def close(self) -> None:
        """Drop what waits; work that has begun ends by itself."""
        with self._lock:
            self._is_closed = True
            self._waiting.clear()

    def __len__(self) -> int:
        return len(self._waiting)

    def _work_off(self) -> None:
        while True:
            with self._lock:
                if not self._waiting:
                    self._is_busy = False
                    return
                work = self._waiting.popleft()
            try:
                work()
            except Exception:
                # The next piece must be done all the same: a lane that stops is a candidate who is not heard.
                log.exception("work in a lane failed")
