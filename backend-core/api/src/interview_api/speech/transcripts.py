"""Transcripts of spoken answers, and what becomes of one when it is submitted."""

from uuid import UUID

from sqlmodel import Session

from interview_api.interviews.schemas import SubmitAnswer
from interview_api.interviews.service import get_interview
from interview_api.speech import schemas
from interview_api.speech.corrections import edits_between
from interview_api.speech.spoken_text import SpokenText
from interview_core.db.speech import load_take, newest_take
from interview_core.db.tables import AnswerSource, Question, SegmentState, SpeechSegment
from interview_core.errors import Conflict, InvalidInput, NotFound
from interview_core.speech import SegmentId, Take, TranscriptState

_POOR_SHARE = 0.5
_ENDED = (TranscriptState.READY, TranscriptState.EMPTY)


def get_question(session: Session, user_id: UUID, interview_id: UUID, question_id: UUID) -> Question:
    """Return a question of the user's interview, or raise NotFound."""
    get_interview(session, user_id, interview_id)
    question = session.get(Question, question_id)
    if question is None or question.interview_id != interview_id:
        raise NotFound("There is no such question in this interview.", code="QUESTION_NOT_FOUND")
    return question


def read_transcript(session: Session, question: Question, *, doubtful_below: float) -> schemas.Transcript:
    """Return what was heard of the newest take."""
    number = newest_take(session, question.id)
    take = load_take(session, question.id, number) if number is not None else Take(None, (), ())
    poor = _poor_reason(take, doubtful_below)
    return schemas.Transcript(
        state=take.state,
        take=number,
        text=take.text,
        segments=[_view(row, doubtful_below) for row in take.segments],
        missing=[schemas.SegmentRef(epoch=item.epoch, sequence=item.sequence) for item in take.missing],
        is_too_poor=poor is not None,
        poor_reason=poor,
        end_reason=take.spoken.end_reason if take.spoken else None,
        error_code=take.spoken.error_code if take.spoken else None,
    )


def _view(row: SpeechSegment, doubtful_below: float) -> schemas.Segment:
    words = [schemas.SpokenWord(**word, is_doubtful=word["probability"] < doubtful_below) for word in row.words]
    return schemas.Segment(
        epoch=row.epoch,
        sequence=row.sequence,
        state=row.state,
        start_ms=row.start_ms,
        end_ms=row.end_ms,
        text=row.text,
        words=words,
    )


def _poor_reason(take: Take, doubtful_below: float) -> schemas.PoorReason | None:
    spoken = len(take.segments) + len(take.lost)
    if spoken and len(take.missing) / spoken >= _POOR_SHARE:
        return schemas.PoorReason.INCOMPLETE
    words = [word for row in take.segments for word in row.words]
    doubtful = sum(word["probability"] < doubtful_below for word in words)
    return schemas.PoorReason.UNCLEAR if words and doubtful / len(words) > _POOR_SHARE else None


def find_spoken_text(session: Session, user_id: UUID, interview_id: UUID, body: SubmitAnswer) -> SpokenText | None:
    """Return what an answer, the transcript as the candidate corrected it, keeps of having been spoken; None: typed.

    Raises:
        InvalidInput: no take is named.
        NotFound: nothing was spoken in this take.
        Conflict: TAKE_SUPERSEDED; TRANSCRIPT_PENDING while parts are missing that the candidate does not do without.
    """
    if body.source is AnswerSource.TEXT:
        return None
    number, question_id = body.take, get_question(session, user_id, interview_id, body.question_id).id
    if number is None:
        raise InvalidInput("A spoken answer names its take; see GET …/transcript.")
    take = load_take(session, question_id, number)
    if take.state is TranscriptState.NONE:
        raise NotFound("Nothing was spoken in this take.", code="TRANSCRIPT_NOT_FOUND")
    if number != newest_take(session, question_id):
        raise Conflict("A newer attempt to answer has been spoken.", code="TAKE_SUPERSEDED")
    if take.state not in _ENDED and not body.accept_missing:
        raise Conflict(
            "Parts of the answer are not written down; wait for them, or send `accept_missing`.",
            code="TRANSCRIPT_PENDING",
        )
    pending = [SegmentId(row.epoch, row.sequence) for row in take.segments if row.state is SegmentState.PENDING]
    return SpokenText(number, take.text, edits_between(take.text, body.text), sorted([*take.missing, *pending]))
