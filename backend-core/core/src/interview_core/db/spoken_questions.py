"""Questions that are spoken: when they are asked, or ahead, while they are only prepared."""

from uuid import UUID

from sqlmodel import Session, col, delete

from interview_core.contract.payloads import SynthesizeQuestion
from interview_core.contract.tasks import SYNTHESIZE_QUESTION
from interview_core.db.tables import PreparedQuestion, SpokenQuestion
from interview_core.jobs import enqueue


def speak_later(session: Session, interview_id: UUID, question_id: UUID) -> None:
    """Let a worker speak a question, so that it is there when somebody wants to hear it.

    One that is only prepared is spoken too, and nobody is told of it before it is asked.
    """
    enqueue(session, SYNTHESIZE_QUESTION, SynthesizeQuestion(question_id=question_id), subject_id=interview_id)


def is_spoken(session: Session, question_id: UUID) -> bool:
    """Tell whether a question was spoken already."""
    return session.get(SpokenQuestion, question_id) is not None


def drop_prepared(session: Session, interview_id: UUID, *, slot: int | None = None, asked: UUID | None = None) -> None:
    """Forget the questions that are prepared for a locked interview, or for one slot of it, and their sound.

    `asked` is the question that was just put to the candidate: where it is one of them, its sound stays. Files are
    removed with the other orphans.
    """
    prepared = col(PreparedQuestion.interview_id) == interview_id
    if slot is not None:
        prepared &= col(PreparedQuestion.slot) == slot
    dropped = session.scalars(delete(PreparedQuestion).where(prepared).returning(col(PreparedQuestion.question_id)))
    unheard = [question_id for question_id in dropped if question_id != asked]
    session.execute(delete(SpokenQuestion).where(col(SpokenQuestion.question_id).in_(unheard)))
