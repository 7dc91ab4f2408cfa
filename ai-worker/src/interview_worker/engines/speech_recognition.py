"""faster-whisper behind two pipes: a process of its own that may crash, hang or be killed without harm.

CTranslate2 loaded before a fork hangs the forked process, so the recogniser is spawned, never forked, and its model is
never in the worker.
"""

import contextlib
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

import structlog

from interview_core.errors import EngineFailed, EngineUnavailable
from interview_worker.engines.child_pipe import PipeClosed, PipeLate, read_answer, write_request

log = structlog.get_logger(__name__)

_COMMAND = [sys.executable, "-P", "-m", "interview_worker.engines.whisper_process"]
# What the process needs to find its libraries and its weights. It gets none of the worker's secrets.
_PASSED_ON = (
    "PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "PYTHONPATH", "VIRTUAL_ENV", "HOME", "TMPDIR", "XDG_CACHE_HOME",
    "HF_HOME", "HF_HUB_CACHE", "HF_HUB_OFFLINE", "HF_ENDPOINT", "HF_HUB_DISABLE_TELEMETRY",
    "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy", "SSL_CERT_FILE",
    "REQUESTS_CA_BUNDLE", "CUDA_VISIBLE_DEVICES", "NVIDIA_VISIBLE_DEVICES",
)  # fmt: skip
_RETRY_S = 60
OFF = "off"


class RecogniserState(StrEnum):
    NOT_LOADED = "not_loaded"
    FETCHING = "fetching"
    FETCHED = "fetched"
    LOADING = "loading"
    READY = "ready"
    MISSING = "missing"
    OFF = "off"


@dataclass(frozen=True)
class RecogniserStatus:
    state: RecogniserState
    model: str | None = None
    reason: str | None = None
    """What is wrong and what to do."""


@dataclass(frozen=True)
class Word:
    """A word with its place in the audio, and how sure the recogniser is of it (0 to 1)."""

    text: str
    start_ms: int
    end_ms: int
    probability: float


@dataclass(frozen=True)
class Transcript:
    words: tuple[Word, ...]
    model: str

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)


class RecogniserUnavailable(EngineUnavailable):
    code = "RECOGNISER_UNAVAILABLE"


class RecogniserFailed(EngineFailed):
    code = "RECOGNISER_FAILED"


class SpeechRecogniser(Protocol):
    """Writes down what is said."""

    def transcribe(self, pcm: bytes, language: str) -> Transcript:
        """Return the words in 16-bit mono audio of 16 kHz, at most half a minute of it.

        Raises:
            RecogniserUnavailable: the library or its weights are missing.
            RecogniserFailed: it crashed twice, hung, or is still fetching its weights; another attempt may work.
        """


