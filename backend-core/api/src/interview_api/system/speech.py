"""What works of speech, as the CPU workers report it."""

from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from interview_api.system.schemas import RecogniserState, SpeechStatus, VoiceEngine
from interview_core.contract.queues import Queue
from interview_core.db.workers import Worker, list_workers, voice_engine_of

_LACKING = (RecogniserState.MISSING, RecogniserState.OFF)


@dataclass(frozen=True)
class SpeechReport:
    status: SpeechStatus
    reason: str | None
    """What is wrong and what to do, for operators."""


def report_speech(workers: list[Worker]) -> SpeechReport:
    """Return what the best of the living CPU workers can do."""
    told: list[dict[str, Any]] = [
        worker.details.get("speech", {}) for worker in workers if worker.is_alive and worker.queue == Queue.CPU.value
    ]
    recognisers = [found for item in told if (found := item.get("recogniser"))]
    best = max(recognisers, key=lambda found: RecogniserState(found["state"]) not in _LACKING, default=None)
    # A worker that says nothing has not been asked yet, or is of the release before this one.
    unknown = RecogniserState.NOT_LOADED if told else RecogniserState.WORKER_AWAY
    state = RecogniserState(best["state"]) if best else unknown
    voice = voice_engine_of([worker for worker in workers if worker.is_alive])
    status = SpeechStatus(
        recogniser_state=state,
        recogniser_model=best["model"] if best else None,
        can_transcribe=state not in (*_LACKING, RecogniserState.WORKER_AWAY),
        voice_engine=VoiceEngine(voice) if voice else None,
    )
    return SpeechReport(status, best["reason"] if best else None)


def lacks_recogniser(session: Session) -> bool:
    """Tell whether what is spoken here will not be written down. While no worker lives it waits: its jobs are kept."""
    return report_speech(list_workers(session)).status.recogniser_state in _LACKING
