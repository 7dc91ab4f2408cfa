"""A résumé from its file to searchable chunks."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import update
from sqlmodel import Session, col, delete, func, select

from interview_core.contract.payloads import EmbedResume, ParseResume, ProfileResume
from interview_core.contract.tasks import EMBED_RESUME, PARSE_RESUME, PROFILE_RESUME
from interview_core.db.tables import Resume, ResumeChunk, ResumeClaim, ResumeStatus, ResumeStep
from interview_core.errors import EngineFailed, InterviewError, InvalidInput, LeaseLost, NotFound
from interview_core.jobs import enqueue
from interview_core.profiles import missing_fields
from interview_core.storage import StorageUnavailable
from interview_core.streams import EventKind, Stream
from interview_worker.binding import JobRun, handles
from interview_worker.cpu.chunks import Chunk, make_chunks
from interview_worker.cpu.claims import Claim
from interview_worker.cpu.documents import Document, DocumentRefused
from interview_worker.cpu.json_resume import read_json_resume
from interview_worker.cpu.resources import CpuResources
from interview_worker.cpu.resume_profile import Profile, make_profile
from interview_worker.cpu.sections import split_sections

log = structlog.get_logger(__name__)

_PARSING, _READ, _PARSED, _EMBEDDED = 10, 50, 70, 95
_CHUNKS_AT_ONCE = 16


@handles(PARSE_RESUME)
def parse_resume(payload: ParseResume, job: JobRun, resources: CpuResources) -> None:
    """Store the résumé's profile and chunks, then ask for their vectors."""
    resume_id = payload.resume_id
    if not _advance(
        resume_id, job, resources, ResumeStep.PARSE, _PARSING, status=ResumeStatus.RUNNING, error_code=None
    ):
        return
    today = datetime.now(UTC).date()
    document, profile = _read(payload, resources, today)
    if not _advance(resume_id, job, resources, ResumeStep.PROFILE, _READ, pages=document.pages):
        return
    if profile is None:
        profile = make_profile(document, split_sections(document.lines), today)
    chunks = make_chunks(profile.sections, profile.claims)
    with job.complete() as session:
        if not _update(
            session,
            resume_id,
            step=ResumeStep.EMBED,
            percent=_PARSED,
            profile=profile.to_json(),
            hidden_text_spans=document.hidden_spans,
            hidden_text={kind.value: count for kind, count in document.hidden.items()},
        ):
            return
        _replace_chunks(session, resume_id, chunks, _replace_claims(session, resume_id, profile.claims))
        enqueue(session, EMBED_RESUME, EmbedResume(resume_id=resume_id), subject_id=resume_id)
    _tell(resources, resume_id, EventKind.PROGRESS, ResumeStep.EMBED, _PARSED)
    log.info(
        "resume parsed",
        pages=document.pages,
        chunks=len(chunks),
        claims=len(profile.claims),
        hidden_spans=document.hidden_spans,
        instructions=profile.instructions_found,
    )


@handles(EMBED_RESUME)
def embed_resume(payload: EmbedResume, job: JobRun, resources: CpuResources) -> None:
    """Store the vectors of the résumé's chunks; with the last of them the résumé is ready."""
    resume_id = payload.resume_id
    chunks = _texts(resources, resume_id)
    vectors = dict(_embed(chunks, resume_id, job, resources))
    with job.complete() as session:
        for chunk_id, vector in vectors.items():
            _save_vector(session, chunk_id, vector, resources.embedding.model_name)
        is_ready = _is_embedded(session, resume_id) and _update(
            session, resume_id, status=ResumeStatus.READY, step=ResumeStep.EMBED, percent=100, error_code=None
        )
        if is_ready:
            _ask_model(session, resume_id)
    if is_ready:
        _tell(resources, resume_id, EventKind.READY, ResumeStep.EMBED, 100)
    log.info("resume embedded", chunks=len(vectors), is_ready=is_ready)


def _read(payload: ParseResume, resources: CpuResources, today: date) -> tuple[Document, Profile | None]:
    """Return the document; a résumé that was posted as JSON says its profile itself."""
    try:
        content = resources.storage.read(payload.file)
        if payload.file.endswith(".json"):
            return read_json_resume(content, today)
        return resources.documents.read(content), None
    except DocumentRefused as error:
        raise InvalidInput("The file cannot be used as a résumé.", code=error.refusal.value.upper()) from None
    except NotFound as error:
        raise InterviewError("The résumé's file is gone from storage; upload it again.") from error
    except StorageUnavailable as error:
        raise EngineFailed(error.message, code="INTERNAL") from error


