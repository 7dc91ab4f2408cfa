"""Requests that wait for the one thread that owns a model, and the handle through which their callers follow them."""

import heapq
import itertools
import queue
import threading
import time
from collections.abc import Callable, Iterator
from uuid import UUID

from interview_core.errors import InterviewError
from interview_worker.engines.language_model import (
    LOOK_S,
    DeadlinePassed,
    GenerationCancelled,
    GenerationRequest,
    GenerationResult,
    ModelBusy,
    Priority,
    Spent,
)


class QueuedGeneration:
    """A request between its caller's thread, which iterates, and the model's thread, which pushes."""

    def __init__(self, request: GenerationRequest) -> None:
        self.request = request
        self.number = 0
        """Its place among equals; given by the line that it is put into."""
        self.started_at = time.monotonic()
        self._deadline = self.started_at + request.limits.deadline_s
        self._pieces: queue.SimpleQueue[str | GenerationResult | InterviewError] = queue.SimpleQueue()
        self._cancelled = threading.Event()
        self._result: GenerationResult | None = None
        self._count: Callable[[], Spent] = Spent
        self.queue_ms: int | None = None

    def __iter__(self) -> Iterator[str]:
        while True:
            piece = self._next_piece()
            if isinstance(piece, str):
                yield piece
            elif isinstance(piece, GenerationResult):
                self._result = piece
                return
            else:
                raise piece

    def cancel(self) -> None:
        self._cancelled.set()

    @property
    def result(self) -> GenerationResult:
        if self._result is None:
            raise RuntimeError("the generation has not ended yet; iterate it first")
        return self._result

    @property
    def spent(self) -> Spent:
        """What it has taken so far, also when it ended without a result."""
        return self._count()

    @property
    def rank(self) -> tuple[Priority, int]:
        """Its place in the line: the smallest is served first."""
        return self.request.priority, self.number

    @property
    def elapsed_ms(self) -> int:
        return round((time.monotonic() - self.started_at) * 1000)

    def is_over(self) -> bool:
        """Tell the model's thread that nobody waits for this any more."""
        return self._cancelled.is_set() or time.monotonic() >= self._deadline

    def check(self) -> None:
        """Raise GenerationCancelled or DeadlinePassed once nobody waits for this any more."""
        if self._cancelled.is_set():
            raise GenerationCancelled("The generation was cancelled.")
        if time.monotonic() >= self._deadline:
            raise self._timeout()

    def begin(self, count: Callable[[], Spent]) -> None:
        """Say that its turn has come; from now on `count` tells what it takes."""
        self._count = count
        if self.queue_ms is None:
            self.queue_ms = self.elapsed_ms

    def push(self, text: str) -> None:
        self._pieces.put(text)

    def finish(self, result: GenerationResult) -> None:
        self._pieces.put(result)

    def fail(self, error: InterviewError) -> None:
        self._pieces.put(error)

    def _next_piece(self) -> str | GenerationResult | InterviewError:
        # The model's thread may be loading or reading a long prompt: the caller keeps its deadline by itself.
        left_s = self._deadline - time.monotonic()
        try:
            return self._pieces.get(timeout=min(max(left_s, 0.001), LOOK_S))
        except queue.Empty:
            if left_s > LOOK_S:
                return ""
            self.cancel()
            return self._timeout()

    def _timeout(self) -> DeadlinePassed:
        return DeadlinePassed(f"The model did not finish within {self.request.limits.deadline_s:g} s.")


class GenerationQueue:
    """A bounded line, most urgent first and first come first served among equals."""

    def __init__(self, *, max_waiting: int) -> None:
        self._max_waiting = max_waiting
        self._waiting: list[tuple[Priority, int, QueuedGeneration]] = []
        self._numbers = itertools.count()
        self._changed = threading.Condition()
        self._closed_by: InterviewError | None = None
        self._forgotten: set[UUID] = set()

    def __len__(self) -> int:
        with self._changed:
            return len(self._waiting)

    @property
    def has_work(self) -> bool:
        with self._changed:
            return bool(self._waiting or self._forgotten)

    @property
    def is_closed(self) -> bool:
        return self._closed_by is not None

    def put(self, generation: QueuedGeneration) -> None:
        """Append a request.

        Raises:
            ModelBusy: as many as may wait are before it already. Less urgent ones do not count: they wait longer.
        """
        with self._changed:
            if self._closed_by is not None:
                raise self._closed_by
            generation.number = next(self._numbers)
            before = sum(item[:2] < generation.rank and not item[2].is_over() for item in self._waiting)
            if before >= self._max_waiting:
                message = f"{before} requests wait for the model already; try again later."
                raise ModelBusy(message, position=before)
            self._push(generation)

    def put_back(self, generation: QueuedGeneration) -> None:
        """Return one that was taken to its old place in the line."""
        with self._changed:
            self._push(generation)

    def wait(self) -> bool:
        """Wait for something to do; False once the line is closed."""
        with self._changed:
            while not (self._waiting or self._forgotten) and self._closed_by is None:
                self._changed.wait()
            return self._closed_by is None

    def take(self, *, more_urgent_than: Priority | None = None) -> QueuedGeneration | None:
        """Return the first in the line at once, or None if there is none that is urgent enough."""
        with self._changed:
            if not self._waiting or (more_urgent_than is not None and self._waiting[0][0] >= more_urgent_than):
                return None
            return heapq.heappop(self._waiting)[2]

    def take_abandoned(self) -> list[QueuedGeneration]:
        """Remove and return those that nobody waits for any more."""
        with self._changed:
            abandoned = [item[2] for item in self._waiting if item[2].is_over()]
            if abandoned:
                self._waiting = [item for item in self._waiting if item[2] not in abandoned]
                heapq.heapify(self._waiting)
            return abandoned

    def forget(self, session: UUID) -> None:
        """Cancel a session's requests, and let the model's thread drop what it keeps of it."""
        with self._changed:
            for _, _, generation in self._waiting:
                if generation.request.session == session:
                    generation.cancel()
            self._forgotten.add(session)
            self._changed.notify()

    def take_forgotten(self) -> set[UUID]:
        """Return the sessions that were to be forgotten since the last call."""
        with self._changed:
            forgotten, self._forgotten = self._forgotten, set()
            return forgotten

    def fail_all(self, error: InterviewError) -> None:
        """Send all who wait away."""
        with self._changed:
            for _, _, generation in self._waiting:
                generation.fail(error)
            self._waiting.clear()

    def close(self, error: InterviewError | None = None) -> None:
        """Send all who wait, and all who come later, away, and the model's thread home."""
        reason = error or GenerationCancelled("The worker is shutting down.")
        with self._changed:
            self._closed_by = self._closed_by or reason
            self._changed.notify_all()
        self.fail_all(reason)

    def _push(self, generation: QueuedGeneration) -> None:
        if self._closed_by is not None:
            generation.fail(self._closed_by)
            return
        heapq.heappush(self._waiting, (*generation.rank, generation))
        self._changed.notify()
