"""Deletes audio that its candidate does not, or no longer, let us keep."""

from collections.abc import Iterator
from uuid import UUID

import structlog
from sqlmodel import Session, col, delete, select, update

from interview_core.contract.payloads import EraseAudio
from interview_core.contract.tasks import ERASE_AUDIO
from interview_core.db.interviews import current_consents
from interview_core.db.tables import (
    BaselineState,
    ConsentPurpose,
    Interview,
    SegmentState,
    SpeechSegment,
    SpokenAnswer,
    VoiceBaseline,
)
from interview_core.speech import AUDIO_FOLDERS, UNCUT
from interview_worker.binding import JobRun, handles
from interview_worker.cpu.resources import CpuResources

log = structlog.get_logger(__name__)


@handles(ERASE_AUDIO)
def erase_audio(payload: EraseAudio, job: JobRun, resources: CpuResources) -> None:
    """Delete files first and their names afterwards, so that a worker that dies in between leaves none forgotten."""
    with resources.session() as session:
        is_gone = session.get(Interview, payload.interview_id) is None
        keys = [] if is_gone else sorted(_forbidden(session, payload.interview_id))
        may_hear = not is_gone and current_consents(session, payload.interview_id)[ConsentPurpose.TRANSCRIPTION]
    if is_gone:
        keys = list(_all_files(payload.interview_id, resources))
    elif not may_hear:
        keys += [key for key in _all_files(payload.interview_id, resources) if key.endswith(f"/{UNCUT}")]
    for key in keys:
        resources.storage.delete(key)
    with job.complete() as session:
        _forget(session, payload.interview_id, keys)
    log.info("audio erased", interview_id=str(payload.interview_id), files=len(keys))


def _forbidden(session: Session, interview_id: UUID) -> Iterator[str]:
    """Give the keys of the interview's audio that may not be kept."""
    consents = current_consents(session, interview_id)
    may_wait = consents[ConsentPurpose.TRANSCRIPTION]
    may_stay = may_wait and consents[ConsentPurpose.RECORDING]
    for segment in session.exec(select(SpeechSegment).where(SpeechSegment.interview_id == interview_id)):
        is_waiting = segment.state is SegmentState.PENDING
        is_kept = may_wait if is_waiting else may_stay and segment.state is not SegmentState.CANCELLED
        if segment.audio is not None and not is_kept:
            yield segment.audio
    for spoken in session.exec(select(SpokenAnswer).where(SpokenAnswer.interview_id == interview_id)):
        if spoken.recording is not None and not (may_wait if spoken.ended_at is None else may_stay):
            yield spoken.recording
    baseline = session.get(VoiceBaseline, interview_id)
    # Nobody hears it again once it is measured.
    is_needed = may_wait and baseline is not None and baseline.state is BaselineState.PENDING
    if baseline is not None and baseline.recording is not None and not is_needed:
        yield baseline.recording


def _all_files(interview_id: UUID, resources: CpuResources) -> Iterator[str]:
    for folder in AUDIO_FOLDERS:
        for page in resources.storage.list_files(f"{folder}/{interview_id}"):
            yield from (file.key for file in page)


def _forget(session: Session, interview_id: UUID, keys: list[str]) -> None:
    """Remove the names of deleted files, and segments of which nothing is left."""
    session.execute(update(SpeechSegment).where(col(SpeechSegment.audio).in_(keys)).values(audio=None))
    session.execute(update(SpokenAnswer).where(col(SpokenAnswer.recording).in_(keys)).values(recording=None))
    session.execute(update(VoiceBaseline).where(col(VoiceBaseline.recording).in_(keys)).values(recording=None))
    session.execute(
        delete(SpeechSegment).where(
            col(SpeechSegment.interview_id) == interview_id,
            col(SpeechSegment.state) == SegmentState.CANCELLED,
            col(SpeechSegment.audio).is_(None),
        )
    )
