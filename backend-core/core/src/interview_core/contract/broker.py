"""Sending to the workers. Celery carries messages; what they mean is in `tasks`."""

from datetime import UTC, datetime, timedelta
from typing import Any, Protocol, TypeVar
from uuid import UUID

import structlog
from celery import Celery
from kombu import Queue as KombuQueue
from kombu.exceptions import KombuError, OperationalError

from interview_core.contract.payloads import Payload
from interview_core.contract.queues import Queue
from interview_core.contract.tasks import PerishableTask, Task
from interview_core.errors import Unavailable

log = structlog.get_logger(__name__)
P = TypeVar("P", bound=Payload)


class BrokerUnavailable(Unavailable):
    code = "BROKER_UNAVAILABLE"


class Publisher(Protocol):
    """Wakes a worker up for a durable job."""

    def publish(self, task: Task[Any], job_id: UUID) -> None:
        """Send the wake-up message, or raise BrokerUnavailable within about a second."""


def make_celery(redis_url: str, *, is_worker: bool = False) -> Celery:
    """Return the Celery application, which knows two queues and no default one, so an unrouted send raises."""
    app = Celery("interview", broker=redis_url, set_as_current=is_worker)
    app.conf.update(
        task_queues=[KombuQueue(queue.value, routing_key=queue.value) for queue in Queue],
        task_default_queue="no_default_queue",
        task_create_missing_queues=False,
        task_ignore_result=True,
        task_serializer="json",
        accept_content=["json"],
        task_acks_late=False,
        worker_prefetch_multiplier=1,
        worker_disable_prefetch=True,
        worker_hijack_root_logger=False,
        worker_send_task_events=True,
        task_send_sent_event=True,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        enable_utc=True,
    )
    if is_worker:
        app.conf.broker_transport_options = {"socket_keepalive": True, "health_check_interval": 10}
        app.conf.worker_soft_shutdown_timeout = 10
    else:
        app.conf.broker_transport_options = {"socket_connect_timeout": 0.5, "socket_timeout": 1.0, "max_retries": 0}
    return app


class Broker:
    """A thread-safe sender for one Redis."""

    def __init__(self, redis_url: str) -> None:
        self._celery = make_celery(redis_url)

    def publish(self, task: Task[Any], job_id: UUID) -> None:
        """Wake a worker up for a job that has its row.

        Raises:
            BrokerUnavailable: Redis does not answer; the sweeper sends the message later.
        """
        self._send(task, {"job_id": str(job_id)}, expires_s=None)

    def dispatch(self, task: PerishableTask[P], payload: P) -> None:
        """Send work that is worthless after `task.expires_s`; it is lost when Redis is away.

        Raises:
            BrokerUnavailable: Redis does not answer.
        """
        if not isinstance(task, PerishableTask):
            raise TypeError(f"{task.name} is durable: create it with `jobs.enqueue`, so that it cannot be lost")
        check_payload(task, payload)
        self._send(task, {"payload": payload.model_dump(mode="json")}, expires_s=task.expires_s)

    def count_waiting(self, queue: Queue) -> int:
        """Return how many messages wait on a queue, or raise BrokerUnavailable."""
        try:
            with self._celery.connection_for_read() as connection:
                return int(connection.default_channel.client.llen(queue.value))
        except Exception as error:
            raise BrokerUnavailable("The message broker does not answer.") from error

    def _send(self, task: Task[Any], kwargs: dict[str, Any], *, expires_s: int | None) -> None:
        expires = datetime.now(UTC) + timedelta(seconds=expires_s) if expires_s else None
        try:
            self._celery.send_task(task.name, kwargs=kwargs, queue=task.queue.value, expires=expires, retry=False)
        except (OperationalError, KombuError, OSError) as error:
            raise BrokerUnavailable("The message broker does not answer.") from error


def check_payload(task: Task[P], payload: P) -> None:
    """Refuse a payload of another task at the call, not in the worker."""
    if type(payload) is not task.payload:
        raise TypeError(f"{task.name} takes {task.payload.__name__}, not {type(payload).__name__}")
