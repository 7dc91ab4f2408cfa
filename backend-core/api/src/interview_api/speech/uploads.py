"""Recordings that are uploaded: an answer where no live connection is possible, and the voice at the device check."""

from typing import IO
from uuid import UUID, uuid4

from sqlmodel import Session

from interview_api.interviews.service import get_interview, lock_own_interview
from interview_api.speech import schemas
from interview_api.speech.recordings import detect_extension
from interview_api.system.speech import lacks_recogniser
from interview_core.contract.payloads import ImportRecording, MeasureBaseline
from interview_core.contract.tasks import IMPORT_RECORDING, MEASURE_BASELINE
from interview_core.db.interviews import current_consents, load_state
from interview_core.db.speech import newest_take, next_epoch, start_take
from interview_core.db.tables import (
    BaselineState,
    ConsentPurpose,
    Interview,
    InterviewStatus,
    VoiceBaseline,
)
from interview_core.errors import Conflict, NotFound, Unavailable
from interview_core.jobs import enqueue
from interview_core.speech import BASELINES_FOLDER, RECORDINGS_FOLDER
from interview_core.storage import Storage


def add_recording(
    session: Session, storage: Storage, user_id: UUID, interview_id: UUID, question_id: UUID, file: IO[bytes]
) -> int:
    """Take a recorded answer to the open question, as its next take, whose number is returned.

    Raises:
        NotFound: the interview.
        InvalidInput, UnsupportedFile: the file is empty, or no recording.
        Conflict: INTERVIEW_FINISHED, NOT_CURRENT_QUESTION, CONSENT_NEEDED.
        Unavailable: RECOGNISER_UNAVAILABLE.
    """
    _check(session, get_interview(session, user_id, interview_id))
    key = _store(storage, RECORDINGS_FOLDER, interview_id, file)
    interview = lock_own_interview(session, user_id, interview_id)
    _check(session, interview)
    state = load_state(session, interview_id)
    if state.current_position is None or state.asked[state.current_position] != question_id:
        raise Conflict("Another question is open now; reload the interview.", code="NOT_CURRENT_QUESTION")
    take = (newest_take(session, question_id) or 0) + 1
    start_take(session, interview_id, question_id, take, next_epoch(session, interview), recording=key)
    payload = ImportRecording(question_id=question_id, take=take)
    enqueue(session, IMPORT_RECORDING, payload, subject_id=interview_id)
    session.commit()
    return take


def set_baseline(
    session: Session, storage: Storage, user_id: UUID, interview_id: UUID, file: IO[bytes]
) -> schemas.Baseline:
    """Take the recording of the device check; a new one replaces the last.

    Raises:
        NotFound: the interview.
        InvalidInput, UnsupportedFile: the file is empty, or no recording.
        Conflict: INTERVIEW_FINISHED, CONSENT_NEEDED.
    """
    _check_consent(session, get_interview(session, user_id, interview_id))
    key = _store(storage, BASELINES_FOLDER, interview_id, file)
    interview = lock_own_interview(session, user_id, interview_id)
    _check_consent(session, interview)
    baseline = session.get(VoiceBaseline, interview_id) or VoiceBaseline(interview_id=interview_id)
    if baseline.recording is not None:
        storage.delete(baseline.recording)
    baseline.recording, baseline.state = key, BaselineState.PENDING
    baseline.delivery, baseline.error_code, baseline.finished_at = None, None, None
    session.add(baseline)
    enqueue(session, MEASURE_BASELINE, MeasureBaseline(interview_id=interview_id), subject_id=interview_id)
    session.commit()
    return view_baseline(baseline)


def read_baseline(session: Session, user_id: UUID, interview_id: UUID) -> schemas.Baseline:
    """Return what became of the device check's recording, or raise NotFound."""
    get_interview(session, user_id, interview_id)
    baseline = session.get(VoiceBaseline, interview_id)
    if baseline is None:
        raise NotFound("There was no device check with a voice.", code="BASELINE_NOT_FOUND")
    return view_baseline(baseline)


def view_baseline(row: VoiceBaseline) -> schemas.Baseline:
    has_rate = bool((row.delivery or {}).get("units"))
    return schemas.Baseline(state=row.state, error_code=row.error_code, has_rate=has_rate)


def _check(session: Session, interview: Interview) -> None:
    _check_consent(session, interview)
    if lacks_recogniser(session):
        raise Unavailable("Speech cannot be recognised here now; write your answer.", code="RECOGNISER_UNAVAILABLE")


def _check_consent(session: Session, interview: Interview) -> None:
    if interview.status is InterviewStatus.FINISHED:
        raise Conflict("This interview is over; read its report.", code="INTERVIEW_FINISHED")
    if not current_consents(session, interview.id)[ConsentPurpose.TRANSCRIPTION]:
        raise Conflict("Consent to transcription first, or write your answer.", code="CONSENT_NEEDED")


def _store(storage: Storage, folder: str, interview_id: UUID, file: IO[bytes]) -> str:
    # Before its row: a file without a row is removed by `orphans`, a row without a file could never be read.
    key = f"{folder}/{interview_id}/{uuid4()}.{detect_extension(file)}"
    storage.put(key, file)
    return key
