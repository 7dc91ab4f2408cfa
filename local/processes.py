"""What the platform consists of: each process and the environment it runs in."""

import sys
from collections.abc import Mapping
from pathlib import Path

from local import descendants, postgres, redis_server
from local.configuration import ROOT
from local.supervisor import Process

_STOP_STREAMS_S = "3"
"""Event streams never end by themselves; uvicorn cuts them this long after it is told to stop."""


def databases(state: Path, ports: Mapping[str, int]) -> list[Process]:
    """Return PostgreSQL and Redis with their data in the state folder, which is filled at the first start."""
    postgres_folder, redis_folder = state / "postgres", state / "redis"
    postgres.make_cluster(postgres_folder)
    redis_folder.mkdir(parents=True, exist_ok=True)
    return [
        Process(
            "postgres",
            postgres.server_command(postgres_folder, ports["POSTGRES_PORT"]),
            stop_signal=postgres.STOP_SIGNAL,
            account=descendants.unprivileged_account(),
        ),
        Process("redis", redis_server.server_command(redis_folder, ports["REDIS_PORT"])),
    ]


def migration() -> Process:
    """Return the process that brings the database to the newest schema, and ends."""
    return Process("migrate", [sys.executable, "-m", "interview_core.db.migrate"], is_restarted=False)


def services(environment: Mapping[str, str]) -> list[Process]:
    """Return the platform's own processes."""
    worker = [sys.executable, "-m", "interview_worker"]
    celery = [sys.executable, "-m", "celery", f"--broker={environment['REDIS_URL']}"]
    return [
        Process("backend", _server("interview_api.app:create_app", environment["BACKEND_PORT"])),
        Process("worker-gpu", [*worker, "gpu_queue"]),
        Process("worker-cpu", [*worker, "cpu_queue"]),
        Process("sweeper", [sys.executable, "-m", "interview_core.sweeper"]),
        Process("media-server", _server("interview_media.app:create_app", environment["MEDIA_PORT"])),
        # Its password comes from FLOWER_BASIC_AUTH in the environment: a command line can be read by everyone.
        Process("flower", [*celery, "flower", "--address=127.0.0.1", f"--port={environment['FLOWER_PORT']}"]),
        # Nothing stands before it, so a client's word on where it comes from counts for nothing.
        Process("web", [*_server("local.web:create_app", environment["WEB_PORT"]), "--no-proxy-headers"]),
    ]


def llm_setup() -> Process:
    """Return the installation of the language-model library, at low priority while the platform runs."""
    return Process("llm-setup", ["nice", "-n", "15", sys.executable, "-m", "local", "llm"], is_restarted=False)


def service_environment(environment: Mapping[str, str], state: Path, ports: Mapping[str, int]) -> dict[str, str]:
    """Return the environment of the processes: the caller's, with the addresses of the local servers."""
    return {
        # The web app passes /media/ on, so everything has one origin, whatever name the browser knows it by.
        "MEDIA_URL": "/",
        **environment,
        "DATABASE_URL": postgres.database_url(state / "postgres", ports["POSTGRES_PORT"]),
        "REDIS_URL": redis_server.redis_url(ports["REDIS_PORT"]),
        "BACKEND_URL": f"http://127.0.0.1:{ports['BACKEND_PORT']}",
        "MEDIA_SERVER_URL": f"http://127.0.0.1:{ports['MEDIA_PORT']}",
        "FRONTEND_DIST": str(ROOT / "frontend" / "dist"),
    }


def _server(app: str, port: str) -> list[str]:
    address = ["--host", "127.0.0.1", "--port", port]
    # Services log their requests themselves, without the query, which may hold what nobody should read.
    quiet = ["--no-access-log", "--timeout-graceful-shutdown", _STOP_STREAMS_S]
    return [sys.executable, "-m", "uvicorn", "--factory", app, *address, *quiet]
