"""/operations: for operators only."""

from uuid import UUID

from fastapi import APIRouter, Depends

from interview_api.dependencies import Database, Limit, Offset, current_operator
from interview_api.errors import error_docs
from interview_api.operations import service
from interview_api.operations.schemas import JobPage, JobView, WorkerView
from interview_core.db.tables import JobState
from interview_core.db.workers import list_workers as find_workers

router = APIRouter(prefix="/operations", tags=["operations"], dependencies=[Depends(current_operator)])


@router.get("/jobs", responses=error_docs(401, 403, 422))
def list_jobs(session: Database, state: JobState | None = None, limit: Limit = 20, offset: Offset = 0) -> JobPage:
    """Return jobs, newest first; `state=dead` are those that need somebody."""
    rows, total = service.list_jobs(session, state=state, limit=limit, offset=offset)
    return JobPage(items=[JobView.model_validate(row) for row in rows], total=total)


@router.post("/jobs/{job_id}/retry", status_code=202, responses=error_docs(401, 403, 404, 409, 422))
def retry_job(job_id: UUID, session: Database) -> JobView:
    """Run a dead job again from its first attempt."""
    return JobView.model_validate(service.retry_job(session, job_id))


@router.post("/jobs/{job_id}/discard", status_code=202, responses=error_docs(401, 403, 404, 409, 422))
def discard_job(job_id: UUID, session: Database) -> JobView:
    """Lay a dead job aside."""
    return JobView.model_validate(service.discard_job(session, job_id))


@router.get("/workers", responses=error_docs(401, 403))
def list_workers(session: Database) -> list[WorkerView]:
    """Return the workers seen within the last hour."""
    return [WorkerView.model_validate(worker) for worker in find_workers(session)]
