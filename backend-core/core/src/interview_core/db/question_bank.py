"""The question bank's vectors, what is near an interview's subject, and what a user was asked before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, delete, select

from interview_core.db.tables import BankVector, Interview, InterviewFocus, Language, Question

PROVIDER = "question_bank"
"""In `question.answered_by` of those that the bank asked."""


@dataclass(frozen=True)
class EntryVector:
    entry_id: str
    content_hash: str
    embedding: Sequence[float]


def stored_hashes(session: Session, language: Language, embedding_model: str) -> dict[str, str]:
    """Return from which text each entry's vector of a model was made, by the entry's id."""
    query = select(BankVector.entry_id, BankVector.content_hash).where(
        BankVector.language == language, BankVector.embedding_model == embedding_model
    )
    return dict(session.exec(query).all())


def save_vectors(session: Session, language: Language, embedding_model: str, vectors: Sequence[EntryVector]) -> None:
    """Store vectors instead of those that an earlier text of the same entries had."""
    if not vectors:
        return
    rows = [
        {
            "entry_id": vector.entry_id,
            "language": language,
            "embedding_model": embedding_model,
            "content_hash": vector.content_hash,
            "embedding": list(vector.embedding),
        }
        for vector in vectors
    ]
    new = insert(BankVector).values(rows)
    session.execute(
        new.on_conflict_do_update(
            index_elements=["entry_id", "language", "embedding_model"],
            set_={"content_hash": new.excluded.content_hash, "embedding": new.excluded.embedding},
        )
    )


def drop_other_entries(session: Session, language: Language, embedding_model: str, known: Mapping[str, str]) -> None:
    """Remove a model's vectors of entries that the bank no longer has."""
    session.exec(
        delete(BankVector).where(
            col(BankVector.language) == language,
            col(BankVector.embedding_model) == embedding_model,
            col(BankVector.entry_id).not_in(list(known)),
        )
    )


def save_focus(session: Session, interview_id: UUID, embedding_model: str, embedding: Sequence[float]) -> None:
    """Store what an interview is about; nothing when it has been deleted meanwhile."""
    if session.get(Interview, interview_id, with_for_update={"read": True, "key_share": True}) is None:
        return
    new = insert(InterviewFocus).values(
        interview_id=interview_id, embedding_model=embedding_model, embedding=list(embedding)
    )
    session.execute(
        new.on_conflict_do_update(
            index_elements=["interview_id"],
            set_={"embedding_model": new.excluded.embedding_model, "embedding": new.excluded.embedding},
        )
    )


def nearest_entries(session: Session, interview_id: UUID, language: Language, limit: int) -> list[str]:
    """Return the entries nearest to what an interview is about, by vectors of one model; none where there are none."""
    focus = session.get(InterviewFocus, interview_id)
    if focus is None:
        return []
    distance = col(BankVector.embedding).cosine_distance(focus.embedding)  # type: ignore[attr-defined]  # pgvector adds it
    query = (
        select(BankVector.entry_id)
        .where(BankVector.language == language, BankVector.embedding_model == focus.embedding_model)
        .order_by(distance, col(BankVector.entry_id))
        .limit(limit)
    )
    return list(session.exec(query).all())


def asked_before(session: Session, interview: Interview) -> frozenset[str]:
    """Return the entries that the same user was asked in other interviews."""
    entry_id = func.split_part(col(Question.answered_by)["prompt_version"].astext, "@", 1)
    query = (
        select(entry_id)
        .join(Interview, col(Interview.id) == col(Question.interview_id))
        .where(
            Interview.user_id == interview.user_id,
            Interview.id != interview.id,
            col(Question.answered_by)["provider"].astext == PROVIDER,
        )
        .distinct()
    )
    return frozenset(session.exec(query).all())
