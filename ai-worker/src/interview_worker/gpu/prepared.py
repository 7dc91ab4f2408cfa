"""Questions that are written while the candidate still answers: storing them, and whether one still fits."""

from uuid import UUID

from sqlmodel import Session

from interview_core.db.tables import PreparedQuestion
from interview_worker.gpu.question_checks import fault_of
from interview_worker.gpu.situation import Situation, WrittenQuestion


def find_prepared(session: Session, situation: Situation) -> tuple[UUID, WrittenQuestion] | None:
    """Return the question that was prepared for the situation's topic, with the id under which it was spoken ahead.

    None when there is none or it fits no more.

    It does not fit where it was asked in other words since, or is about what the candidate has passed on meanwhile.
    """
    row = session.get(PreparedQuestion, (situation.interview_id, situation.place.slot))
    if row is None or situation.is_follow_up:
        return None
    written = WrittenQuestion.read(row.content)
    closed = " ".join(turn.question for turn in situation.turns if turn.is_closed)
    if written.topic and written.topic in closed:
        return None
    if fault_of(written.text, situation.language, situation.asked) is not None:
        return None
    return row.question_id, written
