"""Server-sent events: a snapshot from the database, then the stream of Redis, for as long as the client stays."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from typing import Any, Protocol, TypeVar
from uuid import UUID

import structlog
from anyio import to_thread
from fastapi.sse import ServerSentEvent
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from interview_core.errors import InterviewError
from interview_core.streams import Event, EventKind, EventReader, Stream, check_event_id

log = structlog.get_logger(__name__)

T = TypeVar("T")

WAIT_MS = 5000
RETRY_S = 2.0

_TROUBLE = (RedisError, SQLAlchemyError, OSError)


class Ended(Exception):
    """The subject is gone or the client's session has ended."""


class Source(Protocol):
    """What a stream is about, read from the database. Methods are called in threads and raise `Ended`."""

    def version(self) -> object:
        """Return a value that differs after every change that a client should see."""

    def snapshot(self) -> tuple[object, Any]:
        """Return the version, and the subject as the client sees it."""

    def enrich(self, event: Event) -> tuple[object | None, Any]:
        """Return the event's data as the client gets it, and the version that it shows; None: only what happened."""


class Follower:
    """Follows one subject for one client. Whatever fails, the client hears of it and the stream goes on."""

    def __init__(self, source: Source, reader: EventReader, stream: Stream, subject_id: UUID) -> None:
        self._source = source
        self._reader = reader
        self._stream = stream
        self._subject_id = subject_id
        self._position: str | None = None
        """The id of the last event that the client has; None when it needs a snapshot."""
        self._version: object = None
        """What the client has been shown; None when that is not known."""
        self._is_due = False
        """Something happened that may have changed more than its event says."""
        self._looked_at = time.monotonic()
        self._is_degraded = False

    async def follow(self, last_event_id: str | None) -> AsyncIterator[ServerSentEvent]:
        """Yield events until the client leaves, the subject is deleted, or the user signs out."""
        try:
            self._position = await self._find_position(last_event_id)
            while True:
                for event in await self._next_events():
                    yield event
        except (Ended, InterviewError):
            return

    async def _find_position(self, last_event_id: str | None) -> str | None:
        """Return where to go on when Redis still holds everything that came after; else None."""
        if not last_event_id or not check_event_id(last_event_id):
            return None
        try:
            is_held = await self._reader.holds(self._stream, self._subject_id, last_event_id)
        except _TROUBLE:
            return None
        return last_event_id if is_held else None

    async def _next_events(self) -> list[ServerSentEvent]:
        try:
            if self._position is None:
                return [await self._catch_up()]
            if self._is_due:
                return await self._check_for_change()
            # A client that comes back first gets all that it missed, then the state of now.
            wait_ms = None if self._version is None else WAIT_MS
            events = await self._reader.read(self._stream, self._subject_id, self._position, wait_ms=wait_ms)
            return await self._deliver(events) if events else await self._check_for_change()
        except _TROUBLE as error:
            return await self._degrade(error)

    async def _catch_up(self) -> ServerSentEvent:
        # The position is read before the state, so an event in between is seen twice rather than never.
        position = await self._reader.last_id(self._stream, self._subject_id)
        snapshot = await self._snapshot(position)
        self._position = position
        self._is_degraded = False
        return snapshot

    async def _snapshot(self, event_id: str | None) -> ServerSentEvent:
        self._version, state = await _in_thread(self._source.snapshot)
        self._note_look()
        return ServerSentEvent(event=EventKind.SNAPSHOT.value, data=state, id=event_id)

    async def _deliver(self, events: list[Event]) -> list[ServerSentEvent]:
        delivered = [ServerSentEvent(event=event.kind, id=event.id, data=await self._data(event)) for event in events]
        self._position = events[-1].id
        is_long_ago = time.monotonic() - self._looked_at >= WAIT_MS / 1000
        self._is_due = self._is_due or is_long_ago or self._version is None
        return delivered

    async def _data(self, event: Event) -> Any:
        if event.kind == EventKind.QUESTION_TOKEN:
            return event.data
        version, data = await _in_thread(lambda: self._source.enrich(event))
        if version is None:
            self._is_due = True
        else:
            self._version = version
        return data

    async def _check_for_change(self) -> list[ServerSentEvent]:
        """Send a snapshot when the database says more than the events did: of another window, or of a lost event."""
        if await _in_thread(self._source.version) == self._version:
            self._note_look()
            return []
        return [await self._snapshot(self._position)]

    def _note_look(self) -> None:
        self._is_due = False
        self._looked_at = time.monotonic()

    async def _degrade(self, error: Exception) -> list[ServerSentEvent]:
        """Say once that the stream is interrupted; from then on the client gets what the database says."""
        self._position = None
        if self._is_degraded:
            await asyncio.sleep(RETRY_S)
            return await self._changes_without_redis()
        self._is_degraded = True
        log.warning("live events interrupted", stream=self._stream.value, error=type(error).__name__)
        return await self._changes_without_redis() or [_interrupted()]

    async def _changes_without_redis(self) -> list[ServerSentEvent]:
        """Return what changed; the snapshot would count as the end of the interruption without the notice behind it."""
        try:
            if await _in_thread(self._source.version) == self._version:
                return []
            return [await self._snapshot(None), _interrupted()]
        except SQLAlchemyError:
            return []


def _interrupted() -> ServerSentEvent:
    return ServerSentEvent(event=EventKind.DEGRADED.value, data={"reason": "live_updates_unavailable"})


async def _in_thread(function: Callable[[], T]) -> T:
    return await to_thread.run_sync(function)
