"""What speaks questions: a server with OpenAI's interface where one is configured, else the program espeak-ng."""

import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import structlog

from interview_core.db.tables import Language
from interview_core.errors import EngineFailed

log = structlog.get_logger(__name__)

ESPEAK = "espeak-ng"
_MAX_AUDIO_BYTES = 8 * 1024 * 1024
_WORDS_PER_MIN = "165"


@dataclass(frozen=True)
class Spoken:
    audio: bytes
    media_type: str


class SpeechSynthesisFailed(EngineFailed):
    code = "SPEECH_SYNTHESIS_FAILED"


class SpeechSynthesis(Protocol):
    """Speaks a text."""

    @property
    def engine(self) -> str:
        """Which engine it is."""

    def voice(self, language: Language) -> str:
        """The voice of a language; audio of another one is made anew."""

    def speak(self, text: str, language: Language) -> Spoken:
        """Return the text as sound, or raise SpeechSynthesisFailed."""


class OpenAiSpeech:
    """A server that answers `POST <url>/audio/speech` as OpenAI's does."""

    engine = "openai_compatible"

    def __init__(self, url: str, model: str, voices: dict[Language, str], *, api_key: str, limit_s: float = 20) -> None:
        self._url = f"{url.rstrip('/')}/audio/speech"
        self._model = model
        self._voices = voices
        self._api_key = api_key
        self._limit_s = limit_s

    def voice(self, language: Language) -> str:
        return f"{self._model}/{self._voices[language]}"

    def speak(self, text: str, language: Language) -> Spoken:
        import httpx

        body = {"model": self._model, "input": text, "voice": self._voices[language], "response_format": "mp3"}
        headers = {"Authorization": f"Bearer {self._api_key}"} if self._api_key else {}
        try:
            response = httpx.post(self._url, json=body, headers=headers, timeout=self._limit_s)
            response.raise_for_status()
        except httpx.HTTPError as error:
            raise SpeechSynthesisFailed(f"The speech server failed ({type(error).__name__}).") from error
        media_type = response.headers.get("content-type", "audio/mpeg").partition(";")[0].strip()
        if not media_type.startswith("audio/") or not 0 < len(response.content) <= _MAX_AUDIO_BYTES:
            raise SpeechSynthesisFailed("The speech server answered with something else than audio.")
        return Spoken(response.content, media_type)


class EspeakSpeech:
    """espeak-ng as a program of its own: it is under the GPL, and is called, not linked."""

    engine = ESPEAK

    def __init__(self, program: str, *, limit_s: float = 10) -> None:
        self._program = program
        self._limit_s = limit_s

    def voice(self, language: Language) -> str:
        return language.value

    def speak(self, text: str, language: Language) -> Spoken:
        from interview_worker.engines.audio import to_mp3

        command = [self._program, "-v", self.voice(language), "-s", _WORDS_PER_MIN, "--stdin", "--stdout"]
        try:
            found = subprocess.run(  # noqa: S603  the text goes in by stdin, never on the command line
                command, input=text.encode(), capture_output=True, check=True, timeout=self._limit_s
            )
        except (subprocess.SubprocessError, OSError) as error:
            raise SpeechSynthesisFailed(f"espeak-ng failed ({type(error).__name__}).") from error
        return Spoken(to_mp3(found.stdout), "audio/mpeg")


class SpeechChain:
    """Engines in order of preference: when one fails, the next speaks."""

    def __init__(self, engines: Sequence[SpeechSynthesis]) -> None:
        self.engines = tuple(engines)

    def speak(self, text: str, language: Language) -> tuple[SpeechSynthesis, Spoken] | None:
        """Return who spoke and the sound; None: there is no engine.

        Raises:
            SpeechSynthesisFailed: every engine failed.
        """
        problem: SpeechSynthesisFailed | None = None
        for engine in self.engines:
            try:
                return engine, engine.speak(text, language)
            except SpeechSynthesisFailed as error:
                log.warning("speech engine failed", engine=engine.engine, reason=error.message)
                problem = error
        if problem is not None:
            raise problem
        return None


def find_espeak() -> str | None:
    """Return the program, where it is installed."""
    return shutil.which(ESPEAK)
