"""Brings one connection's speech to the store, in order, however long the store is away; within bounds."""

import asyncio
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor
from typing import Protocol

import structlog
from sqlalchemy.exc import IntegrityError

from interview_core.errors import NotFound
from interview_media.control import ErrorCode
from interview_media.entries import Entry, SegmentHeard, UncutHeard
from interview_media.speech_store import SpeechStore

log = structlog.get_logger(__name__)

_FIRST_WAIT_S = 0.2
_LONGEST_WAIT_S = 3.0
_CLOSING_LIMIT_S = 60


class Told(Protocol):
    """Who learns what became of an entry, on the event loop."""

    def stored(self, entry: Entry) -> None: ...

    def not_stored(self, entry: Entry, code: ErrorCode) -> None:
        """The entry is given up."""

    def delayed(self) -> None:
        """The store is away; entries wait."""


class MemoryBudget:
    """How much sound of all connections may wait for the store."""

    def __init__(self, limit_bytes: int) -> None:
        self._left = limit_bytes

    def take(self, count: int) -> bool:
        if count > self._left:
            return False
        self._left -= count
        return True

    def give_back(self, count: int) -> None:
        self._left += count


class SpeechWriter:
    """One connection's entries. `on_idle` is called once it is closed and all is done."""

    def __init__(self, store: SpeechStore, executor: Executor, budget: MemoryBudget, told: Told) -> None:
        self._store = store
        self._executor = executor
        self._budget = budget
        self._told = told
        self._waiting: deque[Entry] = deque()
        self._news = asyncio.Event()
        self._is_closed = False
        self._give_up_at: float | None = None
        self._task: asyncio.Task[None] | None = None

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, entry: Entry) -> None:
        """Store the entry after those before it."""
        if self._is_closed or (isinstance(entry, UncutHeard) and self._waiting):
            return
        if not self._budget.take(_size(entry)):
            if isinstance(entry, UncutHeard):
                return
            log.error("speech lost", interview_id=str(entry.place.interview_id), reason="no memory left for it")
            self._told.not_stored(entry, ErrorCode.STORAGE_UNAVAILABLE)
            return
        self._waiting.append(entry)
        self._news.set()
        if self._task is None:
            self._task = asyncio.create_task(self._work())

    def close(self, on_idle: Callable[[], None]) -> None:
        """Take no more; what waits is still stored, or given up after a minute."""
        self._is_closed = True
        self._give_up_at = asyncio.get_running_loop().time() + _CLOSING_LIMIT_S
        self._news.set()
        if self._task is None:
            on_idle()
        else:
            self._task.add_done_callback(lambda _task: on_idle())

    async def finish(self, within_s: float) -> None:
        """Wait for the end of a closed writer; what is not stored by then is lost."""
        if self._task is None:
            return
        await asyncio.wait({self._task}, timeout=within_s)
        if not self._task.done():
            log.error("speech lost", entries=len(self._waiting), reason="shutdown")
            self._task.cancel()

    async def _work(self) -> None:
        while True:
            while self._waiting:
                entry = self._waiting[0]
                await self._bring(entry)
                self._waiting.popleft()
                self._budget.give_back(_size(entry))
            if self._is_closed:
                return
            self._news.clear()
            await self._news.wait()

    async def _bring(self, entry: Entry) -> None:
        """Store an entry, trying again for as long as it makes sense, and tell what became of it."""
        wait_s = _FIRST_WAIT_S
        loop = asyncio.get_running_loop()
        while True:
            try:
                await loop.run_in_executor(self._executor, self._store.keep, entry)
            except (NotFound, IntegrityError):
                self._told.not_stored(entry, ErrorCode.QUESTION_NOT_FOUND)
                return
            except Exception as error:  # noqa: BLE001  storage, database and drivers fail in ways of every kind
                log.warning("speech not stored yet", error=type(error).__name__, waiting=len(self._waiting))
                if isinstance(entry, UncutHeard):
                    return
                if self._give_up_at is not None and loop.time() > self._give_up_at:
                    log.error("speech lost", interview_id=str(entry.place.interview_id), error=type(error).__name__)
                    self._told.not_stored(entry, ErrorCode.STORAGE_UNAVAILABLE)
                    return
                self._told.delayed()
            else:
                self._told.stored(entry)
                return
            await asyncio.sleep(wait_s)
            wait_s = min(wait_s * 2, _LONGEST_WAIT_S)


def _size(entry: Entry) -> int:
    return entry.utterance.pcm.nbytes if isinstance(entry, SegmentHeard | UncutHeard) else 0
