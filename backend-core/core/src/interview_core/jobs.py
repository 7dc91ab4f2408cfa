"""The job contract: a durable job is created, claimed under a lease, fenced, finished, and swept.

The row is the job and the message only a wake-up, so a message may be lost, doubled or late without harm. All times are
PostgreSQL's, so a worker whose clock is wrong steals nothing.
"""

from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID, uuid4

from sqlalchemy import text
from sqlmodel import Session

from interview_core.contract.broker import check_payload
from interview_core.contract.payloads import Payload
from interview_core.contract.tasks import TASKS, DurableTask
from interview_core.db.engine import publish_after_commit
from interview_core.errors import LeaseLost

P = TypeVar("P", bound=Payload)

EXPIRED = "EXPIRED"
WORKER_LOST = "WORKER_LOST"

DURABLE_TASKS: dict[str, DurableTask[Payload]] = {task.name: task for task in TASKS if isinstance(task, DurableTask)}


@dataclass(frozen=True)
class Claim:
    """The right to work on a job until the lease ends."""

    job_id: UUID
    task: str
    owner: UUID
    payload: dict[str, Any]
    attempt: int
    max_attempts: int


@dataclass(frozen=True)
class DeadJob:
    """A job that will not run again unless an operator says so."""

    job_id: UUID
    task: str
    payload: dict[str, Any]
    error_code: str


def enqueue(session: Session, task: DurableTask[P], payload: P, *, subject_id: UUID) -> UUID:
    """Create a job in the caller's transaction; a worker is woken after the commit.

    `subject_id` is the résumé or interview that the job is for. Returns the job's id.
    """
    if not isinstance(task, DurableTask):
        raise TypeError(f"{task.name} is perishable: send it with `Broker.dispatch`")
    check_payload(task, payload)
    job_id = uuid4()
    session.execute(
        text(
            "INSERT INTO job (id, task, queue, payload, subject_id, state, attempt, max_attempts,"
            " expires_at, run_after, published_count, published_at, progress, created_at, updated_at)"
            " VALUES (:id, :task, :queue, CAST(:payload AS jsonb), :subject_id, 'queued', 0, :max_attempts,"
            " now() + make_interval(secs => :expires_s), now(), 1, now(), 0, now(), now())"
        ),
        {
            "id": job_id,
            "task": task.name,
            "queue": task.queue.value,
            "payload": payload.model_dump_json(),
            "subject_id": subject_id,
            "max_attempts": task.max_attempts,
            "expires_s": task.expires_s,
        },
    )
    publish_after_commit(session, task, job_id)
    return job_id


def claim(session: Session, job_id: UUID, *, lease_s: float) -> Claim | None:
    """Take a job that is due or whose worker was lost. None: done, taken or not due, so the message is dropped."""
    row = session.execute(
        text(
            "UPDATE job SET state = 'running', owner = :owner, attempt = attempt + 1, updated_at = now(),"
            " started_at = coalesce(started_at, now()),"
            " lease_until = clock_timestamp() + make_interval(secs => :lease_s)"
            " WHERE id = :id AND attempt < max_attempts AND ((state = 'queued' AND run_after <= clock_timestamp())"
            " OR (state = 'running' AND lease_until < clock_timestamp()))"
            " RETURNING id, task, owner, payload, attempt, max_attempts"
        ),
        {"id": job_id, "owner": uuid4(), "lease_s": lease_s},
    ).one_or_none()
    session.commit()
    if row is None:
        return None
    return Claim(row.id, row.task, row.owner, row.payload, row.attempt, row.max_attempts)


def parse_payload(task: DurableTask[P], claim: Claim) -> P:
    """Return the payload that was stored with the job."""
    return task.payload.model_validate(claim.payload)


def hold(session: Session, claim: Claim) -> None:
    """Lock the job's row for the caller's transaction, so that what it writes is written by the owner only.

    Raises:
        LeaseLost: another worker has the job, or it has ended; roll back and stop.
    """
    row = session.execute(
        text("SELECT 1 FROM job WHERE id = :id AND owner = :owner AND state = 'running' FOR UPDATE"),
        {"id": claim.job_id, "owner": claim.owner},
    ).one_or_none()
    if row is None:
        raise LeaseLost(f"job {claim.job_id} belongs to another worker now")


def extend_lease(session: Session, claim: Claim, *, lease_s: float) -> None:
    """Say that the worker is alive, or raise LeaseLost."""
    changed = session.execute(
        text(
            "UPDATE job SET lease_until = clock_timestamp() + make_interval(secs => :lease_s), updated_at = now()"
            " WHERE id = :id AND owner = :owner AND state = 'running' RETURNING id"
        ),
        {"id": claim.job_id, "owner": claim.owner, "lease_s": lease_s},
    ).one_or_none()
    session.commit()
    if changed is None:
        raise LeaseLost(f"job {claim.job_id} belongs to another worker now")


def require_held(session: Session, claim: Claim) -> None:
    """Raise LeaseLost where the job is no longer this worker's: another one has it, or nobody wants it any more."""
    query = text("SELECT 1 FROM job WHERE id = :id AND owner = :owner AND state = 'running'")
    if session.execute(query, {"id": claim.job_id, "owner": claim.owner}).one_or_none() is None:
        raise LeaseLost(f"job {claim.job_id} belongs to another worker now")


