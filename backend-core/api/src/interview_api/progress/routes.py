"""/reports/comparison and /progress: from one interview to another."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from interview_api.dependencies import Database, Me
from interview_api.errors import error_docs
from interview_api.progress import schemas, service

router = APIRouter(tags=["reports"])


@router.get("/reports/comparison", responses=error_docs(401, 404, 409, 422))
def compare_reports(
    a: Annotated[UUID, Query(description="The earlier interview.")],
    b: Annotated[UUID, Query(description="The later one.")],
    user: Me,
    session: Database,
) -> schemas.Comparison:
    """Compare two of your interviews.

    Where rubric, prompt or model differ, or nothing was scored, `obstacles` says so and all scores are null: then
    there are only words.
    """
    return service.compare(session, user.id, a, b)


@router.get("/progress", responses=error_docs(401, 422))
def read_progress(
    user: Me,
    session: Database,
    limit: Annotated[int, Query(ge=1, le=200, description="How many of the newest interviews are looked at.")] = 60,
) -> schemas.Progress:
    """Return your overall scores over time, one series for each rubric, prompt and model."""
    return service.read_progress(session, user.id, limit=limit)
