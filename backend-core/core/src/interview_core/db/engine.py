"""Connections and sessions. A session publishes the jobs that were enqueued in it once they are committed."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.orm import sessionmaker
from sqlmodel import Session

from interview_core.contract.broker import BrokerUnavailable, Publisher
from interview_core.contract.tasks import Task

log = structlog.get_logger(__name__)

SessionFactory = Callable[[], Session]

_PENDING = "pending_publications"


def make_engine(database_url: str, *, pool_size: int = 10, statement_timeout_s: float = 15) -> Engine:
    """Return an engine that notices dead connections and gives up quickly when PostgreSQL is away."""
    return create_engine(
        database_url,
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_timeout=3,
        pool_pre_ping=True,
        # An error's text would otherwise repeat what was to be stored, and end in a log.
        hide_parameters=True,
        connect_args={
            "connect_timeout": 2,
            "options": f"-c statement_timeout={int(statement_timeout_s * 1000)}"
            # The server ends what a killed or frozen process has left open, so that its locks hold up nobody.
            " -c idle_in_transaction_session_timeout=10000 -c client_connection_check_interval=2000",
        },
    )


def make_session_factory(engine: Engine, publisher: Publisher) -> sessionmaker[Session]:
    """Return a factory of sessions that wake workers up after each commit."""
    factory = sessionmaker(engine, class_=Session, expire_on_commit=False)
    event.listen(factory, "after_commit", _publish_with(publisher))
    event.listen(factory, "after_rollback", _forget)
    return factory


def publish_after_commit(session: Session, task: Task[Any], job_id: UUID) -> None:
    session.info.setdefault(_PENDING, []).append((task, job_id))


def _publish_with(publisher: Publisher) -> Callable[[Session], None]:
    def publish(session: Session) -> None:
        for task, job_id in session.info.pop(_PENDING, []):
            try:
                publisher.publish(task, job_id)
            except BrokerUnavailable:
                # The row is the job: the sweeper publishes it as soon as the broker is back.
                log.warning("wake-up not sent", task=task.name, job_id=str(job_id))

    return publish


def _forget(session: Session) -> None:
    session.info.pop(_PENDING, None)