def set_progress(session: Session, claim: Claim, percent: int) -> None:
    session.execute(
        text("UPDATE job SET progress = :percent, updated_at = now() WHERE id = :id AND owner = :owner"),
        {"id": claim.job_id, "owner": claim.owner, "percent": percent},
    )


def finish(session: Session, claim: Claim) -> None:
    """Mark the job done in the caller's transaction, together with its result.

    Raises:
        LeaseLost: another worker has the job; nothing of this transaction may be committed.
    """
    changed = session.execute(
        text(
            "UPDATE job SET state = 'done', progress = 100, owner = NULL, lease_until = NULL, error_code = NULL,"
            " error_message = NULL, finished_at = now(), updated_at = now()"
            " WHERE id = :id AND owner = :owner AND state = 'running' RETURNING id"
        ),
        {"id": claim.job_id, "owner": claim.owner},
    ).one_or_none()
    if changed is None:
        raise LeaseLost(f"job {claim.job_id} belongs to another worker now")


def give_up(session: Session, claim: Claim, *, code: str, message: str) -> DeadJob:
    """End a job that cannot succeed, in the caller's transaction; the caller runs `job_failures.settle`."""
    row = session.execute(
        text(
            "UPDATE job SET state = 'dead', owner = NULL, lease_until = NULL, error_code = :code,"
            " error_message = :message, finished_at = now(), updated_at = now()"
            " WHERE id = :id AND owner = :owner AND state = 'running' RETURNING id"
        ),
        {"id": claim.job_id, "owner": claim.owner, "code": code, "message": message[:500]},
    ).one_or_none()
    if row is None:
        raise LeaseLost(f"job {claim.job_id} belongs to another worker now")
    return DeadJob(claim.job_id, claim.task, claim.payload, code)


def put_back(session: Session, claim: Claim, *, code: str, message: str, backoff_s: float) -> DeadJob | None:
    """Let a failed job run again later, or end it when its attempts are used up; in the caller's transaction."""
    if claim.attempt >= claim.max_attempts:
        return give_up(session, claim, code=code, message=message)
    changed = session.execute(
        text(
            "UPDATE job SET state = 'queued', owner = NULL, lease_until = NULL, error_code = :code,"
            " error_message = :message, published_at = NULL, updated_at = now(),"
            " run_after = clock_timestamp()"
            " + make_interval(secs => :backoff_s * power(2, attempt - 1) * (0.75 + random() / 2))"
            " WHERE id = :id AND owner = :owner AND state = 'running' RETURNING id"
        ),
        {"id": claim.job_id, "owner": claim.owner, "code": code, "message": message[:500], "backoff_s": backoff_s},
    ).one_or_none()
    if changed is None:
        raise LeaseLost(f"job {claim.job_id} belongs to another worker now")
    return None


def postpone(session: Session, claim: Claim, *, delay_s: float) -> None:
    """Let a job run later because others come first, in the caller's transaction; no attempt is used up.

    The sweeper wakes a worker up then.

    Raises:
        LeaseLost: another worker has the job, or it has ended.
    """
    changed = session.execute(
        text(
            "UPDATE job SET state = 'queued', owner = NULL, lease_until = NULL, attempt = attempt - 1,"
            " published_at = NULL, updated_at = now(),"
            " run_after = clock_timestamp() + make_interval(secs => :delay_s)"
            " WHERE id = :id AND owner = :owner AND state = 'running' RETURNING id"
        ),
        {"id": claim.job_id, "owner": claim.owner, "delay_s": delay_s},
    ).one_or_none()
    if changed is None:
        raise LeaseLost(f"job {claim.job_id} belongs to another worker now")


def cancel_jobs(session: Session, subject_id: UUID) -> None:
    """End every unfinished job of a résumé or interview that is being deleted; running workers lose their lease."""
    session.execute(
        text(
            "UPDATE job SET state = 'cancelled', owner = NULL, lease_until = NULL,"
            " finished_at = now(), updated_at = now()"
            " WHERE subject_id = :subject_id AND state IN ('queued', 'running', 'dead')"
        ),
        {"subject_id": subject_id},
    )


def revive(session: Session, job_id: UUID) -> bool:
    """Run a dead job again from its first attempt, as an operator asked. False: it is not dead."""
    row = session.execute(
        text("SELECT task FROM job WHERE id = :id AND state = 'dead' FOR UPDATE"), {"id": job_id}
    ).one_or_none()
    task = DURABLE_TASKS.get(row.task) if row else None
    if task is None:
        return False
    session.execute(
        text(
            "UPDATE job SET state = 'queued', attempt = 0, run_after = now(), finished_at = NULL, updated_at = now(),"
            " expires_at = now() + make_interval(secs => :expires_s), published_count = 1, published_at = now()"
            " WHERE id = :id"
        ),
        {"id": job_id, "expires_s": task.expires_s},
    )
    publish_after_commit(session, task, job_id)
    return True
