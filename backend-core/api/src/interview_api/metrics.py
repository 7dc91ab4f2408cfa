"""The backend's figures for Prometheus, at /metrics; the web app's proxy does not pass that path on."""

import math
from collections.abc import Callable, Iterator

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from interview_core.contract.queues import Queue
from interview_core.db.engine import SessionFactory
from interview_core.db.tables import JobState
from interview_core.db.workers import ALIVE_S, SWEEPER
from interview_core.jobs import DURABLE_TASKS

log = structlog.get_logger(__name__)

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_SHOWN_STATES = (JobState.QUEUED, JobState.RUNNING, JobState.DEAD)
_QUEUES = tuple(queue.value for queue in Queue)
_TIMEOUT_MS = 2000


class ApiMetrics:
    """Figures of one backend process, and of the jobs and workers in the database."""

    def __init__(self, sessions: SessionFactory, open_streams: Callable[[], int]) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self.registry.register(_DatabaseCollector(sessions))
        self._requests = Counter(
            "interview_http_requests", "Requests answered.", ["method", "route", "status"], registry=self.registry
        )
        self._seconds = Histogram(
            "interview_http_request_seconds",
            "Until an answer began; an event stream then goes on.",
            ["method", "route"],
            buckets=_SECONDS,
            registry=self.registry,
        )
        streams = Gauge("interview_event_streams", "Event streams that are open.", registry=self.registry)
        streams.set_function(open_streams)

    def observe_request(self, method: str, route: str, status: int, took_s: float) -> None:
        """Count a request; `route` is its path's template below /api/v1, `took_s` the time until its answer began."""
        known = method if method in _METHODS else "other"
        self._requests.labels(known, route, str(status)).inc()
        self._seconds.labels(known, route).observe(took_s)


class _DatabaseCollector(Collector):
    """Jobs and workers, asked for at each look. Jobs that ended well are not counted: they are too many."""

    def __init__(self, sessions: SessionFactory) -> None:
        self._sessions = sessions

    def collect(self) -> Iterator[Metric]:
        try:
            with self._sessions() as session:
                session.execute(text(f"SET LOCAL statement_timeout = {_TIMEOUT_MS}"))
                found = [_jobs(session), _oldest_job(session), *_workers(session)]
        except SQLAlchemyError as error:
            log.warning("figures without the database", error=type(error).__name__)
            found = []
        yield GaugeMetricFamily("interview_database_up", "Whether the database answered.", value=bool(found))
        yield from found


def _jobs(session: Session) -> Metric:
    rows = session.execute(
        text("SELECT task, state, count(*) AS jobs FROM job WHERE state = ANY(:states) GROUP BY task, state"),
        {"states": [state.value for state in _SHOWN_STATES]},
    ).all()
    counts = {(task, state.value): 0 for task in sorted(DURABLE_TASKS) for state in _SHOWN_STATES}
    counts.update({(row.task, row.state): row.jobs for row in rows})
    family = GaugeMetricFamily(
        "interview_jobs", "Jobs that wait, run, or died and need somebody.", labels=["task", "state"]
    )
    for labels, count in counts.items():
        family.add_metric(labels, count)
    return family


def _oldest_job(session: Session) -> Metric:
    rows = session.execute(
        text(
            "SELECT queue, extract(epoch FROM clock_timestamp() - min(run_after)) AS age_s FROM job"
            " WHERE state = 'queued' AND run_after <= clock_timestamp() GROUP BY queue"
        )
    ).all()
    ages = {**dict.fromkeys(_QUEUES, 0.0), **{row.queue: float(row.age_s) for row in rows}}
    family = GaugeMetricFamily(
        "interview_oldest_job_seconds", "How long the oldest job that is due has waited; 0: none.", labels=["queue"]
    )
    for queue, age_s in ages.items():
        family.add_metric([queue], age_s)
    return family


def _workers(session: Session) -> list[Metric]:
    rows = session.execute(
        text(
            "SELECT queue, extract(epoch FROM now() - max(seen_at)) AS age_s,"
            " count(*) FILTER (WHERE seen_at > now() - make_interval(secs => :alive_s)) AS alive"
            " FROM worker_heartbeat GROUP BY queue"
        ),
        {"alive_s": ALIVE_S},
    ).all()
    by_queue = {row.queue: row for row in rows}
    alive = GaugeMetricFamily("interview_workers_alive", "Processes seen lately.", labels=["queue"])
    age = GaugeMetricFamily(
        "interview_heartbeat_age_seconds", "Since the newest sign of life; +Inf: none for an hour.", labels=["queue"]
    )
    for queue in (*_QUEUES, SWEEPER):
        row = by_queue.get(queue)
        alive.add_metric([queue], row.alive if row else 0)
        age.add_metric([queue], float(row.age_s) if row else math.inf)
    return [alive, age]
