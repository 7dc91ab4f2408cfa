"""Real PostgreSQL + pgvector and real Redis for every test; each test starts with empty tables and an empty Redis."""

import resource
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg2.extensions
import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from pgvector.sqlalchemy import Vector
from redis import Redis
from sqlalchemy import Engine, event, text
from sqlalchemy.orm import sessionmaker
from sqlmodel import Session

from interview_core.contract.tasks import Task
from interview_core.db import tables
from interview_core.db.engine import make_engine, make_session_factory
from interview_core.db.migrate import upgrade
from interview_core.storage import Storage
from interview_core.streams import EventWriter
from local.postgres import Postgres, start_postgres
from local.redis_server import RedisServer, start_redis
from tests.ports import free_port
from tests.stack import database_folder

SECRET_KEY = "b7e1f0c2d49a8653b7e1f0c2d49a8653"
MEDIA_SECRET_KEY = "93d0a6e4c2b8f7150d9e3a6b4c8f2e71"

# How long an example takes says something about the machine only.
hypothesis_settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("any machine")

# Six thousand tests in one process open more files than some systems grant without being asked.
_files, _most_files = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (max(_files, min(_most_files, 8192)), _most_files))

# Thirty times as quick as truncating all. What an index of vectors still holds of deleted rows would spoil searches.
_EMPTY = "DO $$ BEGIN SET LOCAL session_replication_role = replica; {} END $$".format(
    " ".join(
        f'IF EXISTS (SELECT FROM "{table.name}") THEN TRUNCATE "{table.name}" CASCADE; END IF;'
        if any(isinstance(column.type, Vector) for column in table.columns)
        else f'DELETE FROM "{table.name}";'
        for table in tables.User.metadata.sorted_tables
    )
)

# A throw-away cluster: nothing must survive a power cut, and tests are faster without waiting for the disk.
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=300")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Spread whole files as `FromBothEnds` does, for a file's tests share what takes long to start."""
    # Not at the top: one process alone needs no xdist.
    from tests.spreading import FromBothEnds

    return FromBothEnds(config, log) if config.getvalue("dist") == "loadfile" else None


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    """Let the processes of a spread run note each test at once: TCP would acknowledge it 40 ms later."""
    notes = getattr(getattr(config, "failures_db", None), "sock", None)
    if notes is not None:
        notes.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


class RecordingPublisher:
    """Stands for the broker where a test looks at what would be sent."""

    def __init__(self) -> None:
        self.published: list[tuple[str, UUID]] = []

    def publish(self, task: Task, job_id: UUID) -> None:
        self.published.append((task.name, job_id))


@pytest.fixture(scope="session", name="free_port")
def give_free_port() -> Callable[[], int]:
    """Return a function that gives a port nobody listens on."""
    return free_port


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A running PostgreSQL for the whole session, at the newest schema."""
    with database_folder() as folder, start_postgres(folder, free_port(), FAST) as server:
        upgrade(server.url)
        yield server


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """A running Redis for the whole session."""
    with start_redis(tmp_path_factory.mktemp("redis"), free_port()) as server:
        yield server


@pytest.fixture(scope="session")
def engine(postgres: Postgres) -> Iterator[Engine]:
    engine = make_engine(postgres.url)
    # A test holds transactions open while it arranges, which takes long on a busy machine.
    event.listen(engine, "connect", lambda connection, _: _wait_for_tests(connection))
    yield engine
    engine.dispose()


@pytest.fixture
def database_url(postgres: Postgres, engine: Engine) -> str:
    """Address of a migrated database with empty tables."""
    with engine.begin() as connection:
        connection.execute(text(_EMPTY))
    return postgres.url


@pytest.fixture
def redis_url(redis_server: RedisServer) -> str:
    """Address of an empty Redis."""
    with Redis.from_url(redis_server.url) as client:
        client.flushall()
    return redis_server.url


@pytest.fixture
def redis(redis_url: str) -> Iterator[Redis]:
    with Redis.from_url(redis_url) as client:
        yield client


@pytest.fixture
def events(redis: Redis) -> EventWriter:
    return EventWriter(redis)


@pytest.fixture
def publisher() -> RecordingPublisher:
    return RecordingPublisher()


@pytest.fixture
def sessions(database_url: str, engine: Engine, publisher: RecordingPublisher) -> sessionmaker[Session]:
    """Sessions on the emptied database, whose wake-ups are recorded instead of sent."""
    return make_session_factory(engine, publisher)


def _wait_for_tests(connection: psycopg2.extensions.connection) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET idle_in_transaction_session_timeout = '120s'")
    connection.commit()


@pytest.fixture
def session(sessions: sessionmaker[Session]) -> Iterator[Session]:
    with sessions() as session:
        yield session


@pytest.fixture
def storage_url(tmp_path: Path) -> str:
    return (tmp_path / "uploads").as_uri()


@pytest.fixture
def storage(storage_url: str) -> Storage:
    return Storage(storage_url)
