"""Engines are loaded once: a test of what they answer should not wait for their weights."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from interview_core.contract.broker import Broker
from interview_worker.cpu.document_reader import ChildDocumentReader
from interview_worker.cpu.resources import CpuResources
from interview_worker.engines.embedding import PACKAGED_MODEL, SentenceEmbedding
from interview_worker.engines.speech_recognition import WhisperProcess
from interview_worker.engines.voice_activity import SileroVoiceActivity
from tests.samples.make_whisper import make_whisper
from tests.worker.cpu.speech_rig import FakeRecogniser


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


@pytest.fixture
def speech_resources(sessions, storage, redis, redis_url, events, voice_activity) -> CpuResources:
    return CpuResources(
        sessions=sessions,
        storage=storage,
        redis=redis,
        events=events,
        broker=Broker(redis_url),
        documents=ChildDocumentReader(),
        embedding=SentenceEmbedding("unused"),
        emotion=None,
        is_emotion_enabled=False,
        voice_activity=voice_activity,
        recogniser=FakeRecogniser(),
        typesetter=None,
    )
