"""One pass of the sweeper: what was lost is found, and every job and interview ends. Several may run at once."""

from dataclasses import dataclass
from uuid import UUID

import structlog
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from interview_core.db.engine import SessionFactory, publish_after_commit
from interview_core.db.interviews import end_overdue, lock_interview
from interview_core.job_failures import NOTHING, Outcome, notify, settle
from interview_core.jobs import DURABLE_TASKS, EXPIRED, WORKER_LOST, DeadJob
from interview_core.settings import JobSettings
from interview_core.streams import EventKind, EventWriter, Stream

log = structlog.get_logger(__name__)

_BATCH = 200
_LOCK_TIMEOUT_MS = 2000


@dataclass(frozen=True)
class Swept:
    """What one pass touched."""

    requeued: int
    died: int
    republished: int
    ended: int = 0
    """Interviews whose time was over."""


def sweep(sessions: SessionFactory, events: EventWriter, settings: JobSettings) -> Swept:
    """Requeue jobs whose lease ran out, end those that cannot run, send lost wake-ups again, end overdue interviews."""
    with sessions() as session:
        requeued = _requeue_lost(session, settings.job_backoff_s)
        session.commit()
    outcomes = _end_hopeless(sessions)
    with sessions() as session:
        republished = _publish_again(session, settings.job_republish_s)
        session.commit()
    for outcome in outcomes:
        notify(events, outcome)
    ended = _end_overdue_interviews(sessions)
    for interview_id in ended:
        events.append(Stream.INTERVIEW, interview_id, EventKind.INTERVIEW_FINISHED, {"interview_id": str(interview_id)})
    if requeued or outcomes:
        log.warning("jobs swept", requeued=requeued, died=len(outcomes), republished=republished)
    if ended:
        log.info("interviews ended", count=len(ended))
    return Swept(requeued, len(outcomes), republished, len(ended))


_OVERDUE = (
    "SELECT id FROM interview WHERE status = 'in_progress' AND ends_at < clock_timestamp()"
    " ORDER BY ends_at LIMIT :batch"
)


def _end_overdue_interviews(sessions: SessionFactory) -> list[UUID]:
    """End the interviews to which nobody came back, each in a transaction of its own; return which."""
    with sessions() as session:
        rows = session.execute(text(_OVERDUE), {"batch": _BATCH}).all()
    return [row.id for row in rows if _end_interview(sessions, row.id)]


def _end_interview(sessions: SessionFactory, interview_id: UUID) -> bool:
    try:
        with sessions() as session:
            session.execute(text(f"SET LOCAL lock_timeout = {_LOCK_TIMEOUT_MS}"))
            interview = lock_interview(session, interview_id)
            is_ended = interview is not None and end_overdue(session, interview)
            session.commit()
    except SQLAlchemyError as error:
        log.warning("interview not ended yet", interview_id=str(interview_id), error=type(error).__name__)
        return False
    return is_ended


def _requeue_lost(session: Session, backoff_s: float) -> int:
    rows = session.execute(
        text(
            "UPDATE job SET state = 'queued', owner = NULL, lease_until = NULL, published_at = NULL,"
            " error_code = :lost,"
            " error_message = 'the worker stopped answering', updated_at = now(),"
            " run_after = clock_timestamp() + make_interval(secs => :backoff_s * power(2, attempt - 1))"
            " WHERE id IN (SELECT id FROM job WHERE state = 'running' AND lease_until < clock_timestamp()"
            " AND attempt < max_attempts ORDER BY lease_until FOR UPDATE SKIP LOCKED LIMIT :batch) RETURNING id"
        ),
        {"lost": WORKER_LOST, "backoff_s": backoff_s, "batch": _BATCH},
    ).all()
    return len(rows)


_HOPELESS = """
    ((state = 'running' AND lease_until < clock_timestamp() AND attempt >= max_attempts)
    OR (state = 'queued' AND attempt = 0 AND expires_at < clock_timestamp()))
"""
_FIND = f"SELECT id FROM job WHERE {_HOPELESS} ORDER BY created_at LIMIT :batch"  # noqa: S608  constants only
_BURY = f"""
    UPDATE job SET state = 'dead', owner = NULL, lease_until = NULL, finished_at = now(), updated_at = now(),
        error_code = CASE WHEN state = 'queued' THEN :expired ELSE :lost END,
        error_message = CASE WHEN state = 'queued' THEN 'no worker took the job in time'
            ELSE 'the worker stopped answering on every attempt' END
    WHERE id = (SELECT id FROM job WHERE id = :id AND {_HOPELESS} FOR UPDATE SKIP LOCKED)
    RETURNING id, task, payload, error_code
"""  # noqa: S608  constants only


def _end_hopeless(sessions: SessionFactory) -> list[Outcome]:
    """End jobs that used up their attempts, or that nobody took in time; each together with what its end means."""
    with sessions() as session:
        rows = session.execute(text(_FIND), {"batch": _BATCH}).all()
    return [outcome for row in rows if (outcome := _end_one(sessions, row.id)) is not None]


def _end_one(sessions: SessionFactory, job_id: UUID) -> Outcome | None:
    """End one job in a transaction of its own. None: another sweeper has it, or its subject is locked until later."""
    try:
        with sessions() as session:
            session.execute(text(f"SET LOCAL lock_timeout = {_LOCK_TIMEOUT_MS}"))
            job = _bury(session, job_id)
            outcome = _settle_alone(session, job) if job else None
            session.commit()
    except SQLAlchemyError as error:
        log.warning("job not ended yet", job_id=str(job_id), error=type(error).__name__)
        return None
    return outcome


def _bury(session: Session, job_id: UUID) -> DeadJob | None:
    row = session.execute(text(_BURY), {"id": job_id, "expired": EXPIRED, "lost": WORKER_LOST}).one_or_none()
    return DeadJob(row.id, row.task, row.payload, row.error_code) if row else None


def _settle_alone(session: Session, job: DeadJob) -> Outcome:
    """Settle a job; what cannot be settled at all (an unreadable payload) is dead all the same."""
    try:
        with session.begin_nested():
            return settle(session, job)
    except SQLAlchemyError:
        raise
    except Exception:
        log.exception("dead job not settled", job_id=str(job.job_id), task=job.task)
        return NOTHING


def _publish_again(session: Session, republish_s: float) -> int:
    """Send the wake-ups of due jobs whose message seems lost, ever more rarely for one that only waits its turn."""
    rows = session.execute(
        text(
            "UPDATE job SET published_at = now(), published_count = published_count + 1"
            " WHERE id IN (SELECT id FROM job WHERE state = 'queued' AND run_after <= clock_timestamp()"
            " AND (published_at IS NULL OR published_at < clock_timestamp()"
            " - make_interval(secs => :republish_s * power(2, least(published_count, 5) - 1)))"
            " ORDER BY run_after FOR UPDATE SKIP LOCKED LIMIT :batch) RETURNING id, task"
        ),
        {"republish_s": republish_s, "batch": _BATCH},
    ).all()
    for row in rows:
        if task := DURABLE_TASKS.get(row.task):
            publish_after_commit(session, task, row.id)
    return len(rows)
