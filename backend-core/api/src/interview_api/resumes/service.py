"""Résumés of a user: rows, files and the jobs that read them."""

import hashlib
from dataclasses import dataclass
from typing import IO
from uuid import UUID, uuid4

import structlog
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, func, select

from interview_api.resumes.files import FileType
from interview_core.contract.payloads import ParseResume
from interview_core.contract.tasks import PARSE_RESUME
from interview_core.db.tables import Resume, ResumeClaim, ResumeStatus, ResumeStep
from interview_core.errors import Conflict, NotFound
from interview_core.jobs import cancel_jobs, enqueue
from interview_core.storage import Storage, StorageUnavailable

log = structlog.get_logger(__name__)

_BLOCK_BYTES = 256 * 1024


@dataclass(frozen=True)
class Upload:
    filename: str
    file_type: FileType
    size_bytes: int
    content: IO[bytes]


def add_resume(session: Session, storage: Storage, user_id: UUID, upload: Upload) -> tuple[Resume, bool]:
    """Store the file with its row and the job that reads it. False: the user has this very file already."""
    sha256 = _hash(upload.content)
    known = _find_same(session, user_id, sha256)
    if known:
        return known, False
    session.rollback()
    resume = _new_row(user_id, upload, sha256)
    storage.put(resume.file, upload.content)
    try:
        session.add(resume)
        session.flush()
        enqueue(session, PARSE_RESUME, ParseResume(resume_id=resume.id, file=resume.file), subject_id=resume.id)
        session.commit()
    except Exception as error:
        session.rollback()
        _remove_file(storage, resume.file)
        known = _find_same(session, user_id, sha256) if isinstance(error, IntegrityError) else None
        if known is None:
            raise
        return known, False
    session.refresh(resume)
    return resume, True


def _hash(content: IO[bytes]) -> str:
    digest = hashlib.sha256()
    content.seek(0)
    while block := content.read(_BLOCK_BYTES):
        digest.update(block)
    content.seek(0)
    return digest.hexdigest()


def _new_row(user_id: UUID, upload: Upload, sha256: str) -> Resume:
    resume_id = uuid4()
    return Resume(
        id=resume_id,
        user_id=user_id,
        filename=upload.filename,
        media_type=upload.file_type.media_type,
        size_bytes=upload.size_bytes,
        sha256=sha256,
        file=f"resumes/{resume_id}/original.{upload.file_type.extension}",
    )


def _find_same(session: Session, user_id: UUID, sha256: str) -> Resume | None:
    return session.exec(select(Resume).where(Resume.user_id == user_id, Resume.sha256 == sha256)).one_or_none()


def _remove_file(storage: Storage, key: str) -> None:
    try:
        storage.delete(key)
    except StorageUnavailable:
        log.warning("file left behind", key=key)


def list_resumes(session: Session, user_id: UUID, *, limit: int, offset: int) -> tuple[list[Resume], int]:
    """Return a page of the user's résumés, newest first, and how many there are."""
    mine = select(Resume).where(Resume.user_id == user_id)
    total = session.exec(select(func.count()).select_from(mine.subquery())).one()
    newest_first = mine.order_by(col(Resume.created_at).desc(), col(Resume.id))
    return list(session.exec(newest_first.limit(limit).offset(offset)).all()), total


def get_resume(session: Session, user_id: UUID, resume_id: UUID, *, lock: bool = False) -> Resume:
    """Return a résumé of the user, or raise NotFound; another user's is not found either."""
    query = select(Resume).where(Resume.id == resume_id, Resume.user_id == user_id)
    resume = session.exec(query.with_for_update() if lock else query).one_or_none()
    if resume is None:
        raise NotFound("There is no such résumé; see GET /api/v1/resumes.", code="RESUME_NOT_FOUND")
    return resume


def require_ready_resume(session: Session, user_id: UUID, resume_id: UUID) -> Resume:
    """Return a résumé of the user that has been read, held against deletion until the transaction ends.

    Raises:
        NotFound: RESUME_NOT_FOUND.
        Conflict: RESUME_NOT_READY.
    """
    resume = session.exec(
        select(Resume).where(Resume.id == resume_id, Resume.user_id == user_id).with_for_update(read=True)
    ).one_or_none()
    if resume is None:
        raise NotFound("There is no such résumé; see GET /api/v1/resumes.", code="RESUME_NOT_FOUND")
    if resume.status is not ResumeStatus.READY:
        raise Conflict("The résumé is not ready; wait until it has been read.", code="RESUME_NOT_READY")
    return resume


def list_claims(session: Session, user_id: UUID, resume_id: UUID) -> list[ResumeClaim]:
    """Return a résumé's claims in the order of the document, or raise NotFound."""
    get_resume(session, user_id, resume_id)
    query = select(ResumeClaim).where(ResumeClaim.resume_id == resume_id).order_by(col(ResumeClaim.position))
    return list(session.exec(query).all())


def reprocess(session: Session, user_id: UUID, resume_id: UUID) -> Resume:
    """Read the résumé's file again, or raise Conflict while it is being read."""
    resume = get_resume(session, user_id, resume_id, lock=True)
    if resume.status in (ResumeStatus.PENDING, ResumeStatus.RUNNING):
        raise Conflict("The résumé is being read right now; wait until it is done.", code="RESUME_BUSY")
    resume.status = ResumeStatus.PENDING
    resume.step = ResumeStep.UPLOAD
    resume.percent = 0
    resume.error_code = None
    resume.updated_at = session.exec(select(func.now())).one()
    session.add(resume)
    enqueue(session, PARSE_RESUME, ParseResume(resume_id=resume.id, file=resume.file), subject_id=resume.id)
    session.commit()
    return resume


def delete_resume(session: Session, storage: Storage, user_id: UUID, resume_id: UUID) -> None:
    """Remove the résumé with its jobs, chunks and file; interviews that used it stay."""
    get_resume(session, user_id, resume_id)
    # Jobs before their subject: a worker locks in this order too.
    cancel_jobs(session, resume_id)
    resume = get_resume(session, user_id, resume_id, lock=True)
    session.delete(resume)
    session.commit()
    storage.delete(resume.file)
