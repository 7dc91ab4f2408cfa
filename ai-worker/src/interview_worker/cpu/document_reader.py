"""Reads candidates' files in a child process that can be killed, so that no file can stop the worker."""

import contextlib
import json
import os
import signal
import subprocess
import sys
from typing import Protocol

import structlog

from interview_core.errors import EngineFailed, EngineUnavailable
from interview_worker.cpu.documents import Document, DocumentRefused, Refusal, from_message
from interview_worker.cpu.read_document import ENGINE_UNAVAILABLE, WALL_LIMIT_S

log = structlog.get_logger(__name__)

_COMMAND = [sys.executable, "-P", "-m", "interview_worker.cpu.read_document"]
# The child needs no settings, and a file that takes it over finds no secrets there.
_PASSED_ON = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "PYTHONPATH", "VIRTUAL_ENV")
_KILLED_FOR_TIME = (-signal.SIGXCPU, -signal.SIGALRM)


class DocumentReader(Protocol):
    """Reads a candidate's file."""

    def read(self, content: bytes) -> Document:
        """Return the document, or raise DocumentRefused or EngineUnavailable."""


class ChildDocumentReader:
    """Reads each file in a process of its own, within `wall_limit_s` whatever the file does."""

    def __init__(self, *, wall_limit_s: float = WALL_LIMIT_S) -> None:
        self._wall_limit_s = wall_limit_s

    def read(self, content: bytes) -> Document:
        """Return what a human reader of the file sees.

        Raises:
            DocumentRefused: the file cannot be used, with the reason.
            EngineUnavailable: the library for this kind of file is not installed.
            EngineFailed: the child was killed by something else than its limits.
        """
        environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
        child = subprocess.Popen(  # noqa: S603  our own module, with nothing of the candidate's on the command line
            _COMMAND,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            env=environment,
        )
        with child:
            try:
                output, _ = child.communicate(content, timeout=self._wall_limit_s)
            except subprocess.TimeoutExpired:
                raise DocumentRefused(Refusal.PARSE_TIMEOUT) from None
            finally:
                _end(child)
        return _understand(output, child.returncode)


def _end(child: "subprocess.Popen[bytes]") -> None:
    """Kill a child that did not end by itself, with everything it may have started."""
    if child.returncode is None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)


def _understand(output: bytes, returncode: int) -> Document:
    if returncode in _KILLED_FOR_TIME:
        raise DocumentRefused(Refusal.PARSE_TIMEOUT)
    if returncode == -signal.SIGKILL:
        # No limit of ours ends a child so: the machine did, short of memory or shutting down. The file may be innocent.
        raise EngineFailed("The document reader was killed from outside.")
    if returncode != 0:
        log.warning("document reader died", returncode=returncode)
        raise DocumentRefused(Refusal.DAMAGED)
    answer = json.loads(output)
    if "document" in answer:
        return from_message(answer["document"])
    if answer["refusal"] == ENGINE_UNAVAILABLE:
        raise EngineUnavailable("PyMuPDF is not installed in the CPU worker; install the worker's `cpu` extra.")
    raise DocumentRefused(Refusal(answer["refusal"]))
