"""One log and one end for many processes."""

import io
import os
import re
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from local.supervisor import Log, Process, Supervisor

FOR_EVER = "import time; print('up', flush=True); time.sleep(600)"


def python(name: str, program: str, **settings: bool) -> Process:
    return Process(name, [sys.executable, "-c", program], **settings)


Others = set[psutil.Process]


@pytest.fixture
def others() -> Others:
    """Processes that other tests have running, such as their databases."""
    return set(psutil.Process().children(recursive=True))


@pytest.fixture
def out() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def supervisor(out: io.StringIO) -> Iterator[Supervisor]:
    supervisor = Supervisor({**os.environ, "GREETING": "안녕하세요"}, Path.cwd(), Log(out))
    yield supervisor
    supervisor.stop()


def wait_for(condition: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "did not happen in time"
        time.sleep(0.05)


def test_each_line_says_when_and_which_process(supervisor: Supervisor, out: io.StringIO) -> None:
    status = supervisor.run_to_end(
        python("migrate", "import os, sys; print(os.environ['GREETING']); sys.exit(4)", is_restarted=False)
    )

    assert status == 4
    assert re.fullmatch(r"\d\d:\d\d:\d\d migrate +\| 안녕하세요\n", out.getvalue())


def test_stop_leaves_no_process_behind(supervisor: Supervisor, out: io.StringIO, others: Others) -> None:
    supervisor.start(python("one", FOR_EVER))
    supervisor.start(python("two", FOR_EVER))
    wait_for(lambda: out.getvalue().count("| up") == 2)
    family = set(psutil.Process().children(recursive=True)) - others
    assert len(family) >= 4  # two keepers, two processes

    supervisor.stop()

    _, alive = psutil.wait_procs(family, timeout=5)
    assert alive == []


def test_a_crash_does_not_end_the_others(supervisor: Supervisor, out: io.StringIO) -> None:
    supervisor.start(python("steady", FOR_EVER))
    supervisor.start(python("crashing", "raise SystemExit(5)"))

    wait_for(lambda: out.getvalue().count("failed with status 5") == 2)

    assert supervisor.ended() is None
    assert out.getvalue().count("| up") == 1


def test_a_process_that_is_meant_to_end_is_not_missed(supervisor: Supervisor, out: io.StringIO, others: Others) -> None:
    supervisor.start(python("llm-setup", "print('done')", is_restarted=False))
    wait_for(lambda: "done" in out.getvalue())
    wait_for(lambda: all(child.status() == psutil.STATUS_ZOMBIE for child in set(psutil.Process().children()) - others))

    assert supervisor.ended() is None
