"""Vectors of the question bank, and of what an interview is about, so that the near questions are found."""

import hashlib
from collections.abc import Iterator, Mapping
from uuid import UUID

import structlog

from interview_core.contract.payloads import EmbedFocus
from interview_core.contract.tasks import EMBED_FOCUS
from interview_core.db.question_bank import EntryVector, drop_other_entries, save_focus, save_vectors, stored_hashes
from interview_core.db.tables import Interview, Language
from interview_worker.binding import handles
from interview_worker.cpu.resources import CpuResources
from interview_worker.engines.embedding import PACKAGED_MODEL
from interview_worker.masking import mask
from interview_worker.question_bank.entries import load_bank
from interview_worker.question_bank.nearness import searchable_text

log = structlog.get_logger(__name__)

_AT_ONCE = 16
_MAX_FOCUS = 3000


@handles(EMBED_FOCUS)
def embed_focus(payload: EmbedFocus, resources: CpuResources) -> None:
    """Store what an interview is about as a vector, and first the bank's own vectors where they are not there yet."""
    focus = _read_focus(resources, payload.interview_id)
    if focus is None:
        return
    language, text = focus
    model = resources.embedding.model_name
    if model == PACKAGED_MODEL and language is Language.KOREAN:
        # It knows English only: what it finds for Korean is chance, and comparing words is better.
        log.info("question bank not embedded", embedding_model=model, language=language.value)
        return
    made = refresh_bank(resources, language)
    vector = resources.embedding.embed_query(text)
    with resources.sessions() as session:
        save_focus(session, payload.interview_id, model, vector)
        session.commit()
    log.info("focus embedded", interview_id=str(payload.interview_id), embedding_model=model, entries_embedded=made)


def refresh_bank(resources: CpuResources, language: Language) -> int:
    """Make the vectors that the present model lacks for a language, and return how many; may run twice at once."""
    model = resources.embedding.model_name
    texts = {entry.id: searchable_text(entry, language.value) for entry in load_bank()}
    hashes = {entry_id: hashlib.sha256(text.encode()).hexdigest() for entry_id, text in texts.items()}
    with resources.sessions() as session:
        stored = stored_hashes(session, language, model)
        if stored.keys() - hashes.keys():
            drop_other_entries(session, language, model, hashes)
            session.commit()
    missing = [entry_id for entry_id, content_hash in hashes.items() if stored.get(entry_id) != content_hash]
    for batch in _batches(missing):
        vectors = resources.embedding.embed_passages([texts[entry_id] for entry_id in batch])
        # Each batch is kept, so that a worker that is stopped in the middle has not worked for nothing.
        with resources.sessions() as session:
            save_vectors(session, language, model, list(_rows(batch, hashes, vectors)))
            session.commit()
    return len(missing)


def _rows(batch: list[str], hashes: Mapping[str, str], vectors: list[list[float]]) -> Iterator[EntryVector]:
    return (EntryVector(entry_id, hashes[entry_id], vector) for entry_id, vector in zip(batch, vectors, strict=True))


def _batches(entry_ids: list[str]) -> Iterator[list[str]]:
    return (entry_ids[start : start + _AT_ONCE] for start in range(0, len(entry_ids), _AT_ONCE))


def _read_focus(resources: CpuResources, interview_id: UUID) -> tuple[Language, str] | None:
    """Return language and masked words of what an interview is about; None when it is gone."""
    with resources.sessions() as session:
        interview = session.get(Interview, interview_id)
        if interview is None:
            return None
        parts = (interview.target_role, interview.company_description, interview.job_description)
        return interview.language, mask("\n".join(part for part in parts if part))[:_MAX_FOCUS]
