"""What operators do with requests for a review; each act is stored with their user id and its time."""

from typing import Any
from uuid import UUID

from sqlmodel import Session, col, func, select

from interview_api.dependencies import CurrentUser
from interview_api.explanations.explaining import explain
from interview_api.interviews.views import scenario_title
from interview_api.reports.schemas import AnswerReview, Report
from interview_api.reports.service import read_report
from interview_api.reviews import case_schemas as schemas
from interview_api.reviews.anonymous import names_of, without_names
from interview_core.contract.payloads import StorageKey
from interview_core.db import tables
from interview_core.db.report_pdfs import drop_pdf
from interview_core.db.reviews import stand
from interview_core.db.tables import ReviewState
from interview_core.errors import Conflict, InvalidInput, NotAllowed, NotFound


def list_reviews(
    session: Session, operator: CurrentUser, *, state: ReviewState | None, limit: int, offset: int
) -> schemas.ReviewPage:
    """Return a page of others' requests that were not withdrawn, those that wait longest first."""
    query = (
        select(tables.ReviewRequest, tables.Interview, tables.ReviewAnswer)
        .join(tables.Interview, col(tables.Interview.id) == col(tables.ReviewRequest.interview_id))
        .join(tables.ReviewAnswer, col(tables.ReviewAnswer.review_id) == col(tables.ReviewRequest.id), isouter=True)
        .where(tables.ReviewRequest.user_id != operator.id, tables.ReviewRequest.state != ReviewState.WITHDRAWN)
    )
    if state is not None:
        query = query.where(tables.ReviewRequest.state == state)
    total = session.exec(select(func.count()).select_from(query.subquery())).one()
    open_first = query.order_by(
        col(tables.ReviewRequest.state).desc(), col(tables.ReviewRequest.requested_at), col(tables.ReviewRequest.id)
    )
    rows = session.exec(open_first.limit(limit).offset(offset)).all()
    return schemas.ReviewPage(items=[_summary(*row) for row in rows], total=total)


def read_case(session: Session, operator: CurrentUser, review_id: UUID) -> schemas.ReviewCase:
    """Return what an open request allows to be read, and record who read it.

    Raises:
        NotFound: REVIEW_NOT_FOUND.
        NotAllowed: it is one's own.
        Conflict: REVIEW_NOT_OPEN, REPORT_NOT_READY.
    """
    request = _open_request(session, operator, review_id)
    session.add(tables.ReviewAccess(review_id=request.id, operator_id=operator.id))
    interview = session.get_one(tables.Interview, request.interview_id)
    report = _ready_report(session, interview)
    session.commit()
    return schemas.ReviewCase(
        **request.model_dump(include={"id", "text", "shares_transcript", "requested_at"}),
        target_role=interview.target_role,
        language=interview.language,
        scenario_title=scenario_title(interview),
        report=without_names(
            _reviewed(report, shares_transcript=request.shares_transcript), names_of(session, interview)
        ),
        explanation=explain(report, operator.language),
    )


def answer_review(
    session: Session, operator: CurrentUser, review_id: UUID, body: schemas.AnswerReviewRequest
) -> tuple[schemas.ReviewSummary, list[StorageKey]]:
    """Answer a request, and take out of the report the scores that the answer withdraws.

    Also returns the files that are nobody's now. The same answer of the same operator again changes nothing.

    Raises:
        NotFound: REVIEW_NOT_FOUND.
        NotAllowed: it is one's own.
        Conflict: REVIEW_NOT_OPEN, REVIEW_NOT_READ, REPORT_NOT_READY.
        InvalidInput: a competency to withdraw has no score.
    """
    if known := _same_answer(session, operator, review_id, body):
        return known, []
    request = _open_request(session, operator, review_id)
    if not _has_read(session, operator, request.id):
        raise Conflict("Read what the candidate asks about before you answer.", code="REVIEW_NOT_READ")
    interview = session.get_one(tables.Interview, request.interview_id)
    _ready_report(session, interview)
    answer = tables.ReviewAnswer(
        review_id=request.id,
        operator_id=operator.id,
        outcome=body.outcome,
        text=body.text,
        withdrawn_scores=_withdrawn(session, request.interview_id, body.withdraw),
    )
    request.state = ReviewState.ANSWERED
    session.add_all([request, answer])
    files = drop_pdf(session, request.interview_id)
    session.commit()
    session.refresh(answer)
    return _summary(request, interview, answer), files


