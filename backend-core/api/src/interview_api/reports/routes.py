"""/interviews/{interview_id}/report."""

from uuid import UUID

from fastapi import APIRouter

from interview_api.dependencies import Database, Me
from interview_api.errors import error_docs
from interview_api.reports import schemas, service

router = APIRouter(prefix="/interviews/{interview_id}/report", tags=["reports"])


@router.get("", responses=error_docs(401, 404, 409, 422))
def read_report(interview_id: UUID, user: Me, session: Database) -> schemas.Report:
    """Return the report of a finished interview, with partial results while it is being written."""
    return service.read_report(session, user.id, interview_id)


@router.post("/retry", status_code=202, responses=error_docs(401, 404, 409, 422))
def retry_report(interview_id: UUID, user: Me, session: Database) -> schemas.Report:
    """Write a report again that failed, or in which something could not be judged."""
    return service.retry_report(session, user.id, interview_id)
