"""Search by meaning finds one's own chunks, nearest first, over the index."""

from uuid import UUID

import pytest
from sqlmodel import Session

from interview_core.db.search import search_chunks
from interview_core.db.tables import EMBEDDING_DIMENSIONS, Resume, ResumeChunk
from tests.factories import make_resume, make_user

MODEL = "a-model"


def vector(*values: float) -> list[float]:
    return [*values, *([0.0] * (EMBEDDING_DIMENSIONS - len(values)))]


def add(session: Session, resume: Resume, position: int, text: str, embedding: list[float], model: str = MODEL) -> UUID:
    chunk = ResumeChunk(
        resume_id=resume.id,
        position=position,
        section="experience",
        page=1,
        text=text,
        embedding=embedding,
        embedding_model=model,
    )
    session.add(chunk)
    session.commit()
    return chunk.id


@pytest.fixture
def mine(session: Session) -> Resume:
    return make_resume(session, make_user(session))


def texts(session: Session, resume: Resume, asked: list[float], **options) -> list[str]:
    hits = search_chunks(session, resume.user_id, asked, MODEL, **{"limit": 5, **options})
    return [hit.chunk.text for hit in hits]


def test_the_nearest_come_first_with_their_cosine(session: Session, mine: Resume) -> None:
    add(session, mine, 0, "far", vector(0, 1))
    add(session, mine, 1, "near", vector(1, 0.1))
    add(session, mine, 2, "nearest", vector(1))

    hits = search_chunks(session, mine.user_id, vector(1), MODEL, limit=2)

    assert [(hit.chunk.text, hit.chunk.page) for hit in hits] == [("nearest", 1), ("near", 1)]
    assert [hit.score for hit in hits] == [1.0, pytest.approx(0.995, abs=0.001)]


def test_others_chunks_are_never_found_however_near(session: Session, mine: Resume) -> None:
    other = make_resume(session, make_user(session))
    for position in range(50):
        add(session, other, position, "theirs", vector(1))
    add(session, mine, 0, "mine", vector(0.2, 1))

    assert texts(session, mine, vector(1)) == ["mine"]


def test_vectors_of_another_model_are_not_compared(session: Session, mine: Resume) -> None:
    add(session, mine, 0, "another model's", vector(1), "another-model")
    add(session, mine, 1, "ours", vector(0.5, 1))

    assert texts(session, mine, vector(1)) == ["ours"]


def test_one_resume_alone_can_be_searched(session: Session, mine: Resume) -> None:
    owner_id = mine.user_id
    second = make_resume(session, make_user(session))
    second.user_id = owner_id
    session.add(second)
    session.commit()
    add(session, mine, 0, "first", vector(1))
    add(session, second, 0, "second", vector(1))

    assert texts(session, mine, vector(1), resume_id=second.id) == ["second"]
    assert sorted(texts(session, mine, vector(1))) == ["first", "second"]
