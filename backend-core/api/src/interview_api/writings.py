"""What a worker writes on request, learning paths and question sets: one's own, followed live or waited for."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from uuid import UUID

from anyio import to_thread
from redis.exceptions import RedisError
from sqlmodel import Session, col, select

from interview_api.auth.users import is_session_alive
from interview_api.live import Ended
from interview_api.resources import Resources
from interview_core.db.engine import SessionFactory
from interview_core.db.tables import LearningPath, LoginSession, QuestionSet, WritingStatus
from interview_core.errors import Conflict, NotFound
from interview_core.streams import START, Event, EventKind, Stream

Row = TypeVar("Row", LearningPath, QuestionSet)
Made = TypeVar("Made")
Result = TypeVar("Result")

ENDED = (WritingStatus.READY, WritingStatus.FAILED)
_ENDINGS = (EventKind.READY, EventKind.FAILED)
_LOOK_AGAIN_S = 5.0
_RETRY_S = 1.0


def get_own(session: Session, table: type[Row], user_id: UUID, row_id: UUID, *, lock: bool = False) -> Row:
    """Return the user's row; another user's raises the same NotFound as one that is nowhere."""
    query = select(table).where(table.id == row_id, table.user_id == user_id)
    row = session.exec(query.with_for_update() if lock else query).one_or_none()
    if row is None:
        name = table.__tablename__
        raise NotFound(f"There is no such {name.replace('_', ' ')} of yours.", code=f"{name.upper()}_NOT_FOUND")
    return row


def require_failed(row: LearningPath | QuestionSet) -> None:
    """Raise unless the row failed and its résumé is still there.

    Raises:
        Conflict: NOT_FAILED.
        NotFound: RESUME_NOT_FOUND.
    """
    if row.status is not WritingStatus.FAILED:
        raise Conflict("Only what failed can be written again.", code="NOT_FAILED")
    if row.resume_id is None:
        raise NotFound("The résumé that this is about was deleted.", code="RESUME_NOT_FOUND")


def reopen(row: LearningPath | QuestionSet) -> None:
    """Let a row be written again."""
    row.status = WritingStatus.PENDING
    row.percent = 0
    row.error_code = None


@dataclass(frozen=True)
class WritingSource(Generic[Row]):
    """One row as a source of live events."""

    sessions: SessionFactory
    table: type[Row]
    user_id: UUID
    session_id: UUID
    row_id: UUID
    view: Callable[[Session, Row], Any]

    def check(self) -> None:
        """Raise NotFound unless the row is the user's."""
        with self.sessions() as session:
            get_own(session, self.table, self.user_id, self.row_id)

    def version(self) -> object:
        with self.sessions() as session:
            return self._version(session)

    def snapshot(self) -> tuple[object, Any]:
        with self.sessions() as session:
            return self._version(session), self._view(session)

    def enrich(self, event: Event) -> tuple[object | None, Any]:  # noqa: ARG002  each event says only to look again
        return self.snapshot()

    def _view(self, session: Session) -> Any:
        try:
            return self.view(session, get_own(session, self.table, self.user_id, self.row_id))
        except NotFound:
            raise Ended from None

    def _version(self, session: Session) -> object:
        row = session.exec(
            select(self.table.status, self.table.percent)
            .join(LoginSession, col(LoginSession.user_id) == col(self.table.user_id))
            .where(self.table.id == self.row_id, *is_session_alive(self.session_id))
        ).one_or_none()
        if row is None:
            raise Ended
        return tuple(row)


async def count_and_do(
    resources: Resources,
    check: Callable[[Session], object],
    count: Callable[[], Awaitable[None]],
    act: Callable[[Session], Made],
) -> Made:
    """Count what is asked for towards its limit once `check` finds it possible, and do it; sessions are in threads."""

    def in_session(call: Callable[[Session], Result]) -> Result:
        with resources.sessions() as session:
            return call(session)

    await to_thread.run_sync(in_session, check)
    await count()
    return await to_thread.run_sync(in_session, act)


async def wait_until_written(
    resources: Resources, stream: Stream, row_id: UUID, is_ended: Callable[[], bool], *, within_s: float
) -> None:
    """Return once the row is ready or failed, at the latest after the time; `is_ended` looks into the database.

    Meanwhile neither a thread nor a connection to the database is held.
    """
    position, until = START, time.monotonic() + within_s
    async with resources.event_reader() as reader:
        while (left_s := until - time.monotonic()) > 0:
            try:
                wait_ms = max(1, round(min(left_s, _LOOK_AGAIN_S) * 1000))
                events = await reader.read(stream, row_id, position, wait_ms=wait_ms)
            except (RedisError, OSError):
                await asyncio.sleep(min(left_s, _RETRY_S))
                events = []
            if any(event.kind in _ENDINGS for event in events):
                return
            if events:
                position = events[-1].id
            # The event may have been lost, as when its writer died after the commit.
            elif await to_thread.run_sync(is_ended):
                return
