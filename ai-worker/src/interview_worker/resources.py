"""What handlers are given: sessions, storage, streams and engines. Nothing heavy is made before it is used."""

import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from redis import Redis
from sqlmodel import Session

from interview_core.contract.broker import Broker
from interview_core.db.engine import SessionFactory, make_engine, make_session_factory
from interview_core.storage import Storage
from interview_core.streams import EventWriter
from interview_worker.settings import WorkerSettings

T = TypeVar("T")


@dataclass
class Resources:
    """What the handlers of every queue are given; each queue adds its engines."""

    sessions: SessionFactory
    storage: Storage
    redis: Redis
    events: EventWriter
    broker: Broker

    def session(self) -> Session:
        """Return a new session for reading; what a durable job writes goes through its `JobRun`."""
        return self.sessions()

    def warm_up(self) -> None:
        """Load what the first job would wait for; called once in each process that runs jobs."""

    def describe(self) -> dict[str, Any]:
        """Return what the worker reports about itself with each heartbeat."""
        return {}


def base_resources(settings: WorkerSettings) -> dict[str, Any]:
    """Return the fields of `Resources`, connected as the settings say."""
    broker = Broker(settings.redis_url)
    redis = Redis.from_url(settings.redis_url, socket_connect_timeout=0.5, socket_timeout=2)
    sessions = make_session_factory(make_engine(settings.database_url, pool_size=settings.database_pool_size), broker)
    return {
        "sessions": sessions,
        "storage": Storage(settings.storage_url),
        "redis": redis,
        "events": EventWriter(redis),
        "broker": broker,
    }


class PerProcess(Generic[T]):
    """Makes a thing on first use in each process, so that a forked child shares no connection with its parent."""

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._made: tuple[int, T] | None = None

    def get(self) -> T:
        with self._lock:
            if self._made is None or self._made[0] != os.getpid():
                self._made = (os.getpid(), self._make())
            return self._made[1]
