"""What a dead job means for the thing it was for: nothing stays pending, no interview waits for a question."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlmodel import Session, func, select

from interview_core.contract.payloads import (
    EmbedResume,
    EraseAudio,
    EvaluateAnswer,
    ImportRecording,
    MeasureBaseline,
    NextQuestion,
    ParseResume,
    Payload,
    PrepareQuestion,
    ProfileResume,
    RenderReportPdf,
    SynthesizeQuestion,
    TranscribeSegment,
    WriteLearningPath,
    WriteQuestionSet,
    WriteReport,
)
from interview_core.db.interviews import ask_template, load_state, lock_interview
from interview_core.db.question_sets import start_next
from interview_core.db.questions import question_view
from interview_core.db.speech import erase_audio_later, take_outcome
from interview_core.db.tables import (
    Answer,
    BaselineState,
    Evaluation,
    EvaluationStatus,
    LearningPath,
    PdfState,
    QuestionSet,
    Report,
    ReportPdf,
    ReportStatus,
    Resume,
    ResumeStatus,
    SegmentState,
    SpeechSegment,
    SpokenAnswer,
    VoiceBaseline,
    WritingStatus,
)
from interview_core.jobs import DURABLE_TASKS, EXPIRED, WORKER_LOST, DeadJob
from interview_core.streams import EventKind, EventWriter, Stream


@dataclass(frozen=True)
class Outcome:
    """An event that tells the browser, sent after the commit."""

    stream: Stream | None = None
    subject_id: UUID | None = None
    kind: EventKind | None = None
    data: dict[str, Any] = field(default_factory=dict)


NOTHING = Outcome()

_REASONS = {EXPIRED: "expired", WORKER_LOST: "internal"}


def settle(session: Session, job: DeadJob) -> Outcome:
    """Mark what the job was for, such as a résumé or a question, in the caller's transaction."""
    task = DURABLE_TASKS.get(job.task)
    if task is None:
        return NOTHING
    payload = task.payload.model_validate(job.payload)
    return _SETTLERS[type(payload)](session, payload, job.error_code)


def notify(events: EventWriter, outcome: Outcome) -> None:
    """Tell the browser, once the outcome is committed."""
    if outcome.stream and outcome.subject_id and outcome.kind:
        events.append(outcome.stream, outcome.subject_id, outcome.kind, outcome.data)


def _fail_resume(session: Session, payload: ParseResume | EmbedResume, code: str) -> Outcome:
    resume = session.get(Resume, payload.resume_id, with_for_update=True)
    if resume is None:
        return NOTHING
    resume.status = ResumeStatus.FAILED
    resume.error_code = _REASONS.get(code, code.lower())
    session.add(resume)
    return Outcome(Stream.RESUME, resume.id, EventKind.FAILED, {"error_code": resume.error_code})


def _leave_alone(_session: Session, _payload: Payload, _code: str) -> Outcome:
    """What the rules read stands, and nobody waits for more."""
    return NOTHING


def _ask_template(session: Session, payload: NextQuestion, code: str) -> Outcome:
    interview = lock_interview(session, payload.interview_id)
    if interview is None:
        return NOTHING
    if load_state(session, interview.id).requested_position != payload.position:
        return NOTHING
    question = ask_template(session, interview, fallback_reason=_REASONS.get(code, code.lower()))
    if question is None:
        return Outcome(
            Stream.INTERVIEW, interview.id, EventKind.INTERVIEW_FINISHED, {"interview_id": str(interview.id)}
        )
    return Outcome(Stream.INTERVIEW, interview.id, EventKind.QUESTION_READY, question_view(question))


def _do_without(_: Session, __: PrepareQuestion, ___: str) -> Outcome:
    """The question is written when the answer has come."""
    return NOTHING


def _fail_evaluation(session: Session, payload: EvaluateAnswer, _: str) -> Outcome:
    answer = session.get(Answer, payload.answer_id)
    if answer is not None and session.get(Evaluation, answer.id) is None:
        session.add(
            Evaluation(answer_id=answer.id, status=EvaluationStatus.FAILED, not_scored_reason="evaluation_failed")
        )
    return NOTHING


def _fail_report(session: Session, payload: WriteReport, code: str) -> Outcome:
    report = session.get(Report, payload.interview_id, with_for_update=True)
    if report is None:
        return NOTHING
    report.status = ReportStatus.FAILED
    report.error_code = code
    session.add(report)
    return Outcome(
        Stream.INTERVIEW,
        payload.interview_id,
        EventKind.REPORT_FAILED,
        {"interview_id": str(payload.interview_id), "error_code": code},
    )


