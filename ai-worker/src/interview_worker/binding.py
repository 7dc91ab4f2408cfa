"""Binds handlers to tasks and runs them under the job contract. One of the two places that catch everything."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import UUID

import structlog
from celery import Celery, signals
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from interview_core import jobs
from interview_core.contract.payloads import Payload
from interview_core.contract.queues import Queue
from interview_core.contract.tasks import TASKS, DurableTask, PerishableTask
from interview_core.db.engine import SessionFactory
from interview_core.db.tables import RejectedMessage
from interview_core.errors import EngineFailed, InterviewError, LeaseLost
from interview_core.job_failures import notify, settle
from interview_core.jobs import Claim, DeadJob
from interview_core.settings import JobSettings
from interview_worker.resources import PerProcess, Resources

log = structlog.get_logger(__name__)
P = TypeVar("P", bound=Payload)
R = TypeVar("R", bound=Resources)
Handler = Callable[..., None]

AnyTask = DurableTask[Any] | PerishableTask[Any]

_LOOK_S = 1.0
"""How often a running job is asked whether anybody still wants it; a lease is extended less often."""

HANDLERS: dict[str, tuple[AnyTask, Handler]] = {}


class BindingError(InterviewError):
    code = "BINDING_BROKEN"


@dataclass
class JobRun:
    """One attempt at a durable job. All that it writes is fenced: a worker that lost its lease writes nothing."""

    claim: Claim
    sessions: SessionFactory
    is_done: bool = False
    """Nothing is left to be stored of this attempt."""
    _cancelled: threading.Event = field(default_factory=threading.Event)

    @property
    def is_cancelled(self) -> bool:
        """True once the lease is lost or the time limit is over; long work checks it and stops."""
        return self._cancelled.is_set()

    def cancel(self) -> None:
        self._cancelled.set()

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A transaction that commits at the end, if the job is still this worker's.

        Keep it short: open it after slow work, never around it.

        Raises:
            LeaseLost: another worker has the job; nothing was written.
        """
        with self.sessions() as session:
            jobs.hold(session, self.claim)
            yield session
            session.commit()

    @contextmanager
    def complete(self) -> Iterator[Session]:
        """Like `session`, and marks the job done in the same transaction: result and end are one."""
        with self.sessions() as session:
            jobs.hold(session, self.claim)
            yield session
            jobs.finish(session, self.claim)
            session.commit()
        self.is_done = True

    def postpone(self, delay_s: float) -> None:
        """Let the job run later, since others come first; the handler returns after it."""
        with self.sessions() as session:
            jobs.postpone(session, self.claim, delay_s=delay_s)
            session.commit()
        self.is_done = True

    def report_progress(self, percent: int) -> None:
        with self.session() as session:
            jobs.set_progress(session, self.claim, percent)


def handles(task: DurableTask[P] | PerishableTask[P]) -> Callable[[Handler], Handler]:
    """Bind the handler of a task.

    A durable task's handler is `(payload, job: JobRun, resources) -> None`, a perishable one's `(payload, resources)`.
    """

    def bind(handler: Handler) -> Handler:
        if task.name in HANDLERS:
            raise BindingError(
                f"{task.name} has two handlers: {HANDLERS[task.name][1].__module__} and {handler.__module__}"
            )
        HANDLERS[task.name] = (task, handler)
        return handler

    return bind


def bind_queue(app: Celery, queue: Queue, resources: PerProcess[R], settings: JobSettings) -> list[str]:
    """Register every task of a queue with Celery and return their names.

    Raises:
        BindingError: a task of the queue has no handler here, or a handler belongs to another queue.
    """
    expected = {task.name for task in TASKS if task.queue is queue}
    if missing := sorted(expected - HANDLERS.keys()):
        raise BindingError(f"No handler for {', '.join(missing)}, so the worker of {queue} does not start.")
    if foreign := sorted(HANDLERS.keys() - expected):
        raise BindingError(f"{', '.join(foreign)} does not belong to {queue}, so its worker does not start.")
    for name in sorted(expected):
        task, handler = HANDLERS[name]
        run = _runner(task, handler, resources, settings)
        app.task(name=name, time_limit=task.time_limit_s, ignore_result=True)(run)
    signals.task_unknown.connect(_recorder(queue, resources, "unknown task"), weak=False)
    signals.task_rejected.connect(_recorder(queue, resources, "unreadable message"), weak=False)
    return sorted(expected)


