"""Storing what was said. Each function works in the caller's transaction and may be called again without harm."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, and_, col, func, or_, select

from interview_core.contract.payloads import EraseAudio, TranscribeSegment
from interview_core.contract.tasks import ERASE_AUDIO, TRANSCRIBE_SEGMENT
from interview_core.db.tables import (
    EndReason,
    Interview,
    Language,
    SegmentState,
    SpeechSegment,
    SpokenAnswer,
)
from interview_core.jobs import enqueue
from interview_core.speech import Take, TranscriptState, gather_take
from interview_core.streams import EventKind, EventWriter, Stream


def start_take(
    session: Session, interview_id: UUID, question_id: UUID, take: int, epoch: int, *, recording: str | None = None
) -> None:
    """Say that an answer is being spoken, or go on with it in a new connection."""
    row = {"interview_id": interview_id, "epoch": epoch, "recording": recording}
    begun = insert(SpokenAnswer).values(question_id=question_id, take=take, **row)
    session.execute(
        begun.on_conflict_do_update(
            index_elements=["question_id", "take"],
            set_={**row, "ended_at": None, "end_reason": None, "last_sequence": None},
            where=col(SpokenAnswer.epoch) <= epoch,
        )
    )


def add_segment(
    session: Session,
    *,
    interview_id: UUID,
    epoch: int,
    sequence: int,
    question_id: UUID,
    take: int,
    audio: str,
    start_ms: int,
    end_ms: int,
    language: Language,
) -> bool:
    """Keep a segment whose audio is in storage, and let it be transcribed. False: it is there already."""
    added = session.execute(
        insert(SpeechSegment)
        .values(
            interview_id=interview_id,
            epoch=epoch,
            sequence=sequence,
            question_id=question_id,
            take=take,
            audio=audio,
            start_ms=start_ms,
            end_ms=end_ms,
            state=SegmentState.PENDING,
            words=[],
            language=language,
        )
        .on_conflict_do_nothing()
        .returning(col(SpeechSegment.sequence))
    ).one_or_none()
    if added is None:
        return False
    payload = TranscribeSegment(interview_id=interview_id, epoch=epoch, sequence=sequence)
    enqueue(session, TRANSCRIBE_SEGMENT, payload, subject_id=interview_id)
    return True


def end_take(
    session: Session,
    interview_id: UUID,
    question_id: UUID,
    take: int,
    epoch: int,
    *,
    last_sequence: int | None,
    reason: EndReason,
    started_at: datetime | None = None,
) -> None:
    """Say that an answer is over. Called after its last segment was added; an end of an older connection is ignored."""
    ended = {
        "interview_id": interview_id,
        "epoch": epoch,
        "last_sequence": last_sequence,
        "end_reason": reason,
        "ended_at": func.now(),
    }
    begun = insert(SpokenAnswer).values(
        question_id=question_id, take=take, started_at=started_at or func.now(), **ended
    )
    session.execute(
        begun.on_conflict_do_update(
            index_elements=["question_id", "take"], set_=ended, where=col(SpokenAnswer.epoch) <= epoch
        )
    )


def newest_take(session: Session, question_id: UUID) -> int | None:
    """Return the number of the take that counts; None: nobody has spoken to this question."""
    spoken = session.exec(select(func.max(SpokenAnswer.take)).where(SpokenAnswer.question_id == question_id)).one()
    heard = session.exec(select(func.max(SpeechSegment.take)).where(SpeechSegment.question_id == question_id)).one()
    return max((take for take in (spoken, heard) if take is not None), default=None)


def load_take(session: Session, question_id: UUID, take: int) -> Take:
    """Return a take with its segments in order and what is missing of it."""
    spoken = session.get(SpokenAnswer, (question_id, take), populate_existing=True)
    wanted = and_(col(SpeechSegment.question_id) == question_id, col(SpeechSegment.take) == take)
    if spoken is not None:
        same_connection = and_(
            col(SpeechSegment.interview_id) == spoken.interview_id, col(SpeechSegment.epoch) == spoken.epoch
        )
        wanted = or_(wanted, same_connection)
    rows = session.exec(select(SpeechSegment).where(wanted).execution_options(populate_existing=True)).all()
    return gather_take(spoken, rows, question_id, take)


def next_epoch(session: Session, interview: Interview) -> int:
    """Return a new connection's number for a locked interview."""
    interview.media_epoch += 1
    session.add(interview)
    session.flush()
    return interview.media_epoch


def take_outcome(session: Session, question_id: UUID, take: int) -> tuple[EventKind, dict[str, Any]] | None:
    """Return the event that a take is written down, or that parts of it never will be; None while it is not over."""
    found = load_take(session, question_id, take)
    told = {"question_id": str(question_id), "take": take}
    if found.state in (TranscriptState.READY, TranscriptState.EMPTY):
        return EventKind.TRANSCRIPT_READY, told
    if found.state in (TranscriptState.PARTIAL, TranscriptState.FAILED):
        missing = [{"epoch": item.epoch, "sequence": item.sequence} for item in found.missing]
        error_code = found.spoken.error_code if found.spoken else None
        return EventKind.TRANSCRIPT_FAILED, {**told, "missing": missing, "error_code": error_code}
    return None


def announce_take(session: Session, events: EventWriter, interview_id: UUID, question_id: UUID, take: int) -> None:
    """Tell the browser what `take_outcome` says. Called after each commit that may have completed the take."""
    if told := take_outcome(session, question_id, take):
        events.append(Stream.INTERVIEW, interview_id, *told)


def erase_audio_later(session: Session, interview_id: UUID) -> None:
    """Let a worker delete what audio may not, or no longer, be kept."""
    enqueue(session, ERASE_AUDIO, EraseAudio(interview_id=interview_id), subject_id=interview_id)


def last_sequence(session: Session, interview_id: UUID, epoch: int) -> int | None:
    """Return the number of a connection's newest segment; None: it has none."""
    return session.exec(
        select(func.max(SpeechSegment.sequence)).where(
            SpeechSegment.interview_id == interview_id, SpeechSegment.epoch == epoch
        )
    ).one()


def open_takes(session: Session, interview_id: UUID, *, before_epoch: int) -> Sequence[SpokenAnswer]:
    """Return the spoken answers that connections before this one left open, locked."""
    return session.exec(
        select(SpokenAnswer)
        .where(
            SpokenAnswer.interview_id == interview_id,
            col(SpokenAnswer.ended_at).is_(None),
            col(SpokenAnswer.recording).is_(None),
            SpokenAnswer.epoch < before_epoch,
        )
        .with_for_update()
    ).all()


def end_lost_takes(session: Session, interview_id: UUID, *, before_epoch: int) -> list[tuple[UUID, int]]:
    """End the spoken answers that connections before this one left open; return their questions and takes.

    Their connection, or the media server itself, is gone, so what is stored is all that will ever come of them.
    """
    rows = open_takes(session, interview_id, before_epoch=before_epoch)
    for row in rows:
        row.last_sequence = session.exec(
            select(func.max(SpeechSegment.sequence)).where(
                SpeechSegment.interview_id == interview_id,
                SpeechSegment.epoch == row.epoch,
                SpeechSegment.question_id == row.question_id,
                SpeechSegment.take == row.take,
            )
        ).one()
        row.end_reason = EndReason.LOST
        row.ended_at = session.exec(select(func.now())).one()
        session.add(row)
    session.flush()
    return [(row.question_id, row.take) for row in rows]