def _fail_segment(session: Session, payload: TranscribeSegment, code: str) -> Outcome:
    segment = session.get(SpeechSegment, (payload.interview_id, payload.epoch, payload.sequence), with_for_update=True)
    if segment is None or segment.state is not SegmentState.PENDING:
        return NOTHING
    segment.state = SegmentState.FAILED
    segment.error_code = code
    segment.finished_at = session.exec(select(func.now())).one()
    session.add(segment)
    session.flush()
    erase_audio_later(session, segment.interview_id)
    return _tell_take(session, segment.interview_id, segment.question_id, segment.take)


def _fail_recording(session: Session, payload: ImportRecording, code: str) -> Outcome:
    spoken = session.get(SpokenAnswer, (payload.question_id, payload.take), with_for_update=True)
    if spoken is None or spoken.ended_at is not None:
        return NOTHING
    spoken.error_code = code
    spoken.ended_at = session.exec(select(func.now())).one()
    session.add(spoken)
    session.flush()
    erase_audio_later(session, spoken.interview_id)
    return _tell_take(session, spoken.interview_id, spoken.question_id, spoken.take)


def _tell_take(session: Session, interview_id: UUID, question_id: UUID, take: int) -> Outcome:
    told = take_outcome(session, question_id, take)
    return Outcome(Stream.INTERVIEW, interview_id, *told) if told else NOTHING


def _fail_baseline(session: Session, payload: MeasureBaseline, code: str) -> Outcome:
    baseline = session.get(VoiceBaseline, payload.interview_id, with_for_update=True)
    if baseline is None or baseline.state is not BaselineState.PENDING:
        return NOTHING
    baseline.state = BaselineState.FAILED
    baseline.error_code = code
    session.add(baseline)
    erase_audio_later(session, baseline.interview_id)
    return Outcome(Stream.INTERVIEW, baseline.interview_id, EventKind.BASELINE_READY, {"state": baseline.state.value})


def _leave(*_: object) -> Outcome:
    """A question that is not spoken is read; audio that could not be deleted is found by `orphans`."""
    return NOTHING


def _fail_learning_path(session: Session, payload: WriteLearningPath, code: str) -> Outcome:
    path = session.get(LearningPath, payload.learning_path_id, with_for_update=True)
    return _fail_writing(session, path, Stream.LEARNING_PATH, code)


def _fail_question_set(session: Session, payload: WriteQuestionSet, code: str) -> Outcome:
    question_set = session.get(QuestionSet, payload.question_set_id, with_for_update=True)
    outcome = _fail_writing(session, question_set, Stream.QUESTION_SET, code)
    if question_set is not None:
        start_next(session, question_set.batch_id, after=question_set.id)
    return outcome


def _fail_writing(session: Session, row: LearningPath | QuestionSet | None, stream: Stream, code: str) -> Outcome:
    if row is None:
        return NOTHING
    row.status = WritingStatus.FAILED
    row.error_code = _REASONS.get(code, code.lower())
    session.add(row)
    return Outcome(stream, row.id, EventKind.FAILED, {"error_code": row.error_code})


def _fail_report_pdf(session: Session, payload: RenderReportPdf, code: str) -> Outcome:
    pdf = session.get(ReportPdf, payload.interview_id, with_for_update=True)
    if pdf is not None and pdf.request_id == payload.request_id:
        pdf.state = PdfState.FAILED
        pdf.error_code = _REASONS.get(code, code.lower())
        pdf.source = None
        session.add(pdf)
    return NOTHING


_SETTLERS: dict[type[Payload], Callable[[Session, Any, str], Outcome]] = {
    ParseResume: _fail_resume,
    EmbedResume: _fail_resume,
    ProfileResume: _leave_alone,
    NextQuestion: _ask_template,
    PrepareQuestion: _do_without,
    EvaluateAnswer: _fail_evaluation,
    WriteReport: _fail_report,
    TranscribeSegment: _fail_segment,
    ImportRecording: _fail_recording,
    MeasureBaseline: _fail_baseline,
    SynthesizeQuestion: _leave,
    EraseAudio: _leave,
    WriteLearningPath: _fail_learning_path,
    WriteQuestionSet: _fail_question_set,
    RenderReportPdf: _fail_report_pdf,
}
