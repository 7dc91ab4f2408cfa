"""What candidates say about their profiles, and the text that it was read from."""

from uuid import UUID

from sqlmodel import Session, col, func, select

from interview_api.resumes.service import get_resume
from interview_core.db.tables import Resume, ResumeChunk
from interview_core.errors import Conflict
from interview_core.profiles import Corrections, merge_corrections


def correct_profile(session: Session, user_id: UUID, resume_id: UUID, news: Corrections) -> Resume:
    """Keep corrections beside what was read, or raise NotFound or Conflict: nothing has been read yet."""
    resume = get_resume(session, user_id, resume_id, lock=True)
    if resume.profile is None:
        raise Conflict("The résumé has no profile to correct yet; wait until it is read.", code="RESUME_NOT_READY")
    resume.corrections = merge_corrections(resume.corrections, news)
    resume.updated_at = session.exec(select(func.now())).one()
    session.add(resume)
    session.commit()
    return resume


def list_passages(session: Session, user_id: UUID, resume_id: UUID) -> list[ResumeChunk]:
    """Return the résumé's text in its order, cut into passages, without personal data; or raise NotFound."""
    get_resume(session, user_id, resume_id)
    query = select(ResumeChunk).where(ResumeChunk.resume_id == resume_id).order_by(col(ResumeChunk.position))
    return list(session.exec(query).all())
