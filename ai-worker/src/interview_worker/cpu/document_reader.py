"""Reads candidates' files in a child process that can be killed, so that no file can stop the worker."""

import json
from typing import Any, Protocol

import structlog

from interview_core.errors import EngineFailed, EngineUnavailable
from interview_worker.cpu.documents import Document, DocumentRefused, Refusal, from_message
from interview_worker.cpu.limited_child import run_limited
from interview_worker.cpu.read_document import (
    ENGINE_UNAVAILABLE,
    RECOGNIZE,
    SCAN_FOUND,
    SCAN_LIMITS,
    TEXT_LIMITS,
)

log = structlog.get_logger(__name__)

_READER = "interview_worker.cpu.read_document"

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
        answer = _ask(content, self._wall_limit_s)
        if answer.get("refusal") == SCAN_FOUND:
            answer = _ask(content, self._scan_limit_s, RECOGNIZE)
        return _understand(answer)


def _ask(content: bytes, wall_limit_s: float, *arguments: str) -> Answer:
    """Return what a child says about the file."""
    ended = run_limited(_READER, *arguments, content=content, wall_limit_s=wall_limit_s)
    if ended.is_late:
        raise DocumentRefused(Refusal.PARSE_TIMEOUT)
    if ended.is_killed_from_outside:
        raise EngineFailed("The document reader was killed from outside.")
    if ended.returncode != 0:
        log.warning("document reader died", returncode=ended.returncode)
        raise DocumentRefused(Refusal.DAMAGED)
    answer: Answer = json.loads(ended.output)
    return answer


def _understand(answer: Answer) -> Document:
    if "document" in answer:
        return from_message(answer["document"])
    if answer["refusal"] == ENGINE_UNAVAILABLE:
        raise EngineUnavailable("A library that reads documents is missing in the CPU worker; install its `cpu` extra.")
    raise DocumentRefused(Refusal(answer["refusal"]))
