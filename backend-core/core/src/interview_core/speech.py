"""Spoken answers: what was said, in which take, and whether all of it is written down. Functions of rows alone."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from interview_core.db.tables import Language, SegmentState, SpeechSegment, SpokenAnswer

MAX_SEGMENT_MS = 28_000
"""Whisper hears half a minute at once; the rest is room for the silence round a segment."""

SEGMENTS_FOLDER, RECORDINGS_FOLDER, BASELINES_FOLDER, QUESTIONS_FOLDER = "speech", "recordings", "baselines", "spoken"
AUDIO_FOLDERS = (SEGMENTS_FOLDER, RECORDINGS_FOLDER, BASELINES_FOLDER, QUESTIONS_FOLDER)
"""In each, an interview's files are in a folder of its id."""


UNCUT = "uncut.pcm"


def segment_key(interview_id: UUID, epoch: int, sequence: int, extension: str = "flac") -> str:
    """Return the StorageKey of a segment's audio."""
    return f"{SEGMENTS_FOLDER}/{interview_id}/{epoch}/{sequence:06d}.{extension}"


def uncut_key(interview_id: UUID, epoch: int) -> str:
    """Return the StorageKey of what a connection's answer has been since its last segment."""
    return f"{SEGMENTS_FOLDER}/{interview_id}/{epoch}/{UNCUT}"


def count_units(text: str, language: str) -> int:
    """Return what speaking rate counts: syllables in Korean, whose writing shows them, and words elsewhere."""
    if language == Language.KOREAN:
        return sum("가" <= letter <= "힣" or letter.isdecimal() for letter in text)
    return sum(any(letter.isalnum() for letter in word) for word in text.split())


class TranscriptState(StrEnum):
    NONE = "none"
    LISTENING = "listening"
    PENDING = "pending"
    READY = "ready"
    EMPTY = "empty"
    PARTIAL = "partial"
    FAILED = "failed"


@dataclass(frozen=True, order=True)
class SegmentId:
    epoch: int
    sequence: int


@dataclass(frozen=True)
class Take:
    """One attempt to answer, as far as it is known."""

    spoken: SpokenAnswer | None
    segments: tuple[SpeechSegment, ...]
    """In the order in which they were said."""
    lost: tuple[SegmentId, ...]
    """Segments that were announced and of which nothing arrived."""

    @property
    def state(self) -> TranscriptState:
        if self.spoken is None and not self.segments:
            return TranscriptState.NONE
        if self.spoken is not None and self.spoken.error_code is not None:
            return TranscriptState.FAILED
        if self.spoken is None or self.spoken.ended_at is None:
            is_uploaded = self.spoken is not None and self.spoken.recording is not None
            return TranscriptState.PENDING if is_uploaded else TranscriptState.LISTENING
        return self._state_when_ended()

    def _state_when_ended(self) -> TranscriptState:
        if any(segment.state is SegmentState.PENDING for segment in self.segments):
            return TranscriptState.PENDING
        if not self.missing:
            return TranscriptState.READY if self.text else TranscriptState.EMPTY
        return TranscriptState.PARTIAL if self.text else TranscriptState.FAILED

    @property
    def missing(self) -> list[SegmentId]:
        """Segments that are spoken and will not be in the transcript."""
        unheard = (SegmentState.FAILED, SegmentState.CANCELLED)
        failed = [SegmentId(row.epoch, row.sequence) for row in self.segments if row.state in unheard]
        return sorted([*failed, *self.lost])

    @property
    def text(self) -> str:
        return " ".join(row.text for row in self.segments if row.text)


def gather_take(spoken: SpokenAnswer | None, segments: Iterable[SpeechSegment], question_id: UUID, take: int) -> Take:
    """Return a take from its end, its segments, and all others of the connection in which it ended.

    Sequences count through a connection whatever question they answer, so a hole before the take's last one is a
    segment of which nothing arrived.
    """
    rows = sorted(segments, key=lambda row: (row.epoch, row.sequence))
    own = tuple(row for row in rows if row.question_id == question_id and row.take == take)
    if spoken is None or spoken.last_sequence is None:
        return Take(spoken, own, ())
    return Take(spoken, own, _holes(spoken.epoch, spoken.last_sequence, rows, own))


def _holes(
    epoch: int, last_sequence: int, rows: Sequence[SpeechSegment], own: Sequence[SpeechSegment]
) -> tuple[SegmentId, ...]:
    arrived = {row.sequence for row in rows if row.epoch == epoch}
    mine = {row.sequence for row in own if row.epoch == epoch}
    first = max((sequence for sequence in arrived - mine if sequence <= last_sequence), default=-1) + 1
    return tuple(SegmentId(epoch, sequence) for sequence in range(first, last_sequence + 1) if sequence not in arrived)
