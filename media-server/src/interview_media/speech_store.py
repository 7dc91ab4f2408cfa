"""Puts what was said into storage and into the database, with the job that writes it down. Works on threads."""

from typing import Protocol
from uuid import UUID

from sqlmodel import Session, select

from interview_core.db.engine import SessionFactory
from interview_core.db.interviews import pause_absent
from interview_core.db.questions import patience_of
from interview_core.db.speech import add_segment, announce_take, end_lost_takes, end_take, open_takes, start_take
from interview_core.db.tables import Interview, Question
from interview_core.errors import NotFound
from interview_core.scenario import Patience
from interview_core.speech import segment_key
from interview_core.storage import Storage
from interview_core.streams import EventWriter
from interview_media.entries import Entry, Place, SegmentHeard, TakeBegun, TakeEnded, UncutHeard
from interview_media.flac import encode_flac
from interview_media.uncut import UncutSpeech


class SpeechStore(Protocol):
    """Keeps entries for good."""

    def keep(self, entry: Entry) -> None:
        """Store an entry; a second time changes nothing.

        Raises:
            NotFound: the question is not, or no longer, one of the interview.
            Unavailable, SQLAlchemyError: not now; try again.
        """

    def patience_for(self, place: Place) -> Patience | None:
        """Return how long silence lasts in an answer to this question; None when there is no such question."""

    def end_lost(self, interview_id: UUID, epoch: int) -> None:
        """Mark what connections before `epoch` have left open, because they or this server broke off.

        What was kept of them uncut becomes their last segment.
        """

    def pause(self, interview_id: UUID, absent_s: float) -> bool:
        """Pause an interview in which nothing has happened for so long; tell whether it was."""


class DurableSpeechStore:
    """Storage first, then row and job in one transaction: what has a row has its audio."""

    def __init__(self, storage: Storage, sessions: SessionFactory, events: EventWriter) -> None:
        self._storage = storage
        self._sessions = sessions
        self._events = events
        self._uncut = UncutSpeech(storage)

    def keep(self, entry: Entry) -> None:
        if isinstance(entry, UncutHeard):
            self._uncut.keep(entry)
            return
        key = self._store_audio(entry) if isinstance(entry, SegmentHeard) else None
        with self._sessions() as session:
            _require_question(session, entry.place)
            self._write(session, entry, key)
            session.commit()
            if isinstance(entry, TakeEnded):
                place = entry.place
                announce_take(session, self._events, place.interview_id, place.question_id, place.take)
        if isinstance(entry, TakeEnded):
            self._uncut.forget(entry.place.interview_id, entry.place.epoch)

    def end_lost(self, interview_id: UUID, epoch: int) -> None:
        with self._sessions() as session:
            for spoken in open_takes(session, interview_id, before_epoch=epoch):
                self._uncut.recover(session, spoken)
            lost = end_lost_takes(session, interview_id, before_epoch=epoch)
            session.commit()
            for question_id, take in lost:
                announce_take(session, self._events, interview_id, question_id, take)

    def patience_for(self, place: Place) -> Patience | None:
        with self._sessions() as session:
            interview, question = session.get(Interview, place.interview_id), session.get(Question, place.question_id)
            if interview is None or question is None or question.interview_id != place.interview_id:
                return None
            return patience_of(interview, question)

    def pause(self, interview_id: UUID, absent_s: float) -> bool:
        with self._sessions() as session:
            return pause_absent(session, interview_id, absent_s)

    def _store_audio(self, entry: SegmentHeard) -> str:
        place = entry.place
        key = segment_key(place.interview_id, place.epoch, entry.sequence)
        self._storage.put(key, encode_flac(entry.utterance.pcm))
        return key

    def _write(self, session: Session, entry: Entry, key: str | None) -> None:
        place = entry.place
        where = (session, place.interview_id, place.question_id, place.take, place.epoch)
        if isinstance(entry, TakeBegun):
            start_take(*where)
        elif isinstance(entry, TakeEnded):
            end_take(*where, last_sequence=entry.last_sequence, reason=entry.reason)
        elif key is not None:
            add_segment(
                session,
                interview_id=place.interview_id,
                epoch=place.epoch,
                sequence=entry.sequence,
                question_id=place.question_id,
                take=place.take,
                audio=key,
                start_ms=entry.utterance.start_ms,
                end_ms=entry.utterance.end_ms,
                language=place.language,
            )


def _require_question(session: Session, place: Place) -> None:
    """The page names the question, so it may be another candidate's."""
    wanted = select(Question.id).where(Question.id == place.question_id, Question.interview_id == place.interview_id)
    if session.exec(wanted).one_or_none() is None:
        raise NotFound("The interview has no such question.", code="QUESTION_NOT_FOUND")
