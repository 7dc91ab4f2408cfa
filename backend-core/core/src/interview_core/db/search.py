"""Search by meaning over a user's own résumés."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session, col, select

from interview_core.db.tables import Resume, ResumeChunk


@dataclass(frozen=True)
class Hit:
    """A chunk, and how near its meaning is: the cosine, 1 for the same."""

    chunk: ResumeChunk
    score: float


def search_chunks(
    session: Session,
    user_id: UUID,
    vector: Sequence[float],
    embedding_model: str,
    *,
    limit: int,
    resume_id: UUID | None = None,
) -> list[Hit]:
    """Return the nearest chunks of the user's résumés, or of one of them, best first.

    Only vectors of `embedding_model` are compared, since those of two models have nothing in common.
    """
    # The index knows no owners: it goes on until enough of this user's chunks are found.
    session.execute(text("SET LOCAL hnsw.iterative_scan = strict_order"))
    distance = col(ResumeChunk.embedding).cosine_distance(list(vector))  # type: ignore[attr-defined]  # pgvector adds it
    query = (
        select(ResumeChunk, distance)
        .join(Resume, col(Resume.id) == col(ResumeChunk.resume_id))
        .where(Resume.user_id == user_id, ResumeChunk.embedding_model == embedding_model)
        .order_by(distance)
        .limit(limit)
    )
    if resume_id is not None:
        query = query.where(ResumeChunk.resume_id == resume_id)
    return [Hit(chunk, round(1 - float(found), 4)) for chunk, found in session.exec(query).all()]
