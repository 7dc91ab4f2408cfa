"""What the handlers of the CPU queue are given."""

from dataclasses import dataclass

import structlog

from interview_worker.cpu.document_reader import ChildDocumentReader, DocumentReader
from interview_worker.cpu.resume_profile import prepare
from interview_worker.engines.embedding import EmbeddingEngine, SentenceEmbedding
from interview_worker.engines.emotion import DeepFaceEmotion, EmotionEngine
from interview_worker.engines.speech_recognition import SpeechRecogniser, WhisperProcess
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

    def warm_up(self) -> None:
        prepare()
        log.info("worker process warm", embedding_model=self.embedding.model_name)


def make_resources(settings: CpuWorkerSettings) -> CpuResources:
    return CpuResources(
        **base_resources(settings),
        documents=ChildDocumentReader(),
        embedding=SentenceEmbedding(settings.embedding_model, settings.embedding_fallback_model),
        emotion=DeepFaceEmotion(settings.deepface_home),
        is_emotion_enabled=settings.emotion_enabled,
        voice_activity=SileroVoiceActivity(),
        recogniser=WhisperProcess(settings.speech_model, threads=settings.speech_threads),
        typesetter=TypstTypesetter(),
    )
