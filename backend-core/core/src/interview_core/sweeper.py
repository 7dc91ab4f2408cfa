"""The sweeper as a process: `python -m interview_core.sweeper`."""

import signal
import socket
import sys
import threading
from dataclasses import dataclass

import structlog
from redis import Redis
from sqlalchemy.exc import SQLAlchemyError

from interview_core.contract.broker import Broker
from interview_core.db.engine import SessionFactory, make_engine, make_session_factory
from interview_core.db.workers import SWEEPER, beat
from interview_core.errors import InterviewError
from interview_core.logs import configure_logs
from interview_core.orphans import OrphanCleaner
from interview_core.settings import BrokerSettings, DatabaseSettings, JobSettings, StorageSettings, load_settings
from interview_core.storage import Storage
from interview_core.streams import EventWriter
from interview_core.sweeping import sweep

log = structlog.get_logger(__name__)


class SweeperSettings(DatabaseSettings, BrokerSettings, JobSettings, StorageSettings):
    """What the sweeper reads."""


@dataclass(frozen=True)
class Sweeper:
    sessions: SessionFactory
    events: EventWriter
    orphans: OrphanCleaner
    settings: JobSettings
    name: str

    def run(self, stop: threading.Event) -> None:
        """Sweep until told to stop; a database that is away is waited for."""
        while not stop.is_set():
            try:
                beat(self.sessions, name=self.name, queue=SWEEPER, tasks=[], details={})
                sweep(self.sessions, self.events, self.settings)
                self.orphans.clean()
            except SQLAlchemyError as error:
                log.warning("sweep postponed", error=type(error).__name__)
            stop.wait(self.settings.job_sweep_s)


def main() -> int:
    try:
        settings = load_settings(SweeperSettings)
    except InterviewError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    configure_logs(settings, "sweeper")
    stop = threading.Event()
    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, lambda *_: stop.set())
    sessions = make_session_factory(make_engine(settings.database_url, pool_size=2), Broker(settings.redis_url))
    redis = Redis.from_url(settings.redis_url, socket_connect_timeout=0.5, socket_timeout=1)
    log.info("sweeper ready", every_s=settings.job_sweep_s)
    orphans = OrphanCleaner(sessions, Storage(settings.storage_url))
    Sweeper(sessions, EventWriter(redis), orphans, settings, f"sweeper@{socket.gethostname()}").run(stop)
    return 0


if __name__ == "__main__":
    sys.exit(main())