def _runner(task: AnyTask, handler: Handler, resources: PerProcess[R], settings: JobSettings) -> Callable[..., None]:
    if isinstance(task, DurableTask):
        durable = task

        def run(job_id: str) -> None:
            run_job(durable, handler, UUID(job_id), resources.get(), settings)

        return run

    def run_message(payload: dict[str, Any]) -> None:
        with structlog.contextvars.bound_contextvars(task=task.name):
            try:
                handler(task.payload.model_validate(payload), resources.get())
            except InterviewError as error:
                log.warning("perishable work dropped", error_code=error.code)

    return run_message


def run_job(task: DurableTask[P], handler: Handler, job_id: UUID, resources: Resources, settings: JobSettings) -> None:
    """Claim a job, run its handler under a heartbeat, and record how it ended."""
    with structlog.contextvars.bound_contextvars(task=task.name, job_id=str(job_id)):
        with resources.sessions() as session:
            claim = jobs.claim(session, job_id, lease_s=settings.job_lease_s)
        if claim is None:
            log.info("wake-up dropped")
            return
        job = JobRun(claim, resources.sessions)
        with _heartbeat(job, task.time_limit_s, settings):
            error = _attempt(task, handler, job, resources)
        if error is not None:
            _record_failure(job, error, resources, settings)


def _attempt(task: DurableTask[P], handler: Handler, job: JobRun, resources: Resources) -> Exception | None:
    try:
        handler(jobs.parse_payload(task, job.claim), job, resources)
        if not job.is_done:
            with job.complete():
                pass
    except LeaseLost:
        log.warning("lease lost, result dropped", attempt=job.claim.attempt)
    except InterviewError as error:
        log.warning("job failed", error_code=error.code, attempt=job.claim.attempt)
        return error
    except Exception as error:
        log.exception("job failed", error_code="INTERNAL", attempt=job.claim.attempt)
        return error
    return None


def _record_failure(job: JobRun, error: Exception, resources: Resources, settings: JobSettings) -> None:
    """Expected errors end the job, since a repetition would not help; all others run again with backoff."""
    is_final = isinstance(error, InterviewError) and not isinstance(error, EngineFailed)
    code = error.code if isinstance(error, InterviewError) else "INTERNAL"
    # The text of an unexpected error may quote a candidate's words, so only its type is kept.
    message = error.message if isinstance(error, InterviewError) else type(error).__name__
    try:
        with resources.sessions() as session:
            if is_final:
                dead: DeadJob | None = jobs.give_up(session, job.claim, code=code, message=message)
            else:
                dead = jobs.put_back(session, job.claim, code=code, message=message, backoff_s=settings.job_backoff_s)
            outcome = settle(session, dead) if dead else None
            session.commit()
    except LeaseLost:
        return
    except SQLAlchemyError as database_error:
        log.warning("failure not recorded, the sweeper will", error=type(database_error).__name__)
        return
    if outcome is not None:
        notify(resources.events, outcome)


@contextmanager
def _heartbeat(job: JobRun, time_limit_s: float, settings: JobSettings) -> Iterator[None]:
    """Extend the lease while the job runs, until its time limit; afterwards another worker may take it.

    The job is cancelled within `_LOOK_S` of its limit, or of whatever took it from this worker.
    """
    stop = threading.Event()

    def beat() -> None:
        began = beaten = time.monotonic()
        while not stop.wait(min(_LOOK_S, settings.job_heartbeat_s)):
            now = time.monotonic()
            if now - began >= time_limit_s:
                log.warning("time limit reached", limit_s=time_limit_s)
                job.cancel()
                return
            is_due = now - beaten >= settings.job_heartbeat_s
            beaten = now if is_due else beaten
            try:
                with job.sessions() as session:
                    if is_due:
                        jobs.extend_lease(session, job.claim, lease_s=settings.job_lease_s)
                    else:
                        jobs.require_held(session, job.claim)
            except LeaseLost:
                if not job.is_done:
                    job.cancel()
                return
            except SQLAlchemyError as error:
                log.warning("heartbeat missed", error=type(error).__name__)

    thread = threading.Thread(target=beat, name="job-heartbeat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()


def _recorder(queue: Queue, resources: PerProcess[R], reason: str) -> Callable[..., None]:
    def record(name: str | None = None, **_: Any) -> None:
        log.error("message rejected", queue=queue.value, task=name, reason=reason)
        try:
            with resources.get().sessions() as session:
                session.add(RejectedMessage(queue=queue.value, task=(name or "?")[:200], reason=reason))
                session.commit()
        except SQLAlchemyError as error:
            log.warning("rejected message not recorded", error=type(error).__name__)

    return record
