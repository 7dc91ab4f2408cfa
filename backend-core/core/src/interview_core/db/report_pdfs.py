"""PDFs of reports that say something else by now."""

from uuid import UUID

from sqlmodel import Session, col, delete

from interview_core.contract.payloads import StorageKey
from interview_core.db.tables import ReportPdf


def drop_pdf(session: Session, interview_id: UUID) -> list[StorageKey]:
    """Make a report's PDF void in the caller's transaction, and return the file that is nobody's once it is committed.

    A worker that is making one finds its request gone, and leaves nothing.
    """
    files = session.scalars(
        delete(ReportPdf).where(col(ReportPdf.interview_id) == interview_id).returning(col(ReportPdf.file))
    ).all()
    return [file for file in files if file is not None]
