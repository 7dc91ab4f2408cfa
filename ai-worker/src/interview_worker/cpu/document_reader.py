"""Reads candidates' files in a child process that can be killed, so that no file can stop the worker."""

import contextlib
import json
import os
import signal
import subprocess
import sys
from typing import Any, Protocol

import structlog

from interview_core.errors import EngineFailed, EngineUnavailable
from interview_worker.cpu.documents import Document, DocumentRefused, Refusal, from_message
from interview_worker.cpu.read_document import (
    ENGINE_UNAVAILABLE,
    RECOGNIZE,
    SCAN_FOUND,
    SCAN_LIMITS,
    TEXT_LIMITS,
)

log = structlog.get_logger(__name__)

_COMMAND = [sys.executable, "-P", "-m", "interview_worker.cpu.read_document"]
# The child needs no settings, and a file that takes it over finds no secrets there.
_PASSED_ON = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "PYTHONPATH", "VIRTUAL_ENV", "TESSDATA_PREFIX")
# Threads reserve address space, which the child has little of: 64 MB each for their memory, more for algebra.
_FEW_THREADS = {"MALLOC_ARENA_MAX": "1", "OPENBLAS_NUM_THREADS": "1"}
_KILLED_FOR_TIME = (-signal.SIGXCPU, -signal.SIGALRM)

Answer = dict[str, Any]


class DocumentReader(Protocol):
    """Reads a candidate's file."""

    def read(self, content: bytes) -> Document:
        """Return the document, or raise DocumentRefused or EngineUnavailable."""


class ChildDocumentReader:
    """Reads each file in a process of its own, within the limits whatever the file does."""

    def __init__(self, *, wall_limit_s: float = TEXT_LIMITS.wall_s, scan_limit_s: float = SCAN_LIMITS.wall_s) -> None:
        self._wall_limit_s = wall_limit_s
        self._scan_limit_s = scan_limit_s

    def read(self, content: bytes) -> Document:
        """Return what a human reader of the file sees.

        Raises:
            DocumentRefused: the file cannot be used, with the reason.
            EngineUnavailable: the library for this kind of file is not installed.
            EngineFailed: the child was killed by something else than its limits.
        """
        answer = _ask(_COMMAND, content, self._wall_limit_s)
        if answer.get("refusal") == SCAN_FOUND:
            answer = _ask([*_COMMAND, RECOGNIZE], content, self._scan_limit_s)
        return _understand(answer)


def _ask(command: list[str], content: bytes, wall_limit_s: float) -> Answer:
    """Return what a child of that command answers, and leave nothing of it behind."""
    environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ} | _FEW_THREADS
    child = subprocess.Popen(  # noqa: S603  our own module, with nothing of the candidate's on the command line
        command,
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
            raise DocumentRefused(Refusal.PARSE_TIMEOUT) from None
        finally:
            _end(child)
    return _answer_of(output, child.returncode)


def _end(child: "subprocess.Popen[bytes]") -> None:
    """Kill a child that did not end by itself, with everything it may have started."""
    if child.returncode is None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)


def _answer_of(output: bytes, returncode: int) -> Answer:
    if returncode in _KILLED_FOR_TIME:
        raise DocumentRefused(Refusal.PARSE_TIMEOUT)
    if returncode == -signal.SIGKILL:
        # No limit of ours ends a child so: the machine did, short of memory or shutting down. The file may be innocent.
        raise EngineFailed("The document reader was killed from outside.")
    if returncode != 0:
        log.warning("document reader died", returncode=returncode)
        raise DocumentRefused(Refusal.DAMAGED)
    answer: Answer = json.loads(output)
    return answer


def _understand(answer: Answer) -> Document:
    if "document" in answer:
        return from_message(answer["document"])
    if answer["refusal"] == ENGINE_UNAVAILABLE:
        raise EngineUnavailable("A library that reads documents is missing in the CPU worker; install its `cpu` extra.")
    raise DocumentRefused(Refusal(answer["refusal"]))
