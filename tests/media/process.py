"""A media server as its own process, which a test may kill and start again."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Self

import httpx
import psutil

from tests.media.browsers import MEDIA_SECRET_KEY, until


class ServerProcess:
    """`environment` is added to what the server needs anyway."""

    def __init__(self, port: int, environment: dict[str, str], log_file: Path) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self._port = port
        self._log_file = log_file
        self._environment = {
            **os.environ,
            "MEDIA_SECRET_KEY": MEDIA_SECRET_KEY,
            "MEDIA_FRAME_INTERVAL_MS": "300",
            "MEDIA_MAX_LAG_MS": "60000",
            # As in its image.
            "MALLOC_ARENA_MAX": "2",
            **environment,
        }
        self.process: subprocess.Popen[bytes] | None = None
        self.start_cpu_s = 0.0
        """What its last start cost until it served."""

    async def start(self) -> Self:
        """Start, or start again, and wait until it serves."""
        self._launch()
        await until(self._is_up, within_s=90)
        self.start_cpu_s = sum(self._statistics.cpu_times()[:2])
        return self

    def _launch(self) -> None:
        app = ["uvicorn", "--factory", "interview_media.app:create_app", "--loop", "uvloop", "--port", str(self._port)]
        with self._log_file.open("ab") as log:
            self.process = subprocess.Popen([sys.executable, "-m", *app], env=self._environment, stdout=log, stderr=log)

    def kill(self) -> None:
        """kill -9."""
        if self.process is not None:
            self.process.kill()
            self.process.wait(10)

    def count_peers(self) -> int:
        return int(httpx.get(f"{self.url}/healthz").json()["peers"])

    def memory_mb(self) -> float:
        return self._statistics.memory_info().rss / 1e6

    @property
    def _statistics(self) -> psutil.Process:
        assert self.process is not None
        return psutil.Process(self.process.pid)

    def figure(self, name: str) -> float:
        """Return one of its metrics."""
        lines = httpx.get(f"{self.url}/metrics").text.splitlines()
        return sum(float(line.rpartition(" ")[2]) for line in lines if line.partition(" ")[0] == name)

    def _is_up(self) -> bool:
        assert self.process is not None
        if self.process.poll() is not None:
            raise AssertionError(self._log_file.read_text("utf-8", "replace"))
        try:
            return httpx.get(f"{self.url}/healthz").is_success
        except httpx.TransportError:
            return False
