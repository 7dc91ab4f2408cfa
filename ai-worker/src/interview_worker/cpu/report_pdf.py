"""Makes the PDF of a report that somebody asked for."""

from typing import Any
from uuid import UUID

import structlog
from sqlmodel import Session, func, select

from interview_core.contract.payloads import RenderReportPdf, StorageKey
from interview_core.contract.tasks import RENDER_REPORT_PDF
from interview_core.db.tables import PdfState, ReportPdf
from interview_core.storage import StorageUnavailable
from interview_worker.binding import JobRun, handles
from interview_worker.cpu.printed_report import print_report
from interview_worker.cpu.resources import CpuResources
from interview_worker.engines.typst_engine import Pdf

log = structlog.get_logger(__name__)


@handles(RENDER_REPORT_PDF)
def render_report_pdf(payload: RenderReportPdf, job: JobRun, resources: CpuResources) -> None:
    """Store the PDF, unless another was asked for since."""
    with resources.session() as session:
        request = _open_request(session, payload.interview_id, payload.request_id)
        if request is None:
            return
        source: dict[str, Any] = request.source or {}
        made_at, utc_offset_min = request.requested_at, request.utc_offset_min
    pdf = resources.typesetter.typeset(print_report(source, utc_offset_min=utc_offset_min), made_at=made_at)
    file = f"reports/{payload.interview_id}/{payload.request_id}.pdf"
    resources.storage.put(file, pdf.content)
    with job.complete() as session:
        old = _store(session, payload, file, pdf)
    if old is not None:
        _delete(resources, old)


def _open_request(session: Session, interview_id: UUID, request_id: UUID) -> ReportPdf | None:
    row = session.get(ReportPdf, interview_id)
    is_open = row is not None and row.request_id == request_id and row.state is PdfState.PENDING
    return row if is_open else None


def _store(session: Session, payload: RenderReportPdf, file: StorageKey, pdf: Pdf) -> StorageKey | None:
    """Store the result, and return the file that nobody needs any more: the one before, or this one."""
    row = session.get(ReportPdf, payload.interview_id, with_for_update=True)
    if row is None or row.request_id != payload.request_id:
        return file
    old = row.file if row.file != file else None
    row.state = PdfState.READY
    row.source = None
    row.file, row.size_bytes, row.pages = file, len(pdf.content), pdf.pages
    row.finished_at = session.exec(select(func.now())).one()
    session.add(row)
    return old


def _delete(resources: CpuResources, file: StorageKey) -> None:
    try:
        resources.storage.delete(file)
    except StorageUnavailable:
        # The sweeper removes files that belong to nobody.
        log.warning("old PDF not removed")
