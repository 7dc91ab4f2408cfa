"""Notices, while a model writes, that nobody needs the text any more."""

import time
from collections.abc import Callable
from uuid import UUID

import structlog
from sqlalchemy.exc import SQLAlchemyError

from interview_core.db.interviews import load_state
from interview_core.interview_state import InterviewState
from interview_worker.binding import JobRun
from interview_worker.gpu.resources import GpuResources

log = structlog.get_logger(__name__)

_LOOK_AGAIN_S = 1.0


class Watch:
    """Looks at an interview every second; one that was deleted has no state that needs anything."""

    def __init__(
        self, interview_id: UUID, job: JobRun, resources: GpuResources, is_needed: Callable[[InterviewState], bool]
    ) -> None:
        self._interview_id, self._job, self._resources, self._is_needed = interview_id, job, resources, is_needed
        self._looked_at = time.monotonic()
        self._is_in_vain = False

    def is_in_vain(self) -> bool:
        if not self._is_in_vain and time.monotonic() - self._looked_at >= _LOOK_AGAIN_S:
            self._looked_at = time.monotonic()
            self._is_in_vain = not self._look()
        return self._is_in_vain or self._job.is_cancelled

    def _look(self) -> bool:
        try:
            with self._resources.session() as session:
                return self._is_needed(load_state(session, self._interview_id))
        except SQLAlchemyError as error:
            log.warning("interview not looked at", error=type(error).__name__)
            return True
