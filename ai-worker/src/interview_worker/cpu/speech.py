"""What was said in a segment: written down as soon as it is there, and its audio kept only where that is allowed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from sqlmodel import Session, func, select

from interview_core.contract.broker import BrokerUnavailable
from interview_core.contract.payloads import ReadAhead, TranscribeSegment
from interview_core.contract.tasks import READ_AHEAD, TRANSCRIBE_SEGMENT
from interview_core.db.interviews import current_consents, load_state
from interview_core.db.speech import announce_take
from interview_core.db.tables import ConsentPurpose, SegmentState, SpeechSegment
from interview_core.speech import MAX_SEGMENT_MS
from interview_core.streams import EventKind, Stream
from interview_worker.binding import JobRun, handles
from interview_worker.cpu.resources import CpuResources
from interview_worker.cpu.voice import measure_voice
from interview_worker.engines.audio import decode_audio
from interview_worker.engines.speech_recognition import Transcript, Word

log = structlog.get_logger(__name__)

_LONGEST_S = MAX_SEGMENT_MS / 1000 + 2
"""Room for what an encoder adds at the end."""


@dataclass(frozen=True)
class _Heard:
    """What is in a segment; both are absent where nobody speaks."""

    transcript: Transcript | None
    delivery: dict[str, Any] | None


@handles(TRANSCRIBE_SEGMENT)
def transcribe_segment(payload: TranscribeSegment, job: JobRun, resources: CpuResources) -> None:
    """Store the words of a segment; without consent to recording its audio is deleted then."""
    with resources.session() as session:
        segment = _pending(session, payload)
        if segment is None or segment.audio is None:
            return
        audio, language = segment.audio, segment.language
    heard = _listen(resources.storage.read(audio), language.value, resources)
    with job.complete() as session:
        segment = _pending(session, payload, is_locked=True)
        if segment is None:
            return
        _save(session, segment, heard)
        is_kept = current_consents(session, segment.interview_id)[ConsentPurpose.RECORDING]
        if not is_kept:
            segment.audio = None
    _tell(segment, resources)
    if not is_kept:
        resources.storage.delete(audio)
    if segment.text:
        _let_model_read(segment, resources)


def _pending(session: Session, payload: TranscribeSegment, *, is_locked: bool = False) -> SpeechSegment | None:
    """Return the segment while it waits and its candidate consents to being transcribed."""
    key = (payload.interview_id, payload.epoch, payload.sequence)
    segment = session.get(SpeechSegment, key, with_for_update=is_locked, populate_existing=True)
    if segment is None or segment.state is not SegmentState.PENDING:
        return None
    return segment if current_consents(session, payload.interview_id)[ConsentPurpose.TRANSCRIPTION] else None


def _listen(content: bytes, language: str, resources: CpuResources) -> _Heard:
    """Return words and voice. A recogniser that is asked about silence invents words, so it is not asked."""
    samples = decode_audio(content, max_s=_LONGEST_S)
    speech = resources.voice_activity.find_speech(samples)
    if not speech:
        return _Heard(None, None)
    return _Heard(resources.recogniser.transcribe(samples.tobytes(), language), measure_voice(samples, speech))


def _save(session: Session, segment: SpeechSegment, heard: _Heard) -> None:
    transcript = heard.transcript
    segment.state = SegmentState.DONE
    segment.text = transcript.text if transcript else ""
    segment.words = _on_clock(segment, transcript.words if transcript else ())
    segment.recognised_by = {"engine": "faster-whisper", "model": transcript.model} if transcript else None
    segment.delivery = heard.delivery
    segment.error_code = None
    segment.finished_at = session.exec(select(func.now())).one()
    session.add(segment)


def _on_clock(segment: SpeechSegment, words: Sequence[Word]) -> list[dict[str, Any]]:
    """Return the words with times of the connection's clock, in order and inside the segment."""
    placed: list[dict[str, Any]] = []
    earliest = segment.start_ms
    for word in words:
        start = min(max(segment.start_ms + word.start_ms, earliest), segment.end_ms)
        end = min(max(segment.start_ms + word.end_ms, start), segment.end_ms)
        placed.append({"text": word.text, "start_ms": start, "end_ms": end, "probability": word.probability})
        earliest = start
    return placed


def _tell(segment: SpeechSegment, resources: CpuResources) -> None:
    data = {
        "question_id": str(segment.question_id),
        "take": segment.take,
        "epoch": segment.epoch,
        "sequence": segment.sequence,
        "text": segment.text,
        "words": segment.words,
    }
    resources.events.append(Stream.INTERVIEW, segment.interview_id, EventKind.TRANSCRIPT_SEGMENT, data)
    with resources.session() as session:
        announce_take(session, resources.events, segment.interview_id, segment.question_id, segment.take)


def _let_model_read(segment: SpeechSegment, resources: CpuResources) -> None:
    """Let the model read what was said so far; what it does not read now, it reads when the answer is sent."""
    with resources.session() as session:
        position = load_state(session, segment.interview_id).current_position
    if position is None:
        return
    try:
        resources.broker.dispatch(READ_AHEAD, ReadAhead(interview_id=segment.interview_id, position=position + 1))
    except BrokerUnavailable:
        log.info("hint not sent", task=READ_AHEAD.name)
