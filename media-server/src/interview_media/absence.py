"""Candidates whose connection broke off: what they left open is ended, and whoever does not come back is paused."""

import asyncio
import time
from uuid import UUID

import structlog

from interview_core.tickets import MediaTicket
from interview_media.resources import MediaResources

log = structlog.get_logger(__name__)


class Absences:
    def __init__(self, resources: MediaResources) -> None:
        self._resources = resources
        self._since: dict[UUID, tuple[MediaTicket, float]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def broke_off(self, ticket: MediaTicket, at: float) -> None:
        """A connection ended without anybody's wish."""
        self._since[ticket.interview_id] = ticket, at

    def returned(self, ticket: MediaTicket) -> None:
        """A new connection begins: whatever older ones left open, also in a process that died, is over."""
        self._since.pop(ticket.interview_id, None)
        task = asyncio.create_task(self._end_lost(ticket))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def pause_overdue(self) -> None:
        """Pause the interviews of those who have not come back in time."""
        deadline = time.monotonic() - self._resources.settings.media_pause_after_s
        for ticket, at in list(self._since.values()):
            if at <= deadline:
                del self._since[ticket.interview_id]
                await self._pause(ticket)

    async def _pause(self, ticket: MediaTicket) -> None:
        absent_s = self._resources.settings.media_pause_after_s
        try:
            is_paused = await asyncio.get_running_loop().run_in_executor(
                self._resources.storing, self._resources.store.pause, ticket.interview_id, absent_s
            )
        except Exception as error:  # noqa: BLE001  an interview that is not paused ends by its clock
            log.warning("interview not paused", interview_id=str(ticket.interview_id), error=type(error).__name__)
            return
        log.info("candidate stayed away", interview_id=str(ticket.interview_id), is_paused=is_paused)

    async def _end_lost(self, ticket: MediaTicket) -> None:
        loop = asyncio.get_running_loop()
        try:
            await loop.run_in_executor(
                self._resources.storing, self._resources.store.end_lost, ticket.interview_id, ticket.epoch
            )
        except Exception as error:  # noqa: BLE001  the next connection tries again, and the answer itself is safe
            log.warning("lost answers not ended", interview_id=str(ticket.interview_id), error=type(error).__name__)
