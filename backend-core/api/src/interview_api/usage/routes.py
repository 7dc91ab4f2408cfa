"""/users/me/usage and /operations/usage."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from interview_api.dependencies import Database, Limit, Me, Offset, current_operator
from interview_api.errors import error_docs
from interview_api.usage import service
from interview_api.usage.schemas import OwnUsage, OwnUsagePage, ProviderUsage, ProviderUsagePage, UsageBy

router = APIRouter()


@router.get("/users/me/usage", tags=["users"], responses=error_docs(401, 422))
def read_own_usage(
    user: Me, session: Database, by: UsageBy = UsageBy.DAY, limit: Limit = 20, offset: Offset = 0
) -> OwnUsagePage:
    """Return what language models took for your interviews: tokens, time, and cost where prices are known."""
    rows, total = service.list_own(session, user.id, by=by, limit=limit, offset=offset)
    return OwnUsagePage(items=[OwnUsage.model_validate(row) for row in rows], total=total)


@router.get(
    "/operations/usage",
    tags=["operations"],
    responses=error_docs(401, 403, 422),
    dependencies=[Depends(current_operator)],
)
def read_usage(
    session: Database,
    days: Annotated[int, Query(ge=1, le=366, description="How far back.")] = 30,
    limit: Limit = 20,
    offset: Offset = 0,
) -> ProviderUsagePage:
    """Return what language models took for everybody, by day, provider and model."""
    rows, total = service.list_by_provider(session, days=days, limit=limit, offset=offset)
    return ProviderUsagePage(items=[ProviderUsage.model_validate(row) for row in rows], total=total)
