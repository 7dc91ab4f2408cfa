"""The beginning of a segment that is not cut yet, kept so that a killed server loses a second of it and no more.

It is written anew each second and hardly ever read, so its samples are not compressed: they follow a line of JSON.
"""

import json
from dataclasses import asdict, dataclass
from uuid import UUID

import numpy as np
import structlog
from numpy.typing import NDArray
from sqlmodel import Session

from interview_core.db.interviews import current_consents
from interview_core.db.speech import add_segment, last_sequence
from interview_core.db.tables import ConsentPurpose, Interview, SpokenAnswer
from interview_core.errors import NotFound
from interview_core.speech import segment_key, uncut_key
from interview_core.storage import Storage, StorageUnavailable
from interview_media.entries import UncutHeard
from interview_media.flac import encode_flac
from interview_media.voice_activity import SAMPLE_RATE

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Uncut:
    """Where the samples belong."""

    take: int
    sequence: int
    start_ms: int

    def pack(self, pcm: NDArray[np.int16]) -> bytes:
        return json.dumps(asdict(self)).encode() + b"\n" + pcm.astype("<i2").tobytes()


def read_uncut(content: bytes) -> tuple[Uncut, NDArray[np.int16]]:
    """Return what `pack` packed.

    Raises:
        TypeError, ValueError: it is no such file.
    """
    head, _, samples = content.partition(b"\n")
    return Uncut(**json.loads(head)), np.frombuffer(samples, "<i2").astype(np.int16)


class UncutSpeech:
    """One file for each connection, which the next second replaces. No row names it, so that it goes by itself."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def keep(self, entry: UncutHeard) -> None:
        place, utterance = entry.place, entry.utterance
        uncut = Uncut(place.take, entry.sequence, utterance.start_ms)
        self._storage.put(uncut_key(place.interview_id, place.epoch), uncut.pack(utterance.pcm))

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
            uncut, pcm = read_uncut(self._storage.read(uncut_key(spoken.interview_id, spoken.epoch)))
        except (NotFound, TypeError, ValueError):
            return
        length_ms = len(pcm) * 1000 // SAMPLE_RATE
        known = last_sequence(session, spoken.interview_id, spoken.epoch)
        is_new = uncut.take == spoken.take and (known is None or uncut.sequence > known)
        may_hear = current_consents(session, spoken.interview_id)[ConsentPurpose.TRANSCRIPTION]
        if interview is not None and is_new and may_hear:
            key = segment_key(spoken.interview_id, spoken.epoch, uncut.sequence)
            self._storage.put(key, encode_flac(pcm))
            add_segment(
                session,
                interview_id=spoken.interview_id,
                epoch=spoken.epoch,
                sequence=uncut.sequence,
                question_id=spoken.question_id,
                take=uncut.take,
                audio=key,
                start_ms=uncut.start_ms,
                end_ms=uncut.start_ms + length_ms,
                language=interview.language,
            )
            log.info("uncut speech recovered", interview_id=str(interview.id), epoch=spoken.epoch, length_ms=length_ms)
        self.forget(spoken.interview_id, spoken.epoch)
