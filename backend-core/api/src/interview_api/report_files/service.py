"""Reports to take away: what is exported, and the PDF that a worker makes of it."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

from sqlmodel import Session, func, select

from interview_api.dependencies import CurrentUser
from interview_api.explanations.explaining import explain
from interview_api.interviews.service import get_interview, lock_own_interview
from interview_api.interviews.views import scenario_title
from interview_api.report_files import schemas
from interview_api.reports.service import read_report
from interview_api.speech.delivery import read_delivery
from interview_api.speech.schemas import ExportedDelivery
from interview_core.contract.payloads import RenderReportPdf, StorageKey
from interview_core.contract.tasks import RENDER_REPORT_PDF
from interview_core.db import tables
from interview_core.errors import Conflict
from interview_core.jobs import enqueue


def export_report(
    session: Session, user: CurrentUser, interview_id: UUID, *, is_emotion_enabled: bool
) -> schemas.ReportExport:
    """Return the report as far as it is written, with what it is about and the coaching on delivery.

    Raises:
        NotFound: the interview.
        Conflict: INTERVIEW_NOT_FINISHED.
    """
    interview = get_interview(session, user.id, interview_id)
    delivery = read_delivery(session, user.id, interview_id, is_emotion_enabled=is_emotion_enabled)
    report = read_report(session, user.id, interview_id)
    return schemas.ReportExport(
        exported_at=datetime.now(UTC),
        candidate=user.display_name,
        interview=schemas.ExportedInterview.model_validate(
            {**interview.model_dump(), "scenario_title": scenario_title(interview)}
        ),
        report=report,
        explanation=explain(report, interview.language),
        delivery=ExportedDelivery.model_validate(delivery.model_dump()),
    )


def request_pdf(
    session: Session, user: CurrentUser, interview_id: UUID, *, utc_offset_min: int, is_emotion_enabled: bool
) -> schemas.ReportPdf:
    """Have the PDF made, unless it is being made or there already.

    Raises:
        Conflict: INTERVIEW_NOT_FINISHED, REPORT_NOT_READY.
    """
    interview = lock_own_interview(session, user.id, interview_id)
    export = export_report(session, user, interview_id, is_emotion_enabled=is_emotion_enabled)
    if export.report.status is not tables.ReportStatus.READY:
        raise Conflict("The report is not written yet; its PDF can be made then.", code="REPORT_NOT_READY")
    pdf = session.get(tables.ReportPdf, interview_id, with_for_update=True) or tables.ReportPdf(
        interview_id=interview_id, state=tables.PdfState.FAILED
    )
    if pdf.state is tables.PdfState.FAILED or pdf.report_finished_at != export.report.finished_at:
        pdf.request_id = uuid4()
        pdf.state = tables.PdfState.PENDING
        pdf.source = export.model_dump(mode="json")
        pdf.report_finished_at = export.report.finished_at
        pdf.utc_offset_min = utc_offset_min
        pdf.requested_at = session.exec(select(func.now())).one()
        pdf.error_code = pdf.size_bytes = pdf.pages = pdf.finished_at = None
        session.add(pdf)
        payload = RenderReportPdf(interview_id=interview.id, request_id=pdf.request_id)
        enqueue(session, RENDER_REPORT_PDF, payload, subject_id=interview.id)
    session.commit()
    return schemas.ReportPdf.model_validate(pdf)


def read_pdf(session: Session, user_id: UUID, interview_id: UUID) -> schemas.ReportPdf:
    """Return how far the PDF of the present report is."""
    pdf = _find(session, user_id, interview_id)
    return schemas.ReportPdf.model_validate(pdf) if pdf else schemas.ReportPdf(state=schemas.PdfState.NONE)


def get_pdf_file(session: Session, user_id: UUID, interview_id: UUID) -> StorageKey:
    """Return the key of the finished PDF.

    Raises:
        Conflict: PDF_NOT_READY.
    """
    pdf = _find(session, user_id, interview_id)
    if pdf is None or pdf.state is not tables.PdfState.READY or pdf.file is None:
        raise Conflict("There is no PDF of this report yet; ask for it with POST first.", code="PDF_NOT_READY")
    return pdf.file


def _find(session: Session, user_id: UUID, interview_id: UUID) -> tables.ReportPdf | None:
    get_interview(session, user_id, interview_id)
    pdf = session.get(tables.ReportPdf, interview_id)
    report = session.get(tables.Report, interview_id)
    is_of_this_report = pdf is not None and report is not None and pdf.report_finished_at == report.finished_at
    return pdf if is_of_this_report else None
