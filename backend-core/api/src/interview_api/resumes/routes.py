"""/resumes: upload, progress, original, claims, search, deletion."""

from collections.abc import AsyncIterator
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, File, Response, UploadFile
from fastapi.sse import EventSourceResponse, ServerSentEvent

from interview_api.dependencies import AppResources, Database, LastEventId, Limit, Me, Offset, StreamSlot
from interview_api.errors import error_docs
from interview_api.live import Follower
from interview_api.middleware import file_too_large
from interview_api.resumes import examples, service
from interview_api.resumes.files import content_disposition, detect_type, display_name
from interview_api.resumes.live import ResumeSource
from interview_api.resumes.profile_routes import router as profile_routes
from interview_api.resumes.schemas import (
    Claim,
    ClaimList,
    Resume,
    ResumeDetail,
    ResumePage,
    SearchHit,
    SearchRequest,
    SearchResults,
)
from interview_api.resumes.search import search
from interview_core.streams import Stream

router = APIRouter(prefix="/resumes", tags=["resumes"])

_SAME_FILE: dict[int | str, dict[str, Any]] = {
    200: {"model": Resume, "description": "The same file again: the known résumé."}
}
_ORIGINAL: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The file, byte by byte, as an attachment of its own name and type.",
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}
_EVENTS: dict[int | str, dict[str, Any]] = {200: {"content": {"text/event-stream": {"example": examples.EVENTS}}}}


@router.post(
    "",
    status_code=202,
    responses={**_SAME_FILE, **error_docs(400, 401, 413, 415, 422, 507)},
    form_limits={"max_files": 1, "max_fields": 4},
)
def upload_resume(
    file: Annotated[UploadFile, File(description="A PDF, DOCX, PNG, JPEG or plain UTF-8 text, up to 10 MB.")],
    user: Me,
    resources: AppResources,
    session: Database,
    response: Response,
) -> Resume:
    """Upload a résumé. It is read in the background: follow `/resumes/{resume_id}/events` until it is `ready`."""
    limit = resources.settings.max_upload_bytes
    if (file.size or 0) > limit:
        raise file_too_large(limit)
    file_type = detect_type(file.file)
    upload = service.Upload(display_name(file.filename, file_type), file_type, file.size or 0, file.file)
    resume, is_new = service.add_resume(session, resources.storage, user.id, upload)
    if not is_new:
        response.status_code = 200
    return Resume.of(resume)


@router.get("", responses=error_docs(401, 422))
def list_resumes(user: Me, session: Database, limit: Limit = 20, offset: Offset = 0) -> ResumePage:
    """Return your résumés, newest first."""
    rows, total = service.list_resumes(session, user.id, limit=limit, offset=offset)
    return ResumePage(items=[Resume.of(row) for row in rows], total=total)


@router.post("/search", responses=error_docs(400, 401, 404, 422, 503))
def search_resumes(body: SearchRequest, user: Me, resources: AppResources) -> SearchResults:
    """Find the passages of your résumés that are nearest in meaning to a query, in Korean or English."""
    if body.resume_id is not None:
        with resources.sessions() as session:
            service.get_resume(session, user.id, body.resume_id)
    hits, model = search(resources, user.id, body.query, limit=body.limit, resume_id=body.resume_id)
    return SearchResults(items=[SearchHit.of(hit) for hit in hits], embedding_model=model)


router.include_router(profile_routes)


@router.get("/{resume_id}", responses=error_docs(401, 404, 422))
def read_resume(resume_id: UUID, user: Me, session: Database) -> ResumeDetail:
    """Return a résumé with what was read from it."""
    return ResumeDetail.of(service.get_resume(session, user.id, resume_id))


@router.get("/{resume_id}/claims", responses=error_docs(401, 404, 422))
def list_resume_claims(resume_id: UUID, user: Me, session: Database) -> ClaimList:
    """Return what the résumé claims, statement by statement, each with its place in the document."""
    return ClaimList(items=[Claim.of(row) for row in service.list_claims(session, user.id, resume_id)])


@router.get("/{resume_id}/original", responses={**_ORIGINAL, **error_docs(401, 404, 422)}, response_class=Response)
def download_resume(resume_id: UUID, user: Me, session: Database, resources: AppResources) -> Response:
    """Return the file as it was uploaded."""
    resume = service.get_resume(session, user.id, resume_id)
    session.rollback()
    return Response(
        resources.storage.read(resume.file),
        media_type=resume.media_type,
        headers={"Content-Disposition": content_disposition(resume.filename)},
    )


def find_source(resume_id: UUID, user: Me, resources: AppResources) -> ResumeSource:
    source = ResumeSource(resources.sessions, user.id, user.session_id, resume_id)
    source.check()
    return source


@router.get(
    "/{resume_id}/events", responses={**_EVENTS, **error_docs(401, 404, 422)}, response_class=EventSourceResponse
)
async def stream_resume_events(
    resume_id: UUID,
    source: Annotated[ResumeSource, Depends(find_source)],
    resources: AppResources,
    _slot: StreamSlot,
    last_event_id: LastEventId = None,
) -> AsyncIterator[ServerSentEvent]:
    """Follow the reading of a résumé live (server-sent events).

    Events, each with JSON data: `snapshot` {ResumeDetail} first and after anything that may have been missed,
    `progress` {Resume}, `ready` {ResumeDetail}, `failed` {ResumeDetail}, `degraded` {reason}: live updates are
    interrupted, and GET has the truth. Reconnect with `Last-Event-ID` to miss nothing.
    """
    async with resources.event_reader() as reader:
        async for event in Follower(source, reader, Stream.RESUME, resume_id).follow(last_event_id):
            yield event


@router.post("/{resume_id}/reprocess", status_code=202, responses=error_docs(401, 404, 409, 422))
def reprocess_resume(resume_id: UUID, user: Me, session: Database) -> Resume:
    """Read the file again, after a failure or a new version of the platform."""
    return Resume.of(service.reprocess(session, user.id, resume_id))


@router.delete("/{resume_id}", status_code=204, responses=error_docs(401, 404, 422))
def delete_resume(resume_id: UUID, user: Me, session: Database, resources: AppResources) -> None:
    """Remove the résumé, its file and what was read from it. Interviews that used it stay."""
    service.delete_resume(session, resources.storage, user.id, resume_id)
