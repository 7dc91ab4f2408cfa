"""What goes when a candidate withdraws a consent: in the same transaction what is in rows, files within a minute."""

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, delete, select, text, update

from interview_core.contract.payloads import StorageKey, WriteReport
from interview_core.contract.tasks import (
    EVALUATE_ANSWER,
    IMPORT_RECORDING,
    MEASURE_BASELINE,
    RENDER_REPORT_PDF,
    TRANSCRIBE_SEGMENT,
    WRITE_REPORT,
    DurableTask,
)
from interview_core.db.report_pdfs import drop_pdf
from interview_core.db.reviews import forget_withdrawn_scores
from interview_core.db.speech import erase_audio_later
from interview_core.db.tables import (
    Answer,
    ConsentPurpose,
    Evaluation,
    FrameAnalysis,
    Report,
    ReportStatus,
    SegmentState,
    SpeechSegment,
    SpokenAnswer,
    VoiceBaseline,
)
from interview_core.jobs import enqueue

CONSENT_WITHDRAWN = "CONSENT_WITHDRAWN"

_NEEDED_BY: dict[ConsentPurpose, tuple[DurableTask[Any], ...]] = {
    ConsentPurpose.EMOTION: (RENDER_REPORT_PDF,),
    ConsentPurpose.TRANSCRIPTION: (TRANSCRIBE_SEGMENT, IMPORT_RECORDING, MEASURE_BASELINE, RENDER_REPORT_PDF),
    ConsentPurpose.SCORING: (EVALUATE_ANSWER, WRITE_REPORT, RENDER_REPORT_PDF),
}


def cancel_withdrawn(session: Session, interview_id: UUID, purposes: Iterable[ConsentPurpose]) -> None:
    """End the jobs that need these consents; a worker that has one loses its lease. Before the interview is locked."""
    tasks = [task.name for purpose in purposes for task in _NEEDED_BY.get(purpose, ())]
    session.execute(
        text(
            "UPDATE job SET state = 'cancelled', owner = NULL, lease_until = NULL, finished_at = now(),"
            " updated_at = now() WHERE subject_id = :interview_id AND task = ANY(:tasks)"
            " AND state IN ('queued', 'running', 'dead')"
        ),
        {"interview_id": interview_id, "tasks": tasks},
    )


def withdraw(session: Session, interview_id: UUID, purpose: ConsentPurpose) -> list[StorageKey]:
    """Remove what a consent allowed, in the caller's transaction, under the lock on the interview.

    Returns the files that are nobody's once this is committed; audio is deleted by a job.
    """
    return _EFFECTS[purpose](session, interview_id)


def _withdraw_emotion(session: Session, interview_id: UUID) -> list[StorageKey]:
    session.execute(delete(FrameAnalysis).where(col(FrameAnalysis.interview_id) == interview_id))
    return drop_pdf(session, interview_id)


def _withdraw_recording(session: Session, interview_id: UUID) -> list[StorageKey]:
    erase_audio_later(session, interview_id)
    return []


def _withdraw_transcription(session: Session, interview_id: UUID) -> list[StorageKey]:
    """Forget what was heard and not sent as an answer; what was sent is an answer like any other."""
    sent = select(Answer.question_id).where(Answer.interview_id == interview_id)
    session.execute(
        update(SpeechSegment)
        .where(col(SpeechSegment.interview_id) == interview_id, col(SpeechSegment.question_id).not_in(sent))
        .values(state=SegmentState.CANCELLED, text=None, words=[], delivery=None)
    )
    session.execute(
        update(SpeechSegment)
        .where(col(SpeechSegment.interview_id) == interview_id, col(SpeechSegment.state) == SegmentState.PENDING)
        .values(state=SegmentState.CANCELLED)
    )
    session.execute(
        update(SpokenAnswer)
        .where(col(SpokenAnswer.interview_id) == interview_id, col(SpokenAnswer.ended_at).is_(None))
        .values(error_code=CONSENT_WITHDRAWN)
    )
    session.execute(delete(VoiceBaseline).where(col(VoiceBaseline.interview_id) == interview_id))
    erase_audio_later(session, interview_id)
    return drop_pdf(session, interview_id)


def _withdraw_scoring(session: Session, interview_id: UUID) -> list[StorageKey]:
    """Remove every judgement; a report that was written is written again, without any."""
    answers = select(Answer.id).where(Answer.interview_id == interview_id)
    session.execute(delete(Evaluation).where(col(Evaluation.answer_id).in_(answers)))
    forget_withdrawn_scores(session, interview_id)
    files = drop_pdf(session, interview_id)
    report = session.get(Report, interview_id, with_for_update=True)
    if report is None:
        return files
    report.status, report.percent, report.error_code = ReportStatus.PENDING, 0, None
    report.overall_score, report.content, report.finished_at = None, {}, None
    session.add(report)
    enqueue(session, WRITE_REPORT, WriteReport(interview_id=interview_id), subject_id=interview_id)
    return files


_EFFECTS: dict[ConsentPurpose, Callable[[Session, UUID], list[StorageKey]]] = {
    ConsentPurpose.EMOTION: _withdraw_emotion,
    ConsentPurpose.RECORDING: _withdraw_recording,
    ConsentPurpose.TRANSCRIPTION: _withdraw_transcription,
    ConsentPurpose.SCORING: _withdraw_scoring,
}