def interview_of(session: Session, review_id: UUID) -> UUID:
    """Return the interview whose candidate waits for an answer."""
    return session.get_one(tables.ReviewRequest, review_id).interview_id


def _open_request(session: Session, operator: CurrentUser, review_id: UUID) -> tables.ReviewRequest:
    request = session.get(tables.ReviewRequest, review_id, with_for_update=True, populate_existing=True)
    if request is None:
        raise NotFound("There is no such request; see GET /api/v1/operations/reviews.", code="REVIEW_NOT_FOUND")
    if request.user_id == operator.id:
        raise NotAllowed("Nobody reviews their own report.")
    if request.state is not ReviewState.REQUESTED:
        raise Conflict("This request is no longer open.", code="REVIEW_NOT_OPEN")
    return request


def _ready_report(session: Session, interview: tables.Interview) -> Report:
    report = read_report(session, interview.user_id, interview.id)
    if report.status is not tables.ReportStatus.READY:
        raise Conflict("The report is being written again; look at it then.", code="REPORT_NOT_READY")
    return report


def _has_read(session: Session, operator: CurrentUser, review_id: UUID) -> bool:
    query = select(tables.ReviewAccess.id).where(
        tables.ReviewAccess.review_id == review_id, tables.ReviewAccess.operator_id == operator.id
    )
    return session.exec(query).first() is not None


def _withdrawn(session: Session, interview_id: UUID, keys: list[str]) -> list[dict[str, Any]]:
    """Return what is kept of the scores that are withdrawn: the model's own, as they count now."""
    report = session.get_one(tables.Report, interview_id, with_for_update=True, populate_existing=True)
    scored = {item["key"]: item for item in stand(session, report).competencies if item.get("score") is not None}
    if missing := [key for key in keys if key not in scored]:
        raise InvalidInput(f"Only a competency with a score can be withdrawn, not {', '.join(missing)}.")
    return [{part: scored[key].get(part) for part in ("key", "title", "score", "uncertainty")} for key in keys]


def _same_answer(
    session: Session, operator: CurrentUser, review_id: UUID, body: schemas.AnswerReviewRequest
) -> schemas.ReviewSummary | None:
    answer = session.get(tables.ReviewAnswer, review_id)
    if answer is None or (answer.operator_id, answer.outcome, answer.text) != (operator.id, body.outcome, body.text):
        return None
    if {item["key"] for item in answer.withdrawn_scores} != set(body.withdraw):
        return None
    request = session.get_one(tables.ReviewRequest, review_id)
    return _summary(request, session.get_one(tables.Interview, request.interview_id), answer)


def _summary(
    request: tables.ReviewRequest, interview: tables.Interview, answer: tables.ReviewAnswer | None
) -> schemas.ReviewSummary:
    return schemas.ReviewSummary(
        **request.model_dump(include={"id", "state", "shares_transcript", "requested_at"}),
        text=request.text if request.state is ReviewState.REQUESTED else None,
        target_role=interview.target_role,
        language=interview.language,
        outcome=answer.outcome if answer else None,
        answered_at=answer.at if answer else None,
        answered_by=answer.operator_id if answer else None,
    )


def _reviewed(report: Report, *, shares_transcript: bool) -> schemas.ReviewedReport:
    reviews = {review.question_id: review for review in report.answers}
    return schemas.ReviewedReport(
        **report.model_dump(
            include={"overall_score", "not_scored_reason", "uncertainty", "no_uncertainty_reason", "summary"}
        ),
        competencies=report.competencies,
        answers=[
            schemas.ReviewedAnswer(
                question_id=turn.question.id,
                position=turn.question.position,
                question=turn.question.text,
                answer=turn.answer.text if turn.answer and shares_transcript else None,
                is_skipped=turn.answer is not None and turn.answer.is_skipped,
                review=_allowed(reviews.get(turn.question.id), shares_transcript=shares_transcript),
            )
            for turn in report.turns
        ],
    )


def _allowed(review: AnswerReview | None, *, shares_transcript: bool) -> AnswerReview | None:
    """An improved answer says the whole answer once more."""
    if review is None or shares_transcript:
        return review
    return review.model_copy(update={"improved_answer": None})
