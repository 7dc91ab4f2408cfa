"""What one connection's speech is made of, on its way to the store."""

from dataclasses import dataclass
from uuid import UUID

from interview_core.db.tables import EndReason, Language
from interview_media.segmenting import Utterance


@dataclass(frozen=True, slots=True)
class Place:
    """Whose words they are: a take of an answer, in one connection."""

    interview_id: UUID
    epoch: int
    language: Language
    question_id: UUID
    take: int


@dataclass(frozen=True, slots=True)
class TakeBegun:
    place: Place


@dataclass(frozen=True, slots=True)
class SegmentHeard:
    place: Place
    sequence: int
    utterance: Utterance


@dataclass(frozen=True, slots=True)
class UncutHeard:
    """What the segment with this sequence will begin with; kept for a while, and worth no second try."""

    place: Place
    sequence: int
    utterance: Utterance


@dataclass(frozen=True, slots=True)
class TakeEnded:
    place: Place
    last_sequence: int | None
    reason: EndReason


Entry = TakeBegun | SegmentHeard | UncutHeard | TakeEnded
