"""Questions as the server speaks them."""

from dataclasses import dataclass

from redis import Redis
from redis.exceptions import RedisError
from sqlmodel import Session

from interview_core.db.spoken_questions import speak_later
from interview_core.db.tables import Question, SpokenQuestion
from interview_core.errors import NotFound
from interview_core.storage import Storage

_ASKED_S = 60


@dataclass(frozen=True)
class Sound:
    audio: bytes
    media_type: str
    engine: str


def find_speech(session: Session, storage: Storage, question: Question) -> Sound | None:
    """Return the question's sound; None while there is none."""
    row = session.get(SpokenQuestion, question.id)
    if row is None:
        return None
    try:
        return Sound(storage.read(row.audio), row.media_type, row.engine)
    except NotFound:
        return None


def ask_for_speech(session: Session, redis: Redis, question: Question) -> None:
    """Let a worker speak the question, once a minute at most; without Redis it is read."""
    try:
        is_first = redis.set(f"speech-asked:{question.id}", 1, nx=True, ex=_ASKED_S)
    except RedisError:
        return
    if is_first:
        speak_later(session, question.interview_id, question.id)
        session.commit()
