"""Recordings that a candidate uploads: answers, cut into the same segments as live ones, and the device check's."""

from typing import TYPE_CHECKING

import structlog
from sqlmodel import Session, func, select

from interview_core.contract.payloads import ImportRecording, MeasureBaseline
from interview_core.contract.tasks import IMPORT_RECORDING, MEASURE_BASELINE
from interview_core.db.interviews import current_consents
from interview_core.db.speech import add_segment, announce_take, end_take, erase_audio_later
from interview_core.db.tables import (
    BaselineState,
    ConsentPurpose,
    EndReason,
    Interview,
    SpokenAnswer,
    VoiceBaseline,
)
from interview_core.errors import InterviewError
from interview_core.speech import count_units, segment_key
from interview_core.streams import EventKind, Stream
from interview_worker.binding import JobRun, handles
from interview_worker.cpu.cutting import RATE, cut
from interview_worker.cpu.resources import CpuResources
from interview_worker.cpu.voice import measure_voice
from interview_worker.engines.audio import encode_flac
from interview_worker.engines.voice_activity import Span

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

log = structlog.get_logger(__name__)

_BASELINE_S = 30


@handles(IMPORT_RECORDING)
def import_recording(payload: ImportRecording, job: JobRun, resources: CpuResources) -> None:
    """Store the recording's segments, which are transcribed next, and its end; silence has no segments."""
    with resources.session() as session:
        spoken = _waiting(session, payload)
        if spoken is None or spoken.recording is None:
            return
        recording, interview_id, epoch = spoken.recording, spoken.interview_id, spoken.epoch
    samples = resources.recordings.read(resources.storage.read(recording))
    segments = cut(samples, resources.voice_activity.find_speech(samples))
    for sequence, segment in enumerate(segments):
        part = samples[segment.start_ms * RATE // 1000 : segment.end_ms * RATE // 1000]
        resources.storage.put(segment_key(interview_id, epoch, sequence), encode_flac(part))
    with job.complete() as session:
        spoken = _waiting(session, payload, is_locked=True)
        if spoken is None:
            return
        _add(session, spoken, segments)
    with resources.session() as session:
        announce_take(session, resources.events, interview_id, payload.question_id, payload.take)


def _waiting(session: Session, payload: ImportRecording, *, is_locked: bool = False) -> SpokenAnswer | None:
    """Return the answer while its recording waits and its candidate consents to being transcribed."""
    key = (payload.question_id, payload.take)
    spoken = session.get(SpokenAnswer, key, with_for_update=is_locked, populate_existing=True)
    if spoken is None or spoken.ended_at is not None:
        return None
    return spoken if current_consents(session, spoken.interview_id)[ConsentPurpose.TRANSCRIPTION] else None


def _add(session: Session, spoken: SpokenAnswer, segments: list[Span]) -> None:
    interview = session.get_one(Interview, spoken.interview_id)
    for sequence, segment in enumerate(segments):
        add_segment(
            session,
            interview_id=interview.id,
            epoch=spoken.epoch,
            sequence=sequence,
            question_id=spoken.question_id,
            take=spoken.take,
            audio=segment_key(interview.id, spoken.epoch, sequence),
            start_ms=segment.start_ms,
            end_ms=segment.end_ms,
            language=interview.language,
        )
    end_take(
        session,
        interview.id,
        spoken.question_id,
        spoken.take,
        spoken.epoch,
        last_sequence=len(segments) - 1 if segments else None,
        reason=EndReason.UPLOAD,
    )
    erase_audio_later(session, interview.id)


@handles(MEASURE_BASELINE)
def measure_baseline(payload: MeasureBaseline, job: JobRun, resources: CpuResources) -> None:
    """Store how the voice is when nothing is asked; what was said is counted and not kept."""
    with resources.session() as session:
        baseline = session.get(VoiceBaseline, payload.interview_id)
        if baseline is None or baseline.state is not BaselineState.PENDING or baseline.recording is None:
            return
        recording = baseline.recording
        language = session.get_one(Interview, payload.interview_id).language
    samples = resources.recordings.read(resources.storage.read(recording))[: _BASELINE_S * RATE]
    speech = resources.voice_activity.find_speech(samples)
    delivery = measure_voice(samples, speech)
    if delivery is not None:
        delivery["units"] = _count_spoken(samples, language.value, resources)
    with job.complete() as session:
        baseline = session.get(VoiceBaseline, payload.interview_id, with_for_update=True, populate_existing=True)
        if baseline is None or baseline.recording != recording:
            return
        baseline.delivery = delivery
        baseline.state = BaselineState.DONE if delivery else BaselineState.FAILED
        baseline.error_code = None if delivery else "NO_SPEECH"
        baseline.finished_at = session.exec(select(func.now())).one()
        session.add(baseline)
        erase_audio_later(session, baseline.interview_id)
    told = {"state": baseline.state.value}
    resources.events.append(Stream.INTERVIEW, payload.interview_id, EventKind.BASELINE_READY, told)


def _count_spoken(samples: "NDArray[np.int16]", language: str, resources: CpuResources) -> int | None:
    """Return how many syllables (Korean) or words were spoken; None where no recogniser can tell."""
    try:
        transcript = resources.recogniser.transcribe(samples[: 28 * RATE].tobytes(), language)
    except InterviewError as error:
        log.info("baseline without speaking rate", error_code=error.code)
        return None
    return count_units(transcript.text, language)
