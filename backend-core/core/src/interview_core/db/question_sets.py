"""Starting the jobs that write question sets; those of a batch run one after the other."""

from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from interview_core.contract.payloads import WriteQuestionSet
from interview_core.contract.tasks import WRITE_QUESTION_SET
from interview_core.jobs import enqueue


def start_set(session: Session, question_set_id: UUID) -> None:
    """Create the job that writes a set, in the caller's transaction."""
    enqueue(session, WRITE_QUESTION_SET, WriteQuestionSet(question_set_id=question_set_id), subject_id=question_set_id)


def start_next(session: Session, batch_id: UUID | None, *, after: UUID | None = None) -> None:
    """Start the next set of a batch in the caller's transaction, unless one of it is being written already.

    A worker's threads are for interviews too, so a batch never takes more than one of them. `after` is the set that
    ends or goes in this transaction; its job does not count.
    """
    if batch_id is None:
        return
    session.flush()
    # Two that end at once would each see the other one's job still at work, and none would start the next.
    session.execute(text("SELECT pg_advisory_xact_lock(hashtext(:batch))"), {"batch": f"question sets {batch_id}"})
    next_id = session.execute(
        text(
            "SELECT id FROM question_set WHERE batch_id = :batch AND status = 'pending'"
            " AND NOT EXISTS (SELECT 1 FROM question_set other JOIN job ON job.subject_id = other.id"
            " WHERE other.batch_id = :batch AND other.id IS DISTINCT FROM :after"
            " AND job.state IN ('queued', 'running'))"
            " ORDER BY created_at, id LIMIT 1"
        ),
        {"batch": batch_id, "after": after},
    ).scalar_one_or_none()
    if next_id is not None:
        start_set(session, next_id)
