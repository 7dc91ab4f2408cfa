"""Sums over the rows of usage."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, case, null, select
from sqlmodel import Session, col, func

from interview_api.usage.schemas import UsageBy
from interview_core.db.tables import GenerationOutcome, ModelUsage

_DAY = func.date(func.timezone("UTC", col(ModelUsage.at)))
_FAILED = (GenerationOutcome.FAILED, GenerationOutcome.TIMED_OUT)

Page = tuple[Sequence[Row[Any]], int]


def list_own(session: Session, user_id: UUID, *, by: UsageBy, limit: int, offset: int) -> Page:
    """Return a user's figures by day or by interview, newest first, and how many there are."""
    is_by_day = by is UsageBy.DAY
    day, interview = (_DAY, null()) if is_by_day else (null(), col(ModelUsage.interview_id))
    query = (
        select(day.label("day"), interview.label("interview_id"), *_figures())
        .where(col(ModelUsage.user_id) == user_id)
        .group_by(day if is_by_day else interview)
        .order_by(func.max(col(ModelUsage.at)).desc())
    )
    return _page(session, query, limit, offset)


def list_by_provider(session: Session, *, days: int, limit: int, offset: int) -> Page:
    """Return everybody's figures of the last days by day, provider and model, newest first."""
    provider, model = col(ModelUsage.provider), col(ModelUsage.model)
    query = (
        select(_DAY.label("day"), provider, model, *_figures())
        .where(col(ModelUsage.at) > func.now() - func.make_interval(0, 0, 0, days))
        .group_by(_DAY, provider, model)
        .order_by(_DAY.desc(), provider, model)
    )
    return _page(session, query, limit, offset)


def _figures() -> list[ColumnElement[Any]]:
    def total(name: str) -> ColumnElement[Any]:
        return func.coalesce(func.sum(getattr(ModelUsage, name)), 0).label(name)

    failed = case((col(ModelUsage.outcome).in_(_FAILED), 1))
    return [
        func.count().label("requests"),
        func.count(failed).label("failures"),
        total("tokens_in"),
        total("tokens_reused"),
        total("tokens_out"),
        total("total_ms"),
        func.sum(col(ModelUsage.cost)).label("cost"),
        (func.count() - func.count(col(ModelUsage.cost))).label("requests_without_cost"),
    ]


def _page(session: Session, query: Select[Any], limit: int, offset: int) -> Page:
    total = session.execute(select(func.count()).select_from(query.order_by(None).subquery())).scalar_one()
    return session.execute(query.limit(limit).offset(offset)).all(), total
