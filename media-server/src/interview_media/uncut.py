"""The beginning of a segment that is not cut yet, kept so that a killed server loses a second of it and no more."""

from uuid import UUID

import av
import structlog
from sqlmodel import Session

from interview_core.db.interviews import current_consents
from interview_core.db.speech import add_segment, last_sequence
from interview_core.db.tables import ConsentPurpose, Interview, SpokenAnswer
from interview_core.errors import NotFound
from interview_core.speech import segment_key, uncut_key
from interview_core.storage import Storage, StorageUnavailable
from interview_media.entries import UncutHeard
from interview_media.flac import encode_flac, read_flac

log = structlog.get_logger(__name__)


class UncutSpeech:
    """One file for each connection, which the next second replaces. No row names it, so that it goes by itself."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def keep(self, entry: UncutHeard) -> None:
        place, utterance = entry.place, entry.utterance
        content = encode_flac(utterance.pcm, sequence=entry.sequence, start_ms=utterance.start_ms, take=place.take)
        self._storage.put(uncut_key(place.interview_id, place.epoch), content)

    def forget(self, interview_id: UUID, epoch: int) -> None:
        try:
            self._storage.delete(uncut_key(interview_id, epoch))
        except StorageUnavailable:
            # The sweeper removes files that no row names.
            log.warning("uncut speech not removed", interview_id=str(interview_id))

    def recover(self, session: Session, spoken: SpokenAnswer) -> None:
        """Make what a lost take was last kept as its last segment, unless that was stored whole, or is not allowed."""
        interview = session.get(Interview, spoken.interview_id)
        try:
            content = self._storage.read(uncut_key(spoken.interview_id, spoken.epoch))
            length_ms, tags = read_flac(content)
            sequence, start_ms, take = tags["sequence"], tags["start_ms"], tags["take"]
        except (NotFound, KeyError, ValueError, av.FFmpegError):
            return
        known = last_sequence(session, spoken.interview_id, spoken.epoch)
        is_new = take == spoken.take and (known is None or sequence > known)
        may_hear = current_consents(session, spoken.interview_id)[ConsentPurpose.TRANSCRIPTION]
        if interview is not None and is_new and may_hear:
            key = segment_key(spoken.interview_id, spoken.epoch, sequence)
            self._storage.put(key, content)
            add_segment(
                session,
                interview_id=spoken.interview_id,
                epoch=spoken.epoch,
                sequence=sequence,
                question_id=spoken.question_id,
                take=take,
                audio=key,
                start_ms=start_ms,
                end_ms=start_ms + length_ms,
                language=interview.language,
            )
            log.info("uncut speech recovered", interview_id=str(interview.id), epoch=spoken.epoch, length_ms=length_ms)
        self.forget(spoken.interview_id, spoken.epoch)
