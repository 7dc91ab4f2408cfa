"""What a candidate does: asks for a human review of a report, or takes that back."""

from uuid import UUID

from sqlmodel import Session, func, select

from interview_api.interviews.service import get_interview, lock_own_interview
from interview_api.reports.service import get_report
from interview_api.reviews import schemas
from interview_api.reviews.views import view_reviews
from interview_core.contract.payloads import StorageKey
from interview_core.db.report_pdfs import drop_pdf
from interview_core.db.tables import ReportStatus, ReviewRequest, ReviewState
from interview_core.errors import Conflict, NotFound

MAX_REQUESTS = 5
"""Of one report, so that nobody's wish fills the list of those who answer."""


def request_review(
    session: Session, user_id: UUID, interview_id: UUID, body: schemas.RequestReview
) -> tuple[schemas.Review, list[StorageKey]]:
    """Ask for a person to look at a report; also return the files that are nobody's now.

    The same words again, while the request is open, return the request that is there.

    Raises:
        NotFound: the interview or its report.
        Conflict: INTERVIEW_NOT_FINISHED, REPORT_NOT_READY, REVIEW_OPEN, REVIEW_LIMIT_REACHED.
    """
    interview = lock_own_interview(session, user_id, interview_id)
    if get_report(session, interview).status is not ReportStatus.READY:
        raise Conflict("The report is not written yet; ask for a review of it then.", code="REPORT_NOT_READY")
    known = session.exec(select(ReviewRequest).where(ReviewRequest.interview_id == interview_id)).all()
    opened = next((row for row in known if row.state is ReviewState.REQUESTED), None)
    if opened is not None:
        if (opened.text, opened.shares_transcript) != (body.text, body.shares_transcript):
            raise Conflict("A review of this report is requested already; withdraw it first.", code="REVIEW_OPEN")
        return _view(session, opened), []
    if len(known) >= MAX_REQUESTS:
        raise Conflict(f"A report is reviewed {MAX_REQUESTS} times at most.", code="REVIEW_LIMIT_REACHED")
    row = ReviewRequest(user_id=user_id, interview_id=interview_id, **body.model_dump())
    session.add(row)
    files = drop_pdf(session, interview_id)
    session.commit()
    return _view(session, row), files


def withdraw_review(
    session: Session, user_id: UUID, interview_id: UUID, review_id: UUID
) -> tuple[schemas.Review, list[StorageKey]]:
    """Take a request back, after which nobody reads anything because of it; also return files that are nobody's now.

    Raises:
        NotFound: the interview, or REVIEW_NOT_FOUND.
        Conflict: REVIEW_ANSWERED.
    """
    get_interview(session, user_id, interview_id)
    row = session.exec(
        select(ReviewRequest)
        .where(ReviewRequest.id == review_id, ReviewRequest.interview_id == interview_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        raise NotFound("There is no such request; see `reviews` in the report.", code="REVIEW_NOT_FOUND")
    if row.state is ReviewState.ANSWERED:
        raise Conflict("This request was answered; read the answer in the report.", code="REVIEW_ANSWERED")
    files = []
    if row.state is ReviewState.REQUESTED:
        row.withdrawn_at, row.state = session.exec(select(func.now())).one(), ReviewState.WITHDRAWN
        session.add(row)
        files = drop_pdf(session, interview_id)
    session.commit()
    return _view(session, row), files


def _view(session: Session, row: ReviewRequest) -> schemas.Review:
    return next(review for review in view_reviews(session, row.interview_id) if review.id == row.id)
