"""Keep one command running: `python -m local.keep NAME [--once] [--stop-signal INT] [--account nobody] -- COMMAND…`

A command that ends is started again after a short, growing delay. SIGTERM and SIGINT end it in good order, and so
does the death of the process that started the keeper.
"""

import argparse
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from types import FrameType

from local import descendants

GRACE_S = 12
FIRST_DELAY_S = 1
LONGEST_DELAY_S = 30
LONG_RUN_S = 60
"""After a run this long a failure counts as the first one."""


class Keeper:
    """Runs a command until it is told to stop."""

    def __init__(self, name: str, command: Sequence[str], stop_signal: signal.Signals, account: str | None) -> None:
        self._name = name
        self._command = command
        self._stop_signal = stop_signal
        self._account = account
        self._parent = os.getppid()
        self._told_to_stop = False
        self._wake_reader, wake_writer = os.pipe()
        os.set_blocking(wake_writer, False)
        signal.set_wakeup_fd(wake_writer, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, self._wake)
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, self._stop)

    def run_once(self) -> int:
        """Run the command to its end, or until told to stop; return its exit status."""
        child = descendants.start(self._command, death_signal=self._stop_signal, account=self._account)
        while child.poll() is None and not self._is_stopping():
            self._sleep(1)
        self._end(child)
        return child.returncode

    def run_for_ever(self) -> None:
        """Run the command again and again until told to stop."""
        delay_s = FIRST_DELAY_S
        while not self._is_stopping():
            started = time.monotonic()
            status = self.run_once()
            if self._is_stopping():
                return
            if time.monotonic() - started > LONG_RUN_S:
                delay_s = FIRST_DELAY_S
            self._say(f"{describe(status)}; starts again in {delay_s} s")
            wake_up = time.monotonic() + delay_s
            while time.monotonic() < wake_up and not self._is_stopping():
                self._sleep(wake_up - time.monotonic())
            delay_s = min(delay_s * 2, LONGEST_DELAY_S)

    def _end(self, child: subprocess.Popen[bytes]) -> None:
        """Stop the command if it runs, and kill what it leaves behind."""
        if child.poll() is None:
            child.send_signal(self._stop_signal)
            deadline = time.monotonic() + GRACE_S
            while child.poll() is None and time.monotonic() < deadline:
                self._sleep(deadline - time.monotonic())
            if child.poll() is None:
                self._say(f"does not stop within {GRACE_S} s; killed")
        descendants.kill_group(child)

    def _is_stopping(self) -> bool:
        return self._told_to_stop or os.getppid() != self._parent

    def _sleep(self, seconds: float) -> None:
        """Sleep until a signal comes, at most a second, so that a dead parent is noticed."""
        if select.select([self._wake_reader], [], [], min(max(seconds, 0), 1))[0]:
            os.read(self._wake_reader, 512)

    def _stop(self, _signal: int, _frame: FrameType | None) -> None:
        self._told_to_stop = True

    def _wake(self, _signal: int, _frame: FrameType | None) -> None:
        """The wake-up pipe has done the work; without a handler Python would not write to it."""

    def _say(self, text: str) -> None:
        # When nobody reads any more, stopping the command matters more.
        with suppress(OSError):
            print(f"[{self._name}] {text}", flush=True)


def describe(status: int) -> str:
    """Say in words how a process ended."""
    if status < 0:
        return f"killed by {signal.Signals(-status).name}"
    return "ended" if status == 0 else f"failed with status {status}"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m local.keep", description="Keep one command running.")
    parser.add_argument("name")
    parser.add_argument("--once", action="store_true", help="do not start it again")
    parser.add_argument("--stop-signal", default="TERM", choices=["TERM", "INT"])
    parser.add_argument("--account", help="run as this user (needs root)")
    parser.add_argument("command", nargs="+")
    options = parser.parse_args()
    stop_signal = signal.Signals[f"SIG{options.stop_signal}"]
    keeper = Keeper(options.name, options.command, stop_signal, options.account)
    if options.once:
        return keeper.run_once()
    keeper.run_for_ever()
    return 0


if __name__ == "__main__":
    sys.exit(main())
