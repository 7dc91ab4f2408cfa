"""Engines are loaded once: a test of what they answer should not wait for their weights."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from interview_worker.engines.embedding import PACKAGED_MODEL, SentenceEmbedding
from interview_worker.engines.speech_recognition import WhisperProcess
from interview_worker.engines.voice_activity import SileroVoiceActivity
from tests.samples.make_whisper import make_whisper


@pytest.fixture(scope="session")
def small_embedding() -> SentenceEmbedding:
    """The small real model that a pip package carries."""
    return SentenceEmbedding(PACKAGED_MODEL)


@pytest.fixture(scope="session")
def whisper_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Whisper of random weights."""
    return make_whisper(tmp_path_factory.mktemp("whisper") / "model")


@pytest.fixture(scope="session")
def voice_activity() -> SileroVoiceActivity:
    return SileroVoiceActivity()


@pytest.fixture
def recogniser(whisper_folder: Path) -> Iterator[WhisperProcess]:
    process = WhisperProcess(str(whisper_folder), threads=1)
    yield process
    process.close()
