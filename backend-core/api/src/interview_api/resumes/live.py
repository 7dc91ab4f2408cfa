"""A résumé as a source of live events."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from interview_api.auth.users import is_session_alive
from interview_api.live import Ended
from interview_api.resumes import schemas, service
from interview_core.db.engine import SessionFactory
from interview_core.db.tables import LoginSession, Resume
from interview_core.errors import NotFound
from interview_core.streams import Event, EventKind


@dataclass(frozen=True)
class ResumeSource:
    sessions: SessionFactory
    user_id: UUID
    session_id: UUID
    resume_id: UUID

    def check(self) -> None:
        """Raise NotFound unless the résumé is the user's."""
        with self.sessions() as session:
            service.get_resume(session, self.user_id, self.resume_id)

    def version(self) -> object:
        with self.sessions() as session:
            row = session.exec(
                select(Resume.status, Resume.step, Resume.percent)
                .join(LoginSession, col(LoginSession.user_id) == col(Resume.user_id))
                .where(Resume.id == self.resume_id, *is_session_alive(self.session_id))
            ).one_or_none()
        if row is None:
            raise Ended
        return tuple(row)

    def snapshot(self) -> tuple[object, Any]:
        with self.sessions() as session:
            row = self._row(session)
        return _version_of(row), schemas.ResumeDetail.of(row)

    def enrich(self, event: Event) -> tuple[object | None, Any]:
        with self.sessions() as session:
            row = self._row(session)
        if event.kind == EventKind.PROGRESS:
            return _version_of(row), schemas.Resume.of(row)
        return _version_of(row), schemas.ResumeDetail.of(row)

    def _row(self, session: Session) -> Resume:
        try:
            return service.get_resume(session, self.user_id, self.resume_id)
        except NotFound:
            raise Ended from None


def _version_of(row: Resume) -> object:
    return row.status, row.step, row.percent
