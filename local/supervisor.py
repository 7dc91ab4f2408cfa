"""The platform's processes as one log and one Ctrl-C. Each runs under a keeper, which starts it again after a crash."""

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from local import keep

_COLOURS = (36, 33, 32, 35, 34, 96, 93, 92, 95, 94)


@dataclass(frozen=True)
class Process:
    """A command of the platform."""

    name: str
    command: Sequence[str]
    stop_signal: signal.Signals = signal.SIGTERM
    account: str | None = None
    is_restarted: bool = True


class Log:
    """Writes lines of many processes to one place, each with its time and its process."""

    def __init__(self, out: IO[str] = sys.stdout) -> None:
        self._out = out
        self._lock = threading.Lock()
        self._colours: dict[str, int] = {}

    def write(self, name: str, line: str) -> None:
        """Write one line."""
        prefix = f"{time.strftime('%H:%M:%S')} {name:<12} |"
        with self._lock:
            if self._out.isatty():
                colour = self._colours.setdefault(name, _COLOURS[len(self._colours) % len(_COLOURS)])
                prefix = f"\x1b[{colour}m{prefix}\x1b[0m"
            # When the terminal has gone, the processes are still to be stopped.
            with suppress(OSError):
                print(prefix, line, file=self._out, flush=True)


class Supervisor:
    """Starts processes and stops those that it started."""

    def __init__(self, environment: Mapping[str, str], folder: Path, log: Log) -> None:
        self._environment = {**environment, "PYTHONUNBUFFERED": "1"}
        self._folder = folder
        self._log = log
        self._running: list[tuple[Process, subprocess.Popen[bytes], threading.Thread]] = []

    def start(self, process: Process) -> None:
        """Start a process; what it prints goes to the log."""
        flags = [] if process.is_restarted else ["--once"]
        flags += ["--stop-signal", process.stop_signal.name.removeprefix("SIG")]
        flags += ["--account", process.account] if process.account else []
        keeper = subprocess.Popen(
            [sys.executable, "-m", "local.keep", process.name, *flags, "--", *process.command],
            cwd=self._folder,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            # A Ctrl-C in the terminal must reach us alone: we stop the processes in their order.
            start_new_session=True,
        )
        reader = threading.Thread(target=self._pump, args=(process.name, keeper), daemon=True)
        self._running.append((process, keeper, reader))
        reader.start()

    def run_to_end(self, process: Process) -> int:
        """Run a process that ends by itself; return its exit status."""
        self.start(process)
        _, keeper, reader = self._running.pop()
        try:
            status = keeper.wait()
        except BaseException:
            keeper.terminate()
            raise
        reader.join()
        return status

    def ended(self) -> str | None:
        """Return the name of a process that should run and does not; None when all is well."""
        for process, keeper, _ in self._running:
            if process.is_restarted and keeper.poll() is not None:
                return process.name
        return None

    def stop(self) -> None:
        """Stop everything that was started here, all at once, and wait until it has ended."""
        for _, keeper, _ in self._running:
            keeper.terminate()
        deadline = time.monotonic() + keep.GRACE_S + 2
        for process, keeper, reader in self._running:
            try:
                keeper.wait(max(deadline - time.monotonic(), 0.1))
            except subprocess.TimeoutExpired:
                self._log.write(process.name, "keeper does not stop; killed")
                keeper.kill()
            reader.join(1)
        self._running.clear()

    def _pump(self, name: str, keeper: subprocess.Popen[bytes]) -> None:
        for line in keeper.stdout or ():
            self._log.write(name, line.decode(errors="replace").rstrip())
