"""Heartbeats of the workers: who is alive, on which queue, with what."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, func

from interview_core.contract.queues import Queue
from interview_core.db.engine import SessionFactory
from interview_core.db.tables import WorkerHeartbeat

SWEEPER = "sweeper"
BEAT_S = 5
ALIVE_S = 15
_FORGET_S = 3600


@dataclass(frozen=True)
class Worker:
    name: str
    queue: str
    tasks: list[str]
    details: dict[str, Any]
    started_at: datetime
    seen_at: datetime
    is_alive: bool


def beat(sessions: SessionFactory, *, name: str, queue: str, tasks: list[str], details: dict[str, Any]) -> None:
    """Say that a worker lives; rows of workers gone for an hour are removed."""
    row = insert(WorkerHeartbeat).values(name=name, queue=queue, tasks=tasks, details=details)
    with sessions() as session:
        session.execute(
            row.on_conflict_do_update(
                index_elements=["name"],
                set_={"seen_at": func.now(), "tasks": tasks, "details": details, "queue": queue},
            )
        )
        session.execute(
            text("DELETE FROM worker_heartbeat WHERE seen_at < now() - make_interval(secs => :age)"), {"age": _FORGET_S}
        )
        session.commit()


def list_workers(session: Session) -> list[Worker]:
    """Return every worker seen within the last hour, by queue and name; alive is by the database's clock."""
    age = func.extract("epoch", func.now() - col(WorkerHeartbeat.seen_at))
    rows = session.execute(
        select(WorkerHeartbeat, age).order_by(col(WorkerHeartbeat.queue), col(WorkerHeartbeat.name))
    ).all()
    return [
        Worker(row.name, row.queue, row.tasks, row.details, row.started_at, row.seen_at, float(age_s) < ALIVE_S)
        for row, age_s in rows
    ]


def voice_engine_of(workers: Sequence[Worker]) -> str | None:
    """Return what speaks questions, as the CPU workers among these told last; None: nothing does."""
    told = (worker.details.get("speech", {}) for worker in workers if worker.queue == Queue.CPU)
    return next((found for item in told if (found := item.get("voice_engine"))), None)
