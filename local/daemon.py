"""A database server as a child process, for tests that start it, kill it, freeze it and bring it back."""

import signal
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil

from local import descendants
from local.ports import is_taken

START_S = 60
STOP_S = 15


class DaemonFailed(RuntimeError):
    """The server did not start; the message ends with its log."""


class Daemon(ABC):
    """One server process; `start` may be called again after `stop` or `kill`, and finds the same data."""

    url: str
    stop_signal = signal.SIGTERM
    account: str | None = None

    def __init__(self, command: Sequence[str | Path], port: int, log_file: Path) -> None:
        self._command = command
        self._port = port
        self._log_file = log_file
        self._process: subprocess.Popen[bytes] | None = None

    @abstractmethod
    def is_ready(self) -> bool:
        """Whether the server answers."""

    @property
    def pid(self) -> int:
        if self._process is None:
            raise RuntimeError("not started")
        return self._process.pid

    def start(self) -> Self:
        """Start the server and return once it answers.

        Raises:
            DaemonFailed: its port is taken, it ended at once, or it does not answer within a minute.
        """
        if is_taken(self._port):
            raise DaemonFailed(f"port {self._port} is taken")
        with self._log_file.open("ab") as log:
            self._process = descendants.start(
                self._command, death_signal=self.stop_signal, account=self.account, stdout=log.fileno()
            )
        deadline = time.monotonic() + START_S
        while not self.is_ready():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                raise DaemonFailed(f"{self._command[0]} does not answer:\n{tail(self._log_file)}")
            time.sleep(0.05)
        return self

    def stop(self) -> None:
        """End the server in good order."""
        if self._process is None or self._process.poll() is not None:
            return
        self.thaw()
        self._process.send_signal(self.stop_signal)
        try:
            self._process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """kill -9, and wait until the last of the server's processes has gone."""
        family = self._family()
        if self._process is not None:
            descendants.kill_group(self._process)
        _each(family, psutil.Process.kill)
        psutil.wait_procs(family, timeout=STOP_S)

    def freeze(self) -> None:
        """Stop every process of the server from running; clients hang."""
        _each(self._family(), psutil.Process.suspend)

    def thaw(self) -> None:
        """Let a frozen server run on."""
        _each(self._family(), psutil.Process.resume)

    def _family(self) -> list[psutil.Process]:
        try:
            parent = psutil.Process(self.pid)
            return [parent, *parent.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()


def _each(processes: Iterable[psutil.Process], action: Callable[[psutil.Process], None]) -> None:
    for process in processes:
        with suppress(psutil.NoSuchProcess):  # the servers of single clients come and go
            action(process)


def tail(log_file: Path, lines: int = 30) -> str:
    """Return the last lines of a log."""
    return "\n".join(log_file.read_text(errors="replace").splitlines()[-lines:])
