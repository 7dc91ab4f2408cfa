"""Jobs as operators handle them."""

from uuid import UUID

from sqlmodel import Session, col, func, select

from interview_core.contract.tasks import (
    EMBED_RESUME,
    EVALUATE_ANSWER,
    PARSE_RESUME,
    WRITE_LEARNING_PATH,
    WRITE_QUESTION_SET,
    WRITE_REPORT,
)
from interview_core.db.tables import (
    Evaluation,
    EvaluationStatus,
    Job,
    JobState,
    LearningPath,
    QuestionSet,
    Report,
    ReportStatus,
    Resume,
    ResumeStatus,
    WritingStatus,
)
from interview_core.errors import Conflict, NotFound
from interview_core.jobs import revive


def list_jobs(session: Session, *, state: JobState | None, limit: int, offset: int) -> tuple[list[Job], int]:
    """Return a page of jobs, newest first, and how many there are."""
    query = select(Job) if state is None else select(Job).where(Job.state == state)
    total = session.exec(select(func.count()).select_from(query.subquery())).one()
    newest_first = query.order_by(col(Job.created_at).desc(), col(Job.id))
    return list(session.exec(newest_first.limit(limit).offset(offset)).all()), total


def retry_job(session: Session, job_id: UUID) -> Job:
    """Run a dead job again, or raise Conflict when it is not dead."""
    job = _get_job(session, job_id)
    if not revive(session, job_id):
        raise Conflict("Only a dead job of a known task can be run again.")
    _reopen(session, job)
    session.commit()
    session.refresh(job)
    return job


def discard_job(session: Session, job_id: UUID) -> Job:
    """Lay a dead job aside, or raise Conflict when it is not dead."""
    job = _get_job(session, job_id, lock=True)
    if job.state is not JobState.DEAD:
        raise Conflict("Only a dead job can be discarded.")
    job.state = JobState.CANCELLED
    job.updated_at = session.exec(select(func.now())).one()
    session.add(job)
    session.commit()
    return job


def _get_job(session: Session, job_id: UUID, *, lock: bool = False) -> Job:
    job = session.get(Job, job_id, with_for_update=lock)
    if job is None:
        raise NotFound("There is no such job; see GET /api/v1/operations/jobs.", code="JOB_NOT_FOUND")
    return job


def _reopen(session: Session, job: Job) -> None:
    """Take back what the job's death meant for its subject."""
    if job.task in (PARSE_RESUME.name, EMBED_RESUME.name):
        resume = session.get(Resume, job.subject_id, with_for_update=True)
        if resume and resume.status is ResumeStatus.FAILED:
            resume.status, resume.error_code = ResumeStatus.PENDING, None
    elif job.task == WRITE_REPORT.name:
        report = session.get(Report, job.subject_id, with_for_update=True)
        if report and report.status is ReportStatus.FAILED:
            report.status, report.error_code = ReportStatus.PENDING, None
    elif job.task == EVALUATE_ANSWER.name:
        evaluation = session.get(Evaluation, UUID(job.payload["answer_id"]), with_for_update=True)
        if evaluation and evaluation.status is EvaluationStatus.FAILED:
            session.delete(evaluation)
    elif job.task in (WRITE_LEARNING_PATH.name, WRITE_QUESTION_SET.name):
        _reopen_writing(session, job)


def _reopen_writing(session: Session, job: Job) -> None:
    path = session.get(LearningPath, job.subject_id, with_for_update=True)
    row = path or session.get(QuestionSet, job.subject_id, with_for_update=True)
    if row and row.status is WritingStatus.FAILED:
        row.status, row.error_code = WritingStatus.PENDING, None
