"""The question bank's vectors: made once for each model and text, and never mixed."""

from dataclasses import dataclass, field
from types import SimpleNamespace
from uuid import uuid4

import pytest
from sqlalchemy.orm import sessionmaker
from sqlmodel import Session, col, select

from interview_core.contract.payloads import EmbedFocus
from interview_core.db.question_bank import EntryVector, asked_before, nearest_entries, save_focus, save_vectors
from interview_core.db.tables import EMBEDDING_DIMENSIONS, BankVector, InterviewFocus, Language, Question
from interview_worker.cpu.question_bank import embed_focus, refresh_bank
from interview_worker.engines.embedding import PACKAGED_MODEL, SentenceEmbedding
from interview_worker.question_bank.entries import load_bank
from tests.factories import make_interview, make_resume, make_user


@dataclass
class CountingEmbedding:
    """Gives one direction to texts about caches and another to all else, and counts what it is asked."""

    model_name: str = "a-model"
    passages: list[str] = field(default_factory=list)
    queries: list[str] = field(default_factory=list)

    def embed_passages(self, texts: list[str]) -> list[list[float]]:
        self.passages += texts
        return [self._vector(text) for text in texts]

    def embed_query(self, text: str) -> list[float]:
        self.queries.append(text)
        return self._vector(text)

    def _vector(self, text: str) -> list[float]:
        return vector(1) if "캐시" in text or "cache" in text.lower() else vector(0, 1)


def vector(*values: float) -> list[float]:
    return [*values, *([0.0] * (EMBEDDING_DIMENSIONS - len(values)))]


@pytest.fixture
def embedding() -> CountingEmbedding:
    return CountingEmbedding()


@pytest.fixture
def resources(sessions: sessionmaker[Session], embedding: CountingEmbedding) -> SimpleNamespace:
    return SimpleNamespace(sessions=sessions, embedding=embedding)


def test_the_bank_is_embedded_once_and_again_only_where_its_text_changed(
    session: Session, resources: SimpleNamespace, embedding: CountingEmbedding
) -> None:
    assert refresh_bank(resources, Language.KOREAN) == len(load_bank())
    assert refresh_bank(resources, Language.KOREAN) == 0
    assert len(embedding.passages) == len(load_bank())

    stale = session.get(BankVector, (load_bank()[0].id, Language.KOREAN, embedding.model_name))
    assert stale is not None
    stale.content_hash = "0" * 64
    session.add(stale)
    save_vectors(session, Language.KOREAN, embedding.model_name, [EntryVector("gone.entry", "1" * 64, vector(1))])
    session.commit()

    assert refresh_bank(resources, Language.KOREAN) == 1
    session.expire_all()
    stored = session.exec(select(BankVector.entry_id)).all()
    assert set(stored) == {entry.id for entry in load_bank()}


def test_what_an_interview_is_about_finds_the_near_entries(
    session: Session, resources: SimpleNamespace, embedding: CountingEmbedding
) -> None:
    user = make_user(session)
    interview = make_interview(session, user, make_resume(session, user))
    interview.job_description = "캐시 설계 경험자. 문의 dev@example.com"
    session.add(interview)
    session.commit()

    embed_focus(EmbedFocus(interview_id=interview.id), resources)

    assert "dev@example.com" not in embedding.queries[0]
    assert "캐시 설계" in embedding.queries[0]
    nearest = nearest_entries(session, interview.id, Language.KOREAN, 3)
    assert "backend.cache_invalidation" in nearest
    assert nearest == nearest_entries(session, interview.id, Language.KOREAN, 3)


def test_vectors_of_two_models_never_mix(session: Session, resources: SimpleNamespace) -> None:
    user = make_user(session)
    interview = make_interview(session, user)
    refresh_bank(resources, Language.KOREAN)
    save_focus(session, interview.id, "another-model", vector(1))
    session.commit()

    assert nearest_entries(session, interview.id, Language.KOREAN, 5) == []

    save_vectors(session, Language.KOREAN, "another-model", [EntryVector("quality.debt", "2" * 64, vector(1))])
    session.commit()
    assert nearest_entries(session, interview.id, Language.KOREAN, 5) == ["quality.debt"]
    assert nearest_entries(session, interview.id, Language.ENGLISH, 5) == []


def test_the_same_interview_embedded_again_has_its_newest_focus(session: Session, resources: SimpleNamespace) -> None:
    interview = make_interview(session, make_user(session))
    for _ in range(2):
        embed_focus(EmbedFocus(interview_id=interview.id), resources)
    assert len(session.exec(select(InterviewFocus)).all()) == 1


def test_an_interview_that_is_gone_is_no_error_and_leaves_nothing(
    session: Session, resources: SimpleNamespace, embedding: CountingEmbedding
) -> None:
    embed_focus(EmbedFocus(interview_id=uuid4()), resources)
    save_focus(session, uuid4(), "a-model", vector(1))
    session.commit()

    assert embedding.queries == []
    assert session.exec(select(InterviewFocus)).all() == []


def test_deleting_an_interview_takes_its_focus_with_it(session: Session, resources: SimpleNamespace) -> None:
    interview = make_interview(session, make_user(session))
    embed_focus(EmbedFocus(interview_id=interview.id), resources)
    session.delete(interview)
    session.commit()
    assert session.exec(select(InterviewFocus)).all() == []


def test_the_packaged_english_model_is_not_asked_about_korean(session: Session, resources: SimpleNamespace) -> None:
    resources.embedding = CountingEmbedding(model_name=PACKAGED_MODEL)
    interview = make_interview(session, make_user(session))

    embed_focus(EmbedFocus(interview_id=interview.id), resources)

    assert resources.embedding.passages == []
    assert nearest_entries(session, interview.id, Language.KOREAN, 5) == []


def test_the_small_real_model_finds_english_questions_by_meaning(
    session: Session, sessions: sessionmaker[Session], small_embedding: SentenceEmbedding
) -> None:
    interview = make_interview(session, make_user(session), language=Language.ENGLISH)
    interview.target_role = "Charge nurse"
    interview.job_description = "You care for patients on a surgical ward and lead the shift handover."
    session.add(interview)
    session.commit()

    embed_focus(EmbedFocus(interview_id=interview.id), SimpleNamespace(sessions=sessions, embedding=small_embedding))

    nearest = nearest_entries(session, interview.id, Language.ENGLISH, 8)
    assert sum(entry_id.startswith("nursing.") for entry_id in nearest) >= 5


def test_what_a_user_was_asked_elsewhere_is_known_and_others_questions_are_not(session: Session) -> None:
    user, other = make_user(session), make_user(session)
    earlier, now, theirs = (make_interview(session, owner) for owner in (user, user, other))
    for interview, entry_id, provider in (
        (earlier, "quality.debt", "question_bank"),
        (now, "business.cost", "question_bank"),
        (theirs, "business.customer", "question_bank"),
        (earlier, "next_question.ko", "llama_cpp"),
    ):
        question = session.exec(select(Question).where(col(Question.interview_id) == interview.id)).first()
        assert question is not None
        values = question.model_dump(exclude={"id", "position", "answered_by"})
        answered_by = {"provider": provider, "prompt_version": f"{entry_id}@3"}
        position = 50 + len(entry_id)
        session.add(Question(**values, id=uuid4(), position=position, answered_by=answered_by))
    session.commit()

    assert asked_before(session, now) == {"quality.debt"}
