"""Makes samples of a candidate's recording, whatever the file is."""

import json
from typing import TYPE_CHECKING, Protocol

import structlog

from interview_core.errors import EngineFailed, EngineUnavailable
from interview_worker.cpu.limited_child import run_limited
from interview_worker.cpu.read_recording import LIMITS
from interview_worker.engines.audio import AudioTooLong, AudioUnreadable, AudioWithoutSound

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

log = structlog.get_logger(__name__)

_READER = "interview_worker.cpu.read_recording"
_MESSAGES = {
    AudioUnreadable: "The recording cannot be read; record it again.",
    AudioWithoutSound: "The recording holds no sound.",
    AudioTooLong: "The recording is longer than ten minutes.",
}
_REFUSALS = {kind.code: kind for kind in _MESSAGES}


class RecordingReader(Protocol):
    """Reads an uploaded recording."""

    def read(self, content: bytes) -> "NDArray[np.int16]":
        """Return 16-bit mono samples of 16 kHz, or raise AudioUnreadable, AudioWithoutSound or AudioTooLong."""


class ChildRecordingReader:
    """Decodes each file in a process of its own, within the limits whatever the file does."""

    def __init__(self, *, wall_limit_s: float = LIMITS.wall_s) -> None:
        self._wall_limit_s = wall_limit_s

    def read(self, content: bytes) -> "NDArray[np.int16]":
        """Return the recording's samples.

        Raises:
            AudioUnreadable, AudioWithoutSound, AudioTooLong: the file cannot be used.
            EngineUnavailable: PyAV is not installed.
            EngineFailed: the child was killed by something else than its limits.
        """
        import numpy as np

        ended = run_limited(_READER, content=content, wall_limit_s=self._wall_limit_s)
        if ended.is_killed_from_outside:
            raise EngineFailed("The recording reader was killed from outside.")
        if ended.is_late or ended.returncode != 0:
            log.warning("recording reader died", returncode=ended.returncode)
            raise _refusal(AudioUnreadable.code)
        head, _, samples = ended.output.partition(b"\n")
        error_code = json.loads(head).get("error_code")
        if error_code is not None:
            raise _refusal(error_code)
        return np.frombuffer(samples, np.int16)


def _refusal(code: str) -> Exception:
    kind = _REFUSALS.get(code)
    if kind is None:
        return EngineUnavailable("The library that reads recordings is missing; install the worker's `cpu` extra.")
    return kind(_MESSAGES[kind])
