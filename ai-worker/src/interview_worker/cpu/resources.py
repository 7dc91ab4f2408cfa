"""What the handlers of the CPU queue are given."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import structlog
from redis import Redis
from redis.exceptions import RedisError

from interview_core.db.tables import Language
from interview_worker.cpu.document_reader import ChildDocumentReader, DocumentReader
from interview_worker.cpu.recording_reader import ChildRecordingReader, RecordingReader
from interview_worker.cpu.resume_profile import prepare
from interview_worker.cpu.speech_status import (
    REPEATED_S,
    claim_fetch,
    describe_speech,
    keep_fetch,
    release_fetch,
    tell_status,
)
from interview_worker.engines.embedding import EmbeddingEngine, SentenceEmbedding
from interview_worker.engines.emotion import DeepFaceEmotion, EmotionEngine
from interview_worker.engines.speech_recognition import OFF, SpeechRecogniser, WhisperProcess
from interview_worker.engines.speech_synthesis import (
    EspeakSpeech,
    OpenAiSpeech,
    SpeechChain,
    SpeechSynthesis,
    find_espeak,
)
from interview_worker.engines.typst_engine import Typesetter, TypstTypesetter
from interview_worker.engines.voice_activity import SileroVoiceActivity, VoiceActivity
from interview_worker.resources import Resources, base_resources
from interview_worker.settings import CpuWorkerSettings

log = structlog.get_logger(__name__)


@dataclass
class CpuResources(Resources):
    """Engines load on first use; the embedding model as soon as a process starts, since every résumé needs it."""

    documents: DocumentReader
    embedding: EmbeddingEngine
    emotion: EmotionEngine
    is_emotion_enabled: bool
    voice_activity: VoiceActivity
    recogniser: SpeechRecogniser
    typesetter: Typesetter
    recordings: RecordingReader = field(default_factory=ChildRecordingReader)
    speech: SpeechChain = field(default_factory=lambda: SpeechChain(()))
    fetch_speech_model: Callable[[], None] = lambda: None
    """Makes sure that the recogniser's weights are here, in whichever process of the pool comes first."""

    def warm_up(self) -> None:
        prepare()
        try:
            log.info("worker process warm", embedding_model=self.embedding.model_name)
        finally:
            self.fetch_speech_model()


def make_resources(settings: CpuWorkerSettings) -> CpuResources:
    base = base_resources(settings)
    redis: Redis = base["redis"]
    recogniser = WhisperProcess(
        settings.speech_model,
        threads=settings.speech_threads,
        on_status=lambda status: tell_status(redis, status),
    )
    return CpuResources(
        **base,
        documents=ChildDocumentReader(),
        embedding=SentenceEmbedding(settings.embedding_model, settings.embedding_fallback_model),
        emotion=DeepFaceEmotion(settings.deepface_home, settings.emotion_weights_sha256),
        is_emotion_enabled=settings.emotion_enabled,
        voice_activity=SileroVoiceActivity(),
        typesetter=TypstTypesetter(),
        recogniser=recogniser,
        recordings=ChildRecordingReader(),
        speech=SpeechChain(list(_speech_engines(settings))),
        fetch_speech_model=lambda: _fetch(redis, recogniser) if settings.speech_model != OFF else None,
    )


def _fetch(redis: Redis, recogniser: WhisperProcess) -> None:
    """Fetch the weights, again and again while that is impossible; in the thread that warms the process up."""
    try:
        if not claim_fetch(redis):
            return
        while not recogniser.fetch():
            keep_fetch(redis)
            time.sleep(REPEATED_S)
        release_fetch(redis)
    except RedisError as error:
        log.warning("speech model not fetched ahead", error=type(error).__name__)


def _speech_engines(settings: CpuWorkerSettings) -> Iterator[SpeechSynthesis]:
    if settings.speech_synthesis_url:
        voices = {
            Language.KOREAN: settings.speech_synthesis_voice_ko,
            Language.ENGLISH: settings.speech_synthesis_voice_en,
        }
        api_key = settings.speech_synthesis_api_key.get_secret_value() if settings.speech_synthesis_api_key else ""
        yield OpenAiSpeech(settings.speech_synthesis_url, settings.speech_synthesis_model, voices, api_key=api_key)
    if program := find_espeak():
        yield EspeakSpeech(program)


def describe_pool(settings: CpuWorkerSettings) -> Callable[[], dict[str, Any]]:
    """Return what tells about the pool's processes; their parent makes no engines, since it forks."""
    redis = Redis.from_url(settings.redis_url, socket_connect_timeout=0.5, socket_timeout=2)
    return lambda: {"speech": describe_speech(redis, settings)}
