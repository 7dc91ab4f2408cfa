"""Reports: what is there so far, and writing them again."""

from collections.abc import Mapping
from dataclasses import asdict
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import Session, col, select

from interview_api.interviews.schemas import Answer
from interview_api.interviews.service import get_interview, lock_own_interview
from interview_api.interviews.views import view_turns
from interview_api.reports import schemas
from interview_api.reports.schemas import EvaluationStatus, NotScoredReason
from interview_api.reports.withdrawn import without_withdrawn
from interview_api.reviews.views import view_reviews
from interview_core.contract.payloads import EvaluateAnswer, WriteReport
from interview_core.contract.tasks import EVALUATE_ANSWER, WRITE_REPORT
from interview_core.db import tables
from interview_core.db.reviews import has_open_review, stand
from interview_core.errors import Conflict, NotFound
from interview_core.jobs import enqueue

_WORTH_ANOTHER_TRY = (
    NotScoredReason.NO_MODEL.value,
    NotScoredReason.LIMIT_REACHED.value,
    NotScoredReason.EVALUATION_FAILED.value,
)
_REPORT_PARTS = (
    "summary", "strengths", "improvements", "answer_count", "claims", "role_match", "practice", "calibrations",
    "removed_statements", "instruction_count",
)  # fmt: skip
_REVIEW_PARTS = (
    "summary", "covered", "missed", "star", "points", "competencies", "improved_answer", "improved_answer_dropped",
    "uncertainty", "no_uncertainty_reason", "grading_count", "transcript_problem", "removed_statements",
    "instruction_count", "unquoted",
)  # fmt: skip


def read_report(session: Session, user_id: UUID, interview_id: UUID) -> schemas.Report:
    """Return the report as far as it is written.

    Raises:
        NotFound: the interview.
        Conflict: INTERVIEW_NOT_FINISHED.
    """
    return _view(session, get_report(session, get_interview(session, user_id, interview_id)))


def retry_report(session: Session, user_id: UUID, interview_id: UUID) -> schemas.Report:
    """Judge again what could not be judged, and write the report anew.

    Raises:
        Conflict: the interview is not finished, nothing in its report would come out otherwise, or REVIEW_OPEN.
    """
    report = get_report(session, lock_own_interview(session, user_id, interview_id))
    if has_open_review(session, interview_id):
        raise Conflict("A review of this report is requested; withdraw the request first.", code="REVIEW_OPEN")
    if not _can_retry(report, _evaluations(session, interview_id)):
        raise Conflict("Only a report that failed, or in which something could not be judged, can be written again.")
    _evaluate_again(session, interview_id)
    report.status = tables.ReportStatus.PENDING
    report.percent = 0
    report.error_code = None
    report.not_scored_reason = None
    report.finished_at = None
    session.add(report)
    enqueue(session, WRITE_REPORT, WriteReport(interview_id=interview_id), subject_id=interview_id)
    session.commit()
    return _view(session, report)


def get_report(session: Session, interview: tables.Interview) -> tables.Report:
    """Return the row of a finished interview's report.

    Raises:
        Conflict: INTERVIEW_NOT_FINISHED.
        NotFound: REPORT_NOT_FOUND.
    """
    if interview.status is not tables.InterviewStatus.FINISHED:
        raise Conflict("The interview goes on; finish it to get its report.", code="INTERVIEW_NOT_FINISHED")
    report = session.get(tables.Report, interview.id, populate_existing=True)
    if report is None:
        raise NotFound("This interview has no report.", code="REPORT_NOT_FOUND")
    return report


def _can_retry(report: tables.Report, evaluations: Mapping[UUID, tables.Evaluation]) -> bool:
    reasons = {report.not_scored_reason, *(row.not_scored_reason for row in evaluations.values())}
    is_incomplete = report.status is tables.ReportStatus.READY and not reasons.isdisjoint(_WORTH_ANOTHER_TRY)
    return is_incomplete or report.status is tables.ReportStatus.FAILED


def _evaluate_again(session: Session, interview_id: UUID) -> None:
    answer_ids = session.scalars(
        delete(tables.Evaluation)
        .where(
            col(tables.Evaluation.not_scored_reason).in_(_WORTH_ANOTHER_TRY),
            col(tables.Evaluation.answer_id).in_(
                select(tables.Answer.id).where(tables.Answer.interview_id == interview_id)
            ),
        )
        .returning(col(tables.Evaluation.answer_id))
    ).all()
    for answer_id in answer_ids:
        enqueue(session, EVALUATE_ANSWER, EvaluateAnswer(answer_id=answer_id), subject_id=interview_id)


def _view(session: Session, report: tables.Report) -> schemas.Report:
    turns = view_turns(session, report.interview_id)
    evaluations = _evaluations(session, report.interview_id)
    answers = [_review(turn.question.id, turn.answer, evaluations.get(turn.answer.id)) for turn in turns if turn.answer]
    standing = stand(session, report)
    is_superseded = standing.overall_score != report.overall_score
    return schemas.Report.model_validate(
        {
            **report.model_dump(exclude={"content"}),
            **_parts(report.content, _REPORT_PARTS),
            **asdict(standing),
            "superseded_overall": report.overall_score if is_superseded else None,
            "can_retry": _can_retry(report, evaluations),
            "is_calibrated": bool(report.content.get("calibrations")),
            "answers": [without_withdrawn(answer, standing.competencies) for answer in answers],
            "turns": turns,
            "reviews": view_reviews(session, report.interview_id),
        }
    )


def _evaluations(session: Session, interview_id: UUID) -> dict[UUID, tables.Evaluation]:
    rows = session.exec(
        select(tables.Evaluation)
        .join(tables.Answer, col(tables.Answer.id) == col(tables.Evaluation.answer_id))
        .where(tables.Answer.interview_id == interview_id)
    ).all()
    return {row.answer_id: row for row in rows}


def _review(question_id: UUID, answer: Answer, evaluation: tables.Evaluation | None) -> schemas.AnswerReview:
    if evaluation is None and answer.is_skipped:
        return schemas.AnswerReview(
            question_id=question_id,
            status=EvaluationStatus.NOT_SCORED,
            not_scored_reason=NotScoredReason.NO_ANSWERS,
        )
    if evaluation is None:
        return schemas.AnswerReview(question_id=question_id, status=EvaluationStatus.PENDING)
    return schemas.AnswerReview.model_validate(
        {
            "question_id": question_id,
            "status": evaluation.status.value,
            "not_scored_reason": evaluation.not_scored_reason,
            "score": evaluation.score,
            "evaluated_by": evaluation.answered_by,
            "versions": evaluation.versions,
            **_parts(evaluation.content, _REVIEW_PARTS),
        }
    )


def _parts(content: dict[str, object], names: tuple[str, ...]) -> dict[str, object]:
    """Return the parts that are written already; the others keep their empty defaults."""
    return {name: content[name] for name in names if content.get(name) is not None}
