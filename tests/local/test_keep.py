"""The keeper that stands over each process of `make run`."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

# Appends its process id to the file, then runs until it is told to stop, which it notes.
RECORDER = """
import os, pathlib, signal, sys, time
notes = pathlib.Path(sys.argv[1])
def stop(number, frame):
    notes.open("a").write("stopped in good order\\n")
    sys.exit(0)
signal.signal(signal.SIGTERM, signal.SIG_IGN if "deaf" in sys.argv else stop)
signal.signal(signal.SIGINT, stop)
notes.open("a").write(f"{os.getpid()}\\n")
while True:
    time.sleep(0.1)
"""

# Starts a recorder and crashes once that runs.
CRASHING_PARENT = """
import pathlib, subprocess, sys, time
notes = pathlib.Path(sys.argv[2])
before = notes.exists() and notes.read_text()
subprocess.Popen([sys.executable, "-c", *sys.argv[1:]])
while not notes.exists() or notes.read_text() == before:
    time.sleep(0.05)
sys.exit(3)
"""

# Runs a command, says its process id, and waits for it.
ABOVE = "import subprocess, sys; child = subprocess.Popen(sys.argv[1:]); print(child.pid, flush=True); child.wait()"


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    return tmp_path / "notes"


@pytest.fixture
def keep(notes: Path) -> Iterator[Callable[..., subprocess.Popen]]:
    keepers = []

    def start(*flags: str, command: tuple[str, ...] = ()) -> subprocess.Popen:
        command = command or (sys.executable, "-c", RECORDER, str(notes))
        keeper = subprocess.Popen(
            [sys.executable, "-m", "local.keep", "recorder", *flags, "--", *command], stdout=subprocess.PIPE, text=True
        )
        keepers.append(keeper)
        return keeper

    yield start
    for keeper in keepers:
        keeper.terminate()
        keeper.wait(30)


def wait_for(condition: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "did not happen in time"
        time.sleep(0.05)


def pids(notes: Path) -> list[int]:
    return [int(line) for line in notes.read_text().split("\n") if line.isdecimal()] if notes.exists() else []


def test_a_killed_process_is_started_again_and_the_log_says_so(keep, notes: Path) -> None:
    keeper = keep()
    wait_for(lambda: len(pids(notes)) == 1)

    os.kill(pids(notes)[0], signal.SIGKILL)

    wait_for(lambda: len(pids(notes)) == 2)
    assert keeper.stdout.readline() == "[recorder] killed by SIGKILL; starts again in 1 s\n"


def test_sigterm_stops_the_process_in_good_order(keep, notes: Path) -> None:
    keeper = keep()
    wait_for(lambda: len(pids(notes)) == 1)

    keeper.terminate()

    assert keeper.wait(20) == 0
    assert "stopped in good order" in notes.read_text()
    assert len(pids(notes)) == 1


def test_a_process_with_its_own_stop_signal_gets_that_one(keep, notes: Path) -> None:
    keeper = keep("--stop-signal", "INT", command=(sys.executable, "-c", RECORDER, str(notes), "deaf"))
    wait_for(lambda: len(pids(notes)) == 1)

    keeper.terminate()

    assert keeper.wait(20) == 0
    assert "stopped in good order" in notes.read_text()


def test_a_process_that_does_not_stop_is_killed(keep, notes: Path) -> None:
    keeper = keep(command=(sys.executable, "-c", RECORDER, str(notes), "deaf"))
    wait_for(lambda: len(pids(notes)) == 1)

    keeper.terminate()

    keeper.wait(25)
    assert not psutil.pid_exists(pids(notes)[0])


def test_what_a_crashed_process_leaves_behind_is_killed_before_it_starts_again(keep, notes: Path) -> None:
    keep(command=(sys.executable, "-c", CRASHING_PARENT, RECORDER, str(notes)))

    wait_for(lambda: len(pids(notes)) >= 2)
    assert not is_alive(pids(notes)[0])


@pytest.mark.parametrize("victim", ["keeper", "the process above it"])
def test_a_process_does_not_outlive_the_death_of(victim: str, notes: Path) -> None:
    keeper_command = [sys.executable, "-m", "local.keep", "recorder", "--", sys.executable, "-c", RECORDER, str(notes)]
    above = subprocess.Popen([sys.executable, "-c", ABOVE, *keeper_command], stdout=subprocess.PIPE, text=True)
    keeper_pid = int(above.stdout.readline())
    wait_for(lambda: len(pids(notes)) == 1)

    if victim == "keeper":
        if sys.platform != "linux":
            pytest.skip("only Linux tells a process that its parent has died")
        os.kill(keeper_pid, signal.SIGKILL)
    else:
        above.kill()

    wait_for(lambda: not is_alive(pids(notes)[0]) and not is_alive(keeper_pid))
    assert "stopped in good order" in notes.read_text()
    above.wait(20)


def test_a_command_that_is_run_once_passes_its_status_on(keep) -> None:
    keeper = keep("--once", command=(sys.executable, "-c", "raise SystemExit(7)"))

    assert keeper.wait(20) == 7


def is_alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
