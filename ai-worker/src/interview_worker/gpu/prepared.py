"""Questions that are written while the candidate still answers: storing them, and whether one still fits."""

from sqlmodel import Session

from interview_core.db.tables import PreparedQuestion
from interview_worker.gpu.question_checks import fault_of
from interview_worker.gpu.situation import Situation, WrittenQuestion


def find_prepared(session: Session, situation: Situation) -> WrittenQuestion | None:
    """Return the question that was prepared for the situation's topic; None when there is none or it fits no more.

    It does not fit where it was asked in other words since, or is about what the candidate has passed on meanwhile.
    """
    row = session.get(PreparedQuestion, (situation.interview_id, situation.place.slot))
    if row is None or situation.is_follow_up:
        return None
    written = WrittenQuestion.read(row.content)
    closed = " ".join(turn.question for turn in situation.turns if turn.is_closed)
    if written.topic and written.topic in closed:
        return None
    return written if fault_of(written.text, situation.language, situation.asked) is None else None