class WhisperProcess:
    """The recogniser's process: started on first use, started again after a crash, killed when it hangs."""

    def __init__(
        self,
        model: str = "auto",
        *,
        threads: int = 0,
        start_limit_s: float = 100,
        segment_limit_s: float = 60,
        on_status: Callable[[RecogniserStatus], None] = lambda _: None,
    ) -> None:
        self._model = model
        self._threads = threads
        self._start_limit_s = start_limit_s
        self._segment_limit_s = segment_limit_s
        self._on_status = on_status
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._loaded: str | None = None
        self._request_id = 0
        self._retry_at_s = 0.0
        self._missing: str | None = None

    @property
    def pid(self) -> int | None:
        """The process that has the model; None while there is none."""
        return self._child.pid if self._child is not None and self._child.poll() is None else None

    def transcribe(self, pcm: bytes, language: str) -> Transcript:
        with self._lock:
            try:
                return self._ask(pcm, language)
            except PipeClosed:
                log.warning("recogniser died, started again", returncode=self._end())
            try:
                return self._ask(pcm, language)
            except PipeClosed:
                self._end()
                raise RecogniserFailed("The recogniser died twice over the same audio.") from None

    def fetch(self) -> bool:
        """Make sure that the weights are here, in a process that ends, and tell whether they are."""
        if self._model == OFF:
            self._tell(RecogniserState.OFF)
            return False
        state = RecogniserState.FETCHING
        child = self._spawn("--fetch")
        with child:
            try:
                while state is RecogniserState.FETCHING:
                    state = self._read_state(child, time.monotonic() + 3600)
            except (PipeClosed, PipeLate, RecogniserUnavailable):
                log.warning("speech model not fetched")
            finally:
                child.kill()
        return state is RecogniserState.FETCHED

    def close(self) -> None:
        with self._lock:
            self._end()

    def _ask(self, pcm: bytes, language: str) -> Transcript:
        child = self._ready_child()
        assert child.stdin is not None and child.stdout is not None and self._loaded is not None  # noqa: S101, PT018
        self._request_id += 1
        deadline_s = time.monotonic() + self._segment_limit_s
        try:
            write_request(child.stdin, {"id": self._request_id, "language": language}, pcm, deadline_s=deadline_s)
            answer = read_answer(child.stdout, deadline_s=deadline_s)
        except PipeLate:
            self._end()
            raise RecogniserFailed("The recogniser took too long and was ended.") from None
        if answer.get("id") != self._request_id:
            raise PipeClosed
        if error := answer.get("error"):
            raise RecogniserFailed(f"The recogniser failed ({error}).")
        return Transcript(tuple(Word(**word) for word in answer["words"]), self._loaded)

    def _ready_child(self) -> "subprocess.Popen[bytes]":
        """Return the process once its model is loaded. One that is still fetching goes on when the wait is over."""
        if self._model == OFF:
            raise RecogniserUnavailable("Speech recognition is switched off (SPEECH_MODEL).")
        if self._missing is not None and time.monotonic() < self._retry_at_s:
            raise RecogniserUnavailable(self._missing)
        if self._child is None or self._child.poll() is not None:
            self._end()
            self._child = self._spawn()
        deadline_s = time.monotonic() + self._start_limit_s
        try:
            while self._loaded is None:
                self._read_state(self._child, deadline_s)
        except PipeLate:
            raise RecogniserFailed("The recogniser is not loaded yet; its weights are being fetched.") from None
        except RecogniserUnavailable:
            self._end()
            raise
        return self._child

    def _spawn(self, *options: str) -> "subprocess.Popen[bytes]":
        environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
        return subprocess.Popen(  # noqa: S603  our own module, with nothing of the candidate's on the command line
            [*_COMMAND, self._model, str(self._threads), *options],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
        )

    def _read_state(self, child: "subprocess.Popen[bytes]", deadline_s: float) -> RecogniserState:
        """Take the next thing that the process tells about itself.

        Raises:
            RecogniserUnavailable: the weights cannot be had; asked again only after a minute.
        """
        assert child.stdout is not None  # noqa: S101  it is a pipe
        told: dict[str, Any] = read_answer(child.stdout, deadline_s=deadline_s)
        state = RecogniserState(told["state"])
        reason = told.get("reason")
        self._tell(state, told.get("model"), reason)
        self._missing = reason if state is RecogniserState.MISSING else None
        if self._missing is not None:
            self._retry_at_s = time.monotonic() + _RETRY_S
            raise RecogniserUnavailable(self._missing)
        if state is RecogniserState.READY:
            self._loaded = str(told["model"])
            log.info("recogniser loaded", model=self._loaded, device=told.get("device"))
        return state

    def _tell(self, state: RecogniserState, model: str | None = None, reason: str | None = None) -> None:
        self._on_status(RecogniserStatus(state, model, reason))

    def _end(self) -> int | None:
        """Kill the process if it lives; return how it ended."""
        child, self._child, self._loaded = self._child, None, None
        if child is None:
            return None
        with contextlib.suppress(ProcessLookupError):
            child.kill()
        for pipe in (child.stdin, child.stdout):
            with contextlib.suppress(OSError):
                if pipe is not None:
                    pipe.close()
        return child.wait()
