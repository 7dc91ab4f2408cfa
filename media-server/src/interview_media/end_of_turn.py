"""Whether a candidate who is silent has finished: what may tell it besides the silence, and how it is asked.

An engine gives an opinion, and no more: `turns.Turn` keeps within the question's patience whatever it says, and silence
alone decides where it says nothing, fails, or is late.
"""

from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import structlog
from numpy.typing import NDArray

from interview_media.audio import AudioChunk
from interview_media.sound import Sound
from interview_media.voice_activity import SAMPLE_RATE

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Heard:
    """What is known of an answer in a silence. There are no words yet: those come from another process, later."""

    pcm: NDArray[np.int16]
    """The answer's sound at 16 kHz, up to now and so with the silence; its last `EndOfTurn.window_s` at most."""
    silence_ms: int
    language: str


class EndOfTurn(Protocol):
    """Tells how likely it is that a candidate has finished speaking."""

    @property
    def name(self) -> str:
        """What operators are told of it."""

    @property
    def window_s(self) -> float:
        """How much sound it wants; 0: it is never asked."""

    def judge(self, heard: Heard) -> float | None:
        """Return the probability, 0 to 1, that the turn is over; None: it cannot tell.

        Called on a thread, for one answer after the other; whatever it raises counts as no opinion.
        """


class SilenceAlone:
    """No opinion: the silence decides."""

    name = "silence"
    window_s = 0.0

    def judge(self, heard: Heard) -> float | None:  # noqa: ARG002  the protocol's
        return None


Told = Callable[[int, float], bool]
"""Takes the beginning, in milliseconds, of the silence that was asked about, and the opinion. False: it is too late."""


class Adviser:
    """Asks an engine about the silences of one connection, on a thread, one at a time.

    `later` runs a function on the event loop, `tell` is called there, and `count` is told what became of each question.
    """

    def __init__(
        self,
        engine: EndOfTurn,
        threads: Executor,
        language: str,
        *,
        later: Callable[[Callable[[], None]], object],
        tell: Told,
        count: Callable[[str], None],
    ) -> None:
        self._engine, self._threads, self._language = engine, threads, language
        self._later, self._tell, self._count = later, tell, count
        self._window = int(engine.window_s * SAMPLE_RATE)
        self._sound = Sound()
        self._from = 0
        self._asking: Future[None] | None = None

    def begin(self, position: int) -> None:
        """An answer begins at a position of the connection's sound."""
        self._from = position

    def forget(self) -> None:
        """Drop what was heard."""
        self.stop()
        self._sound = Sound()

    def stop(self) -> None:
        """The silence is over: nobody needs an opinion that no thread has begun to form."""
        if self._asking is not None:
            self._asking.cancel()

    def hear(self, chunk: AudioChunk) -> None:
        if self._window:
            self._sound.add(chunk)
            self._sound.drop_before(chunk.end - self._window)

    def ask(self, silent_since_ms: int, now: int) -> None:
        """Ask about a silence that lasts at a position; where the last question is not answered yet, do not."""
        if not self._window or (self._asking is not None and not self._asking.done()):
            return
        pcm = self._sound.take(max(self._from, now - self._window, 0), now)
        heard = Heard(pcm, now * 1000 // SAMPLE_RATE - silent_since_ms, self._language)
        self._asking = self._threads.submit(self._judge, heard, silent_since_ms)

    def _judge(self, heard: Heard, silent_since_ms: int) -> None:
        try:
            probability = self._engine.judge(heard)
        except Exception as error:  # noqa: BLE001  whatever an engine does, the answer goes on by its silences
            log.warning("end of turn not judged", engine=self._engine.name, error=type(error).__name__)
            self._later(lambda: self._count("failed"))
            return
        self._later(lambda: self._take(silent_since_ms, probability))

    def _take(self, silent_since_ms: int, probability: float | None) -> None:
        if probability is None or not 0 <= probability <= 1:
            self._count("unknown")
        else:
            self._count("used" if self._tell(silent_since_ms, probability) else "late")
