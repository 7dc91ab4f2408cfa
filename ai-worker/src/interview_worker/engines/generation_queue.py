"""Requests that wait for the one thread that owns a model, and the handle through which their callers follow them."""

import heapq
import itertools
import queue
import threading
import time
from collections.abc import Iterator

from interview_core.errors import InterviewError
from interview_worker.engines.language_model import (
    DeadlinePassed,
    GenerationCancelled,
    GenerationRequest,
    GenerationResult,
    ModelBusy,
)


class QueuedGeneration:
    """A request between its caller's thread, which iterates, and the model's thread, which pushes."""

    def __init__(self, request: GenerationRequest) -> None:
        self.request = request
        self.started_at = time.monotonic()
        self._deadline = self.started_at + request.limits.deadline_s
        self._pieces: queue.SimpleQueue[str | GenerationResult | InterviewError] = queue.SimpleQueue()
        self._cancelled = threading.Event()
        self._result: GenerationResult | None = None

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

    def push(self, text: str) -> None:
        self._pieces.put(text)

    def finish(self, result: GenerationResult) -> None:
        self._pieces.put(result)

    def fail(self, error: InterviewError) -> None:
        self._pieces.put(error)

    def _next_piece(self) -> str | GenerationResult | InterviewError:
        # The model's thread may be loading or reading a long prompt: the caller keeps its deadline by itself.
        try:
            return self._pieces.get(timeout=max(self._deadline - time.monotonic(), 0.001))
        except queue.Empty:
            self.cancel()
            return self._timeout()

    def _timeout(self) -> DeadlinePassed:
        return DeadlinePassed(f"The model did not finish within {self.request.limits.deadline_s:g} s.")


class GenerationQueue:
    """A bounded line, most urgent first and first come first served among equals."""

    def __init__(self, *, max_waiting: int) -> None:
        self._max_waiting = max_waiting
        self._waiting: list[tuple[int, int, QueuedGeneration]] = []
        self._numbers = itertools.count()
        self._changed = threading.Condition()
        self._is_closed = False

    def put(self, generation: QueuedGeneration) -> None:
        """Append a request, or raise ModelBusy."""
        with self._changed:
            self._forget_abandoned()
            if len(self._waiting) >= self._max_waiting:
                raise ModelBusy(f"{len(self._waiting)} requests wait for the model already; try again later.")
            heapq.heappush(self._waiting, (generation.request.priority, next(self._numbers), generation))
            self._changed.notify()

    def take(self) -> QueuedGeneration | None:
        """Wait for the next request; None once the line is closed."""
        with self._changed:
            while not self._waiting and not self._is_closed:
                self._changed.wait()
            return None if self._is_closed else heapq.heappop(self._waiting)[2]

    def close(self) -> None:
        """Cancel what waits and send the model's thread home."""
        with self._changed:
            self._is_closed = True
            for _, _, generation in self._waiting:
                generation.fail(GenerationCancelled("The worker is shutting down."))
            self._waiting.clear()
            self._changed.notify_all()

    def _forget_abandoned(self) -> None:
        self._waiting = [item for item in self._waiting if not item[2].is_over()]
        heapq.heapify(self._waiting)