def _advance(
    resume_id: UUID, job: JobRun, resources: CpuResources, step: ResumeStep, percent: int, **values: Any
) -> bool:
    """Record a step and tell the browser. False: the résumé has been deleted."""
    with job.session() as session:
        is_there = _update(session, resume_id, step=step, percent=percent, **values)
    if is_there:
        _tell(resources, resume_id, EventKind.PROGRESS, step, percent)
    return is_there


def _update(session: Session, resume_id: UUID, **values: Any) -> bool:
    changed = session.execute(
        update(Resume)
        .where(col(Resume.id) == resume_id)
        .values(**values, updated_at=func.now())
        .returning(col(Resume.id))
    )
    return changed.one_or_none() is not None


def _tell(resources: CpuResources, resume_id: UUID, kind: EventKind, step: ResumeStep, percent: int) -> None:
    resources.events.append(Stream.RESUME, resume_id, kind, {"step": step.value, "percent": percent})


def _replace_claims(session: Session, resume_id: UUID, claims: Sequence[Claim]) -> list[UUID]:
    """Store the claims instead of those of an earlier reading, and return their ids in order."""
    session.exec(delete(ResumeClaim).where(col(ResumeClaim.resume_id) == resume_id))
    rows = [
        ResumeClaim(
            resume_id=resume_id,
            position=position,
            kind=claim.kind,
            about=claim.about,
            text=claim.text,
            has_figure=claim.has_figure,
            page=claim.page,
            sources=[source.to_json() for source in claim.sources],
        )
        for position, claim in enumerate(claims)
    ]
    session.add_all(rows)
    session.flush()
    return [row.id for row in rows]


def _replace_chunks(session: Session, resume_id: UUID, chunks: Sequence[Chunk], claim_ids: Sequence[UUID]) -> None:
    session.exec(delete(ResumeChunk).where(col(ResumeChunk.resume_id) == resume_id))
    session.add_all(
        ResumeChunk(
            resume_id=resume_id,
            position=chunk.position,
            section=chunk.section,
            page=chunk.page,
            text=chunk.text,
            claim_ids=[str(claim_ids[place]) for place in chunk.claims],
        )
        for chunk in chunks
    )
    session.flush()


def _ask_model(session: Session, resume_id: UUID) -> None:
    """Let a model look for what the rules did not find. The résumé is ready without it."""
    profile, file = session.exec(select(Resume.profile, Resume.file).where(Resume.id == resume_id)).one()
    if profile and not file.endswith(".json") and missing_fields(profile):
        enqueue(session, PROFILE_RESUME, ProfileResume(resume_id=resume_id), subject_id=resume_id)


def _texts(resources: CpuResources, resume_id: UUID) -> list[tuple[UUID, str]]:
    with resources.session() as session:
        rows = session.exec(
            select(ResumeChunk.id, ResumeChunk.text)
            .where(ResumeChunk.resume_id == resume_id)
            .order_by(col(ResumeChunk.position))
        ).all()
    return [(chunk_id, text) for chunk_id, text in rows]


def _embed(
    chunks: Sequence[tuple[UUID, str]], resume_id: UUID, job: JobRun, resources: CpuResources
) -> Iterator[tuple[UUID, list[float]]]:
    for start in range(0, len(chunks), _CHUNKS_AT_ONCE):
        batch = chunks[start : start + _CHUNKS_AT_ONCE]
        if job.is_cancelled:
            raise LeaseLost("the job's time is over, or another worker has it")
        vectors = resources.embedding.embed_passages([text for _, text in batch])
        yield from zip((chunk_id for chunk_id, _ in batch), vectors, strict=True)
        percent = _PARSED + (_EMBEDDED - _PARSED) * (start + len(batch)) // len(chunks)
        _advance(resume_id, job, resources, ResumeStep.EMBED, percent)


def _save_vector(session: Session, chunk_id: UUID, vector: list[float], model_name: str) -> None:
    session.execute(
        update(ResumeChunk).where(col(ResumeChunk.id) == chunk_id).values(embedding=vector, embedding_model=model_name)
    )


def _is_embedded(session: Session, resume_id: UUID) -> bool:
    """Tell whether every chunk has its vector: a résumé that was parsed again meanwhile waits for its own job."""
    missing = select(func.count()).where(col(ResumeChunk.resume_id) == resume_id, col(ResumeChunk.embedding).is_(None))
    return session.exec(missing).one() == 0
