"""/resumes: a résumé as JSON, corrections of a profile, and the text that it was read from."""

from io import BytesIO
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from interview_api.dependencies import AppResources, Database, Me
from interview_api.errors import error_docs
from interview_api.resumes import corrections, service
from interview_api.resumes.files import JSON
from interview_api.resumes.schemas import PassageList, Resume, ResumeDetail, ResumePassage
from interview_core.profiles import Corrections, JsonResume

router = APIRouter()

_SAME_JSON: dict[int | str, dict[str, Any]] = {
    200: {"model": Resume, "description": "The same JSON again, byte by byte: the known résumé."}
}


async def body_as_sent(request: Request) -> bytes:
    return await request.body()


@router.post("/json", status_code=202, responses={**_SAME_JSON, **error_docs(400, 401, 413, 422, 507)})
def create_resume(
    body: JsonResume,  # noqa: ARG001  checked here; the worker reads it from storage as it was sent
    content: Annotated[bytes, Depends(body_as_sent)],
    user: Me,
    resources: AppResources,
    session: Database,
    response: Response,
) -> Resume:
    """Create a résumé from JSON. It takes the same way as a file, and the JSON as it was sent is its original."""
    upload = service.Upload("resume.json", JSON, len(content), BytesIO(content))
    resume, is_new = service.add_resume(session, resources.storage, user.id, upload)
    if not is_new:
        response.status_code = 200
    return Resume.of(resume)


@router.patch("/{resume_id}/profile", responses=error_docs(400, 401, 404, 409, 413, 422))
def correct_profile(resume_id: UUID, body: Corrections, user: Me, session: Database) -> ResumeDetail:
    """Correct what was read. Corrections go before the reading wherever the profile is used, and outlast a new one."""
    return ResumeDetail.of(corrections.correct_profile(session, user.id, resume_id, body))


@router.get("/{resume_id}/passages", responses=error_docs(401, 404, 422))
def list_resume_passages(resume_id: UUID, user: Me, session: Database) -> PassageList:
    """Return the résumé's text in its order, without personal data, for files that show no pages."""
    rows = corrections.list_passages(session, user.id, resume_id)
    return PassageList(items=[ResumePassage(section=row.section, page=row.page, text=row.text) for row in rows])
