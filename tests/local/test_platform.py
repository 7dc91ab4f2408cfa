"""`make run` after its set-up: the whole platform on ports of its own, killed, stopped and started again."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import psutil
import pytest

from local.configuration import DEFAULT_PORTS, ROOT
from tests.ports import free_port

pytestmark = [
    pytest.mark.faults,
    pytest.mark.timeout(600),
    pytest.mark.skipif(not (ROOT / "frontend" / "dist").exists(), reason="the frontend is not built: make setup"),
]

USER = {"username": "kim-run", "password": "blue horse battery 9", "display_name": "김하나", "language": "ko"}


class Platform:
    """One `make run`."""

    def __init__(self, environment: dict[str, str], log: Path) -> None:
        self._log = log
        self.url = f"http://127.0.0.1:{environment['WEB_PORT']}"
        self.flower_url = f"http://127.0.0.1:{environment['FLOWER_PORT']}"
        with log.open("wb") as out:
            self.process = psutil.Popen(
                [sys.executable, "-m", "local.run"], cwd=ROOT, env=environment, stdout=out, stderr=subprocess.STDOUT
            )

    @property
    def log(self) -> str:
        return self._log.read_text(errors="replace")

    def wait_for(self, condition: Callable[[], bool], seconds: float = 180) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, f"did not happen in time; the log ends with\n{self.log[-4000:]}"
            time.sleep(0.2)

    def wait_until_ready(self) -> None:
        self.wait_for(lambda: "Ctrl-C stops everything" in self.log)
        self.wait_for(lambda: self.get("/readyz") == 200)

    def get(self, path: str) -> int | None:
        try:
            return httpx.get(self.url + path, timeout=5, trust_env=False).status_code
        except httpx.TransportError:
            return None

    def post(self, path: str, **content: object) -> int:
        return httpx.post(f"{self.url}/api/v1/{path}", timeout=20, trust_env=False, **content).status_code

    def family(self) -> list[psutil.Process]:
        return self.process.children(recursive=True)

    def service(self, module: str) -> psutil.Process:
        """Return the service's own process, which is below its keeper."""
        found = [
            child
            for child in self.family()
            if module in " ".join(child.cmdline()) and "local.keep" not in child.cmdline()
        ]
        return found[0]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[[], Platform]]:
    ports = {setting: str(free_port()) for setting in DEFAULT_PORTS}
    settings = {"LOCAL_STATE_DIR": str(tmp_path / "state"), "STORAGE_URL": (tmp_path / "uploads").as_uri()}
    environment = {**os.environ, **ports, **settings, "MODELS_DIR": str(tmp_path / "no-models")}
    started: list[Platform] = []

    def start_platform() -> Platform:
        started.append(Platform(environment, tmp_path / f"run-{len(started)}.log"))
        return started[-1]

    yield start_platform
    for platform in started:
        with everything_gone(platform), suppress(psutil.NoSuchProcess):
            platform.process.terminate()


@contextmanager
def everything_gone(platform: Platform, seconds: float = 30) -> Iterator[None]:
    """Expect that what runs now has ended within the time; kill what has not."""
    if not platform.process.is_running():
        yield
        return
    family = [platform.process, *platform.family()]
    yield
    _, alive = psutil.wait_procs(family, timeout=seconds)
    for process in alive:
        process.kill()
    assert alive == [], platform.log[-4000:]


def test_the_platform_runs_survives_a_crash_and_keeps_its_data(start: Callable[[], Platform]) -> None:
    platform = start()
    platform.wait_until_ready()

    assert platform.get("/") == 200
    assert platform.get("/docs") == 200
    assert httpx.get(platform.flower_url, trust_env=False).status_code == 401
    assert re.search(rf"API documentation +http://localhost:{platform.url.split(':')[-1]}/docs", platform.log)
    assert platform.post("auth/register", json=USER) == 201

    platform.service("interview_api").kill()
    platform.wait_for(lambda: "killed by SIGKILL; starts again" in platform.log)
    platform.wait_for(lambda: platform.get("/healthz") == 200)

    with everything_gone(platform):
        platform.process.send_signal(signal.SIGINT)
    assert platform.process.wait() == 0

    began = time.monotonic()
    again = start()
    again.wait_until_ready()
    assert time.monotonic() - began < 90
    assert again.post("auth/token", data={"username": USER["username"], "password": USER["password"]}) == 200


@pytest.mark.skipif(sys.platform != "linux", reason="counts processes by their parent's death")
def test_nothing_outlives_a_platform_that_is_killed(start: Callable[[], Platform]) -> None:
    platform = start()
    platform.wait_until_ready()

    with everything_gone(platform):
        platform.process.kill()


def test_a_second_platform_in_the_same_folder_says_that_there_is_one(start: Callable[[], Platform]) -> None:
    first = start()
    first.wait_for(lambda: "ready to accept connections" in first.log)

    second = start()

    assert second.process.wait(60) == 1
    assert "already running" in second.log
