"""/interviews/{interview_id}/report/explanation."""

from uuid import UUID

from fastapi import APIRouter

from interview_api.dependencies import Database, Me
from interview_api.errors import error_docs
from interview_api.explanations import schemas
from interview_api.explanations.explaining import explain
from interview_api.reports.service import read_report
from interview_core.db.tables import Language

router = APIRouter(prefix="/interviews/{interview_id}/report", tags=["reports"])


@router.get("/explanation", responses=error_docs(401, 404, 409, 422))
def read_report_explanation(
    interview_id: UUID, user: Me, session: Database, language: Language | None = None
) -> schemas.Explanation:
    """Tell how the result came about: the rubric's bands, gradings, quotes that counted or were missing, weights, sum.

    Also what was not assessed and why, who judged, and what no score looks at. In your own language unless you name
    another; the rubric's texts are in the interview's.
    """
    return explain(read_report(session, user.id, interview_id), language or user.language)
