"""Start the worker of one queue."""

import argparse
import importlib
import os
import socket
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import structlog
from celery import Celery, signals
from sqlalchemy.exc import SQLAlchemyError

from interview_core.contract.broker import Broker, make_celery
from interview_core.contract.queues import Queue
from interview_core.db.engine import make_engine, make_session_factory
from interview_core.db.workers import BEAT_S, beat
from interview_core.errors import InterviewError
from interview_core.logs import configure_logs
from interview_core.redis_checks import check_redis
from interview_core.settings import load_settings
from interview_worker.binding import bind_queue
from interview_worker.resources import PerProcess, Resources
from interview_worker.settings import CpuWorkerSettings, GpuWorkerSettings, WorkerSettings

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Kind:
    """How the worker of a queue runs, and where its handlers and engines are."""

    settings: type[WorkerSettings]
    package: str
    pool: str
    concurrency_setting: str


KINDS = {
    # One process over one model: a fork after CUDA or a first generation hangs, so tasks are threads.
    Queue.GPU: Kind(GpuWorkerSettings, "interview_worker.gpu", "threads", "gpu_worker_threads"),
    Queue.CPU: Kind(CpuWorkerSettings, "interview_worker.cpu", "prefork", "cpu_worker_processes"),
}


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="interview_worker", description=__doc__)
    parser.add_argument("queue", choices=[queue.value for queue in Queue])
    queue = Queue(parser.parse_args(arguments).queue)
    try:
        run(queue)
    except InterviewError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


# onnxruntime and the Hugging Face libraries report their use to their makers unless told otherwise, and LangChain sends
# whole prompts away when a variable that was meant for another program says so.
NO_TELEMETRY = {"ORT_DISABLE_TELEMETRY": "1", "HF_HUB_DISABLE_TELEMETRY": "1", "LANGSMITH_TRACING_V2": "false"}


def run(queue: Queue) -> None:
    """Serve a queue until stopped.

    Raises:
        SettingsInvalid, BindingError: the worker cannot do its work, and says what is missing.
    """
    kind = KINDS[queue]
    os.environ.update(NO_TELEMETRY)
    settings = load_settings(kind.settings)
    configure_logs(settings, f"worker-{queue.value.removesuffix('_queue')}")
    check_redis(settings.redis_url)
    importlib.import_module(f"{kind.package}.handlers")
    make_resources = importlib.import_module(f"{kind.package}.resources").make_resources
    resources: PerProcess[Resources] = PerProcess(lambda: make_resources(settings))
    app = make_celery(settings.redis_url, is_worker=True)
    tasks = bind_queue(app, queue, resources, settings)
    name = f"{queue.value}@{socket.gethostname()}"
    _beat_when_ready(name, queue, tasks, resources, settings)
    _warm_up_when_forked(resources)
    _start(app, name, queue, kind.pool, getattr(settings, kind.concurrency_setting))


def _warm_up_when_forked(resources: PerProcess[Resources]) -> None:
    """Load in a thread of each pool process what its first job needs; jobs are taken meanwhile."""

    def warm_up() -> None:
        try:
            resources.get().warm_up()
        except InterviewError as error:
            # The jobs that need it fail with the same words, so the process goes on for the others.
            log.warning("worker process not warm", error_code=error.code)

    def on_fork(**_: Any) -> None:
        threading.Thread(target=warm_up, name="warm-up", daemon=True).start()

    signals.worker_process_init.connect(on_fork, weak=False)


def _start(app: Celery, name: str, queue: Queue, pool: str, concurrency: int) -> None:
    # A receiver, even one that does nothing, keeps Celery from setting up logs of its own over ours.
    signals.setup_logging.connect(lambda **_: None, weak=False)
    worker = app.Worker(
        hostname=name,
        queues=[queue.value],
        pool=pool,
        concurrency=concurrency,
        task_events=True,
        without_gossip=True,
        without_mingle=True,
        quiet=True,
    )
    log.info("worker starting", queue=queue.value, pool=pool, concurrency=concurrency)
    worker.start()


def _describer(
    queue: Queue, resources: PerProcess[Resources], settings: WorkerSettings
) -> Callable[[], dict[str, Any]]:
    if queue is Queue.GPU:
        return lambda: resources.get().describe()
    # A prefork parent has no engines of its own to describe, and must not make any before it forks.
    describe_pool = importlib.import_module(f"{KINDS[queue].package}.resources").describe_pool
    described: Callable[[], dict[str, Any]] = describe_pool(settings)
    return described


def _beat_when_ready(
    name: str, queue: Queue, tasks: list[str], resources: PerProcess[Resources], settings: WorkerSettings
) -> None:
    """Report to the database from the worker's main process once it takes tasks."""
    stop = threading.Event()

    def keep_beating() -> None:
        sessions = make_session_factory(make_engine(settings.database_url, pool_size=1), Broker(settings.redis_url))
        describe = _describer(queue, resources, settings)
        while not stop.is_set():
            try:
                beat(sessions, name=name, queue=queue.value, tasks=tasks, details=describe())
            except SQLAlchemyError as error:
                log.warning("heartbeat missed", error=type(error).__name__)
            stop.wait(BEAT_S)

    def on_ready(**_: Any) -> None:
        log.info("worker ready", queue=queue.value, tasks=tasks)
        threading.Thread(target=keep_beating, name="worker-heartbeat", daemon=True).start()

    signals.worker_ready.connect(on_ready, weak=False)
    signals.worker_shutting_down.connect(lambda **_: stop.set(), weak=False)


if __name__ == "__main__":
    sys.exit(main())
