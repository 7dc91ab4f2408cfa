"""Question sets of a user: rows, questions and the jobs that write them."""

from uuid import UUID, uuid4

from sqlmodel import Session, col, func, select

from interview_api.question_sets import schemas
from interview_api.resumes.service import require_ready_resume
from interview_api.writings import get_own, reopen, require_failed
from interview_core.db.question_sets import start_next, start_set
from interview_core.db.tables import QuestionSet, SetQuestion
from interview_core.jobs import cancel_jobs


def check(session: Session, user_id: UUID, body: schemas.CreateQuestionSet) -> None:
    """Raise what `create` would raise."""
    require_ready_resume(session, user_id, body.resume_id)


def create(session: Session, user_id: UUID, body: schemas.CreateQuestionSet) -> QuestionSet:
    """Store what is wanted with the job that writes it.

    Raises:
        NotFound, Conflict: the résumé is not there, or was not read yet.
    """
    require_ready_resume(session, user_id, body.resume_id)
    question_set = QuestionSet(user_id=user_id, **body.model_dump())
    session.add(question_set)
    session.flush()
    start_set(session, question_set.id)
    session.commit()
    session.refresh(question_set)
    return question_set


def check_batch(session: Session, user_id: UUID, body: schemas.CreateQuestionSets) -> None:
    """Raise what `create_batch` would raise."""
    for resume_id in body.resume_ids:
        require_ready_resume(session, user_id, resume_id)


def create_batch(session: Session, user_id: UUID, body: schemas.CreateQuestionSets) -> schemas.QuestionSetBatch:
    """Store a set for each résumé, to be written one after the other.

    Raises:
        NotFound, Conflict: one of the résumés is not there, or was not read yet; then nothing is stored.
    """
    check_batch(session, user_id, body)
    batch_id = uuid4()
    wishes = body.model_dump(exclude={"resume_ids"})
    rows = [QuestionSet(user_id=user_id, resume_id=id_, batch_id=batch_id, **wishes) for id_ in body.resume_ids]
    session.add_all(rows)
    start_next(session, batch_id)
    session.commit()
    for row in rows:
        session.refresh(row)
    items = [schemas.QuestionSet.model_validate(row) for row in rows]
    return schemas.QuestionSetBatch(batch_id=batch_id, items=items)


def list_own(
    session: Session, user_id: UUID, *, batch_id: UUID | None, limit: int, offset: int
) -> tuple[list[QuestionSet], int]:
    """Return a page of the user's sets, or of a batch of theirs, newest first, and how many there are."""
    mine = select(QuestionSet).where(QuestionSet.user_id == user_id)
    if batch_id is not None:
        mine = mine.where(QuestionSet.batch_id == batch_id)
    total = session.exec(select(func.count()).select_from(mine.subquery())).one()
    newest_first = mine.order_by(col(QuestionSet.created_at).desc(), col(QuestionSet.id))
    return list(session.exec(newest_first.limit(limit).offset(offset)).all()), total


def view(session: Session, question_set: QuestionSet) -> schemas.QuestionSetDetail:
    """Return a set with the questions that are written so far."""
    questions = session.exec(
        select(SetQuestion)
        .where(SetQuestion.question_set_id == question_set.id)
        .order_by(col(SetQuestion.position))
        .execution_options(populate_existing=True)
    ).all()
    return schemas.QuestionSetDetail.model_validate({**question_set.model_dump(), "questions": questions})


def check_retry(session: Session, user_id: UUID, question_set_id: UUID) -> QuestionSet:
    """Return the set, locked, if it may be written again, or raise what `retry` raises."""
    question_set = get_own(session, QuestionSet, user_id, question_set_id, lock=True)
    require_failed(question_set)
    return question_set


def retry(session: Session, user_id: UUID, question_set_id: UUID) -> QuestionSet:
    """Let a set that failed be written again; questions that it has already stay.

    Raises:
        NotFound: the set, or the résumé that it is about.
        Conflict: it did not fail.
    """
    question_set = check_retry(session, user_id, question_set_id)
    reopen(question_set)
    session.add(question_set)
    start_set(session, question_set.id)
    session.commit()
    return question_set


def delete(session: Session, user_id: UUID, question_set_id: UUID) -> None:
    """Remove a set with its questions and its job."""
    get_own(session, QuestionSet, user_id, question_set_id)
    # Jobs before their subject: a worker locks in this order too.
    cancel_jobs(session, question_set_id)
    question_set = get_own(session, QuestionSet, user_id, question_set_id, lock=True)
    session.delete(question_set)
    start_next(session, question_set.batch_id, after=question_set_id)
    session.commit()
