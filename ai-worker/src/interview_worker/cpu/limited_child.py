"""Runs a module of ours over a candidate's file in a process that can be killed: no file stops the worker."""

import contextlib
import os
import signal
import subprocess
import sys
from dataclasses import dataclass

# The child needs no settings, and a file that takes it over finds no secrets there.
_PASSED_ON = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "PYTHONPATH", "VIRTUAL_ENV", "TESSDATA_PREFIX")
# Threads reserve address space, which the child has little of: 64 MB each for their memory, more for algebra.
_FEW_THREADS = {"MALLOC_ARENA_MAX": "1", "OPENBLAS_NUM_THREADS": "1"}
_KILLED_FOR_TIME = (-signal.SIGXCPU, -signal.SIGALRM)


@dataclass(frozen=True)
class Ended:
    """How a child ended."""

    output: bytes
    returncode: int | None
    """None: it was ended because it took too long."""

    @property
    def is_late(self) -> bool:
        return self.returncode is None or self.returncode in _KILLED_FOR_TIME

    @property
    def is_killed_from_outside(self) -> bool:
        """Whether the machine ended it, short of memory or shutting down, as no limit of ours does."""
        return self.returncode == -signal.SIGKILL


def run_limited(module: str, *arguments: str, content: bytes, wall_limit_s: float) -> Ended:
    """Return what a child says about the content on its stdin, and leave nothing of it behind."""
    environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ} | _FEW_THREADS
    child = subprocess.Popen(  # noqa: S603  our own module, with nothing of the candidate's on the command line
        [sys.executable, "-P", "-m", module, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        env=environment,
    )
    with child:
        try:
            output, _ = child.communicate(content, timeout=wall_limit_s)
        except subprocess.TimeoutExpired:
            return Ended(b"", None)
        finally:
            _end(child)
    return Ended(output, child.returncode)


def _end(child: "subprocess.Popen[bytes]") -> None:
    """Kill a child that did not end by itself, with everything it may have started."""
    if child.returncode is None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)
