"""Learning paths of a user: rows, items and the jobs that write them."""

from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session, col, func, select

from interview_api.interviews.service import get_interview
from interview_api.learning import schemas
from interview_api.resumes.service import require_ready_resume
from interview_api.writings import get_own, reopen, require_failed
from interview_core.contract.payloads import WriteLearningPath
from interview_core.contract.tasks import WRITE_LEARNING_PATH
from interview_core.db.resumes import effective_profile
from interview_core.db.tables import (
    Interview,
    InterviewStatus,
    LearningItem,
    LearningPath,
    Report,
    ReportStatus,
    User,
)
from interview_core.errors import Conflict, InvalidInput, NotFound
from interview_core.jobs import cancel_jobs, enqueue

KEPT = 10
"""The newest paths of a user; older ones go when another is asked for."""

_MAX_ROLE = 120


@dataclass(frozen=True)
class _Wanted:
    target_role: str
    job_description: str | None


def check(session: Session, user_id: UUID, body: schemas.CreateLearningPath) -> _Wanted:
    """Return for what role, or raise what `create` raises."""
    resume = require_ready_resume(session, user_id, body.resume_id)
    interview = _finished_interview(session, user_id, body.interview_id) if body.interview_id else None
    read = (effective_profile(resume) or {}).get("target_role") or ""
    role = body.target_role or (interview.target_role if interview else read.strip()[:_MAX_ROLE])
    if not role:
        raise InvalidInput("The résumé names no role; say which one you want (target_role).")
    return _Wanted(role, body.job_description or (interview.job_description if interview else None))


def create(session: Session, user_id: UUID, body: schemas.CreateLearningPath) -> tuple[LearningPath, list[UUID]]:
    """Store what is wanted with the job that writes it. Returns the path, and the old ones that went for it.

    Raises:
        NotFound: the résumé or the interview.
        Conflict: RESUME_NOT_READY, INTERVIEW_NOT_FINISHED, REPORT_NOT_READY.
        InvalidInput: neither the request nor the résumé names a role.
    """
    wanted = check(session, user_id, body)
    path = LearningPath(
        user_id=user_id,
        resume_id=body.resume_id,
        interview_id=body.interview_id,
        language=body.language,
        target_role=wanted.target_role,
        job_description=wanted.job_description,
    )
    session.add(path)
    session.flush()
    _enqueue(session, path)
    gone = _remove_old(session, user_id)
    session.commit()
    session.refresh(path)
    return path, gone


def _finished_interview(session: Session, user_id: UUID, interview_id: UUID) -> Interview:
    interview = get_interview(session, user_id, interview_id)
    if interview.status is not InterviewStatus.FINISHED:
        raise Conflict("The interview goes on; finish it first.", code="INTERVIEW_NOT_FINISHED")
    report = session.get(Report, interview_id)
    if report is None or report.status is not ReportStatus.READY:
        raise Conflict("The interview's report is not ready; wait until it is.", code="REPORT_NOT_READY")
    return interview


def _remove_old(session: Session, user_id: UUID) -> list[UUID]:
    # Two requests at once would each see only their own new path.
    session.get(User, user_id, with_for_update={"key_share": True})
    old = session.exec(
        select(LearningPath)
        .where(LearningPath.user_id == user_id)
        .order_by(col(LearningPath.created_at).desc(), col(LearningPath.id))
        .offset(KEPT)
    ).all()
    for path in old:
        cancel_jobs(session, path.id)
        session.delete(path)
    return [path.id for path in old]


def list_own(session: Session, user_id: UUID, *, limit: int, offset: int) -> tuple[list[LearningPath], int]:
    """Return a page of the user's paths, newest first, and how many there are."""
    mine = select(LearningPath).where(LearningPath.user_id == user_id)
    total = session.exec(select(func.count()).select_from(mine.subquery())).one()
    newest_first = mine.order_by(col(LearningPath.created_at).desc(), col(LearningPath.id))
    return list(session.exec(newest_first.limit(limit).offset(offset)).all()), total


def view(session: Session, path: LearningPath) -> schemas.LearningPathDetail:
    """Return a path with its items."""
    items = session.exec(
        select(LearningItem)
        .where(LearningItem.learning_path_id == path.id)
        .order_by(col(LearningItem.position))
        .execution_options(populate_existing=True)
    ).all()
    return schemas.LearningPathDetail.model_validate({**path.model_dump(), "items": [_view_item(row) for row in items]})


def mark_item(session: Session, user_id: UUID, path_id: UUID, item_id: UUID, *, is_done: bool) -> schemas.LearningItem:
    """Set or remove an item's done mark; what is done stays done since when it was.

    Raises:
        NotFound: the path, or an item of it.
    """
    get_own(session, LearningPath, user_id, path_id)
    item = session.exec(
        select(LearningItem)
        .where(LearningItem.id == item_id, LearningItem.learning_path_id == path_id)
        .with_for_update()
    ).one_or_none()
    if item is None:
        raise NotFound("This learning path has no such item.", code="LEARNING_ITEM_NOT_FOUND")
    if not is_done:
        item.done_at = None
    elif item.done_at is None:
        item.done_at = session.exec(select(func.now())).one()
    session.add(item)
    session.commit()
    return _view_item(item)


def check_retry(session: Session, user_id: UUID, path_id: UUID) -> LearningPath:
    """Return the path, locked, if it may be written again, or raise what `retry` raises."""
    path = get_own(session, LearningPath, user_id, path_id, lock=True)
    require_failed(path)
    return path


def retry(session: Session, user_id: UUID, path_id: UUID) -> LearningPath:
    """Let a path that failed be written again.

    Raises:
        NotFound: the path, or the résumé that it is about.
        Conflict: it did not fail.
    """
    path = check_retry(session, user_id, path_id)
    reopen(path)
    session.add(path)
    _enqueue(session, path)
    session.commit()
    return path


def delete(session: Session, user_id: UUID, path_id: UUID) -> None:
    """Remove a path with its items and its job."""
    get_own(session, LearningPath, user_id, path_id)
    # Jobs before their subject: a worker locks in this order too.
    cancel_jobs(session, path_id)
    session.delete(get_own(session, LearningPath, user_id, path_id, lock=True))
    session.commit()


def _view_item(row: LearningItem) -> schemas.LearningItem:
    link, *others = row.resources
    return schemas.LearningItem.model_validate({**row.model_dump(), "link": link, "resources": others})


def _enqueue(session: Session, path: LearningPath) -> None:
    enqueue(session, WRITE_LEARNING_PATH, WriteLearningPath(learning_path_id=path.id), subject_id=path.id)
