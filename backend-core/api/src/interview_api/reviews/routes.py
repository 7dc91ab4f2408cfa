"""/interviews/{interview_id}/report/reviews for candidates, and /operations/reviews for those who answer."""

from uuid import UUID

from fastapi import APIRouter, BackgroundTasks, Depends

from interview_api.dependencies import AppResources, Database, Limit, Me, Offset, Operator, current_operator
from interview_api.errors import error_docs
from interview_api.reviews import case_schemas, cases, schemas, service
from interview_core.db.tables import ReviewState
from interview_core.streams import EventKind, Stream

router = APIRouter(prefix="/interviews/{interview_id}/report/reviews", tags=["reports"])
operations = APIRouter(prefix="/operations/reviews", tags=["operations"], dependencies=[Depends(current_operator)])


@router.post("", status_code=201, responses=error_docs(401, 404, 409, 422))
def request_review(
    interview_id: UUID,
    body: schemas.RequestReview,
    user: Me,
    session: Database,
    resources: AppResources,
    afterwards: BackgroundTasks,
) -> schemas.Review:
    """Ask for a person to look at your report.

    One request at a time: the same words again return it, others are refused until it is answered or withdrawn. While
    it is open, operators may read questions, scores, remarks and the quotes that they rest on, and your answers in full
    where you say so; never your name, résumé, voice or pictures. All requests stand in the report, under `reviews`.
    """
    review, files = service.request_review(session, user.id, interview_id, body)
    for key in files:
        afterwards.add_task(resources.storage.delete, key)
    return review


@router.post("/{review_id}/withdraw", responses=error_docs(401, 404, 409, 422))
def withdraw_review(
    interview_id: UUID,
    review_id: UUID,
    user: Me,
    session: Database,
    resources: AppResources,
    afterwards: BackgroundTasks,
) -> schemas.Review:
    """Take a request back; from then on nobody can read anything because of it."""
    review, files = service.withdraw_review(session, user.id, interview_id, review_id)
    for key in files:
        afterwards.add_task(resources.storage.delete, key)
    return review


@operations.get("", responses=error_docs(401, 403, 422))
def list_reviews(
    operator: Operator, session: Database, state: ReviewState | None = None, limit: Limit = 20, offset: Offset = 0
) -> case_schemas.ReviewPage:
    """Return others' requests for a review, those that wait longest first; withdrawn ones are not shown."""
    return cases.list_reviews(session, operator, state=state, limit=limit, offset=offset)


@operations.get("/{review_id}", responses=error_docs(401, 403, 404, 409, 422))
def read_review_case(review_id: UUID, operator: Operator, session: Database) -> case_schemas.ReviewCase:
    """Return what an open request lets you read. That you read it is recorded, and the candidate sees when."""
    return cases.read_case(session, operator, review_id)


@operations.post("/{review_id}/answer", responses=error_docs(401, 403, 404, 409, 422))
def answer_review(
    review_id: UUID,
    body: case_schemas.AnswerReviewRequest,
    operator: Operator,
    session: Database,
    resources: AppResources,
    afterwards: BackgroundTasks,
) -> case_schemas.ReviewSummary:
    """Answer a request that you have read.

    `upheld` leaves the report as it is; `corrected` says what is wrong in it, and may withdraw scores: the total is
    then made without them, and the model's own stay visible to the candidate as superseded.
    """
    summary, files = cases.answer_review(session, operator, review_id, body)
    interview_id = cases.interview_of(session, review_id)
    for key in files:
        afterwards.add_task(resources.storage.delete, key)
    data = {"interview_id": str(interview_id)}
    afterwards.add_task(resources.events.append, Stream.INTERVIEW, interview_id, EventKind.REVIEW_ANSWERED, data)
    return summary
