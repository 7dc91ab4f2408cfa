"""/interviews/{interview_id}/report/export and /interviews/{interview_id}/report/pdf."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response

from interview_api.dependencies import AppResources, Database, Me
from interview_api.errors import error_docs
from interview_api.report_files import schemas, service
from interview_api.resumes.files import content_disposition

router = APIRouter(prefix="/interviews/{interview_id}/report", tags=["reports"])

_PDF: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}}}
}


@router.get("/export", responses=error_docs(401, 404, 409, 422))
def export_report(
    interview_id: UUID, user: Me, session: Database, resources: AppResources, response: Response
) -> schemas.ReportExport:
    """Return everything that the report holds, with what it is about, to keep or for other programs."""
    is_enabled = resources.settings.emotion_enabled
    response.headers["Content-Disposition"] = content_disposition(f"interview-report-{interview_id}.json")
    return service.export_report(session, user, interview_id, is_emotion_enabled=is_enabled)


@router.post("/pdf", status_code=202, responses=error_docs(401, 404, 409, 422))
def request_report_pdf(
    interview_id: UUID,
    user: Me,
    session: Database,
    resources: AppResources,
    body: schemas.RequestPdf | None = None,
) -> schemas.ReportPdf:
    """Have a finished report made into a PDF, in its own language; it usually takes a second.

    Asking again changes nothing while it is being made, or once it is `ready`.
    """
    offset = body.utc_offset_min if body else 0
    is_enabled = resources.settings.emotion_enabled
    return service.request_pdf(session, user, interview_id, utc_offset_min=offset, is_emotion_enabled=is_enabled)


@router.get("/pdf", responses=error_docs(401, 404, 422))
def read_report_pdf(interview_id: UUID, user: Me, session: Database) -> schemas.ReportPdf:
    """Tell whether the PDF of the report is there."""
    return service.read_pdf(session, user.id, interview_id)


@router.get("/pdf/file", responses={**_PDF, **error_docs(401, 404, 409, 422)}, response_class=Response)
def download_report_pdf(interview_id: UUID, user: Me, session: Database, resources: AppResources) -> Response:
    """Return the PDF itself."""
    file = service.get_pdf_file(session, user.id, interview_id)
    session.rollback()
    return Response(
        resources.storage.read(file),
        media_type="application/pdf",
        headers={"Content-Disposition": content_disposition(f"interview-report-{interview_id}.pdf")},
    )
