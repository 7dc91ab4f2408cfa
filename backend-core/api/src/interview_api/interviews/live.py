"""An interview as a source of live events."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, func, select

from interview_api.auth.users import is_session_alive
from interview_api.interviews import service
from interview_api.interviews.views import view_detail
from interview_api.live import Ended
from interview_core.db.engine import SessionFactory
from interview_core.db.tables import Interview, LoginSession, Report, ReviewAnswer, ReviewRequest
from interview_core.errors import NotFound
from interview_core.streams import Event


@dataclass(frozen=True)
class InterviewSource:
    sessions: SessionFactory
    user_id: UUID
    session_id: UUID
    interview_id: UUID

    def check(self) -> None:
        """Raise NotFound unless the interview is the user's."""
        with self.sessions() as session:
            service.get_interview(session, self.user_id, self.interview_id)

    def version(self) -> object:
        with self.sessions() as session:
            return self._version(session)

    def snapshot(self) -> tuple[object, Any]:
        with self.sessions() as session:
            version = self._version(session)
            try:
                interview = service.get_interview(session, self.user_id, self.interview_id)
            except NotFound:
                raise Ended from None
            return version, view_detail(session, interview)

    def enrich(self, event: Event) -> tuple[object | None, Any]:
        return None, event.data

    def _version(self, session: Session) -> object:
        row = session.exec(
            select(Interview.sequence, Report.status, Report.percent, _newest_answer(self.interview_id))
            .join(LoginSession, col(LoginSession.user_id) == col(Interview.user_id))
            .join(Report, col(Report.interview_id) == col(Interview.id), isouter=True)
            .where(Interview.id == self.interview_id, *is_session_alive(self.session_id))
        ).one_or_none()
        if row is None:
            raise Ended
        return tuple(row)


def _newest_answer(interview_id: UUID) -> Any:
    """When the newest request for a review of the report was answered."""
    return (
        select(func.max(ReviewAnswer.at))
        .join(ReviewRequest, col(ReviewRequest.id) == col(ReviewAnswer.review_id))
        .where(ReviewRequest.interview_id == interview_id)
        .scalar_subquery()
    )
