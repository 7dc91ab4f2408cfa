"""Bodies of the routes about speech."""

from enum import StrEnum
from typing import Literal, Self
from uuid import UUID

from pydantic import BaseModel, Field

from interview_core.db.tables import BaselineState, EndReason, SegmentState
from interview_core.speech import TranscriptState


class SpokenWord(BaseModel):
    text: str
    start_ms: int = Field(description="On the clock of its connection (`epoch`).")
    end_ms: int
    probability: float = Field(description="How sure the recogniser is, 0 to 1.")
    is_doubtful: bool = Field(description="To be marked: the recogniser is not sure.")


class Segment(BaseModel):
    epoch: int
    sequence: int
    state: SegmentState
    start_ms: int
    end_ms: int
    text: str | None = Field(description="Null until it is written down.")
    words: list[SpokenWord]


class SegmentRef(BaseModel):
    epoch: int
    sequence: int


class PoorReason(StrEnum):
    UNCLEAR = "unclear"
    """The recogniser is not sure of most words."""
    INCOMPLETE = "incomplete"
    """Half of what was spoken, or more, is missing."""


class Transcript(BaseModel):
    """What was heard of the newest take of an answer."""

    state: TranscriptState
    take: int | None = Field(description="To be sent with the answer; a new attempt has the next number.")
    text: str
    segments: list[Segment]
    missing: list[SegmentRef] = Field(description="Parts that were spoken and will not be in the transcript.")
    is_too_poor: bool = Field(description="Whether judging it would judge the recogniser rather than the answer.")
    poor_reason: PoorReason | None
    end_reason: EndReason | None
    error_code: str | None = Field(description="Why a recording could not be used.")


class RecordingAccepted(BaseModel):
    take: int


class Baseline(BaseModel):
    state: BaselineState
    error_code: str | None = Field(description="NO_SPEECH, or why the recording could not be used.")
    has_rate: bool = Field(description="Whether speaking rate can be compared; without a recogniser it cannot.")


class Unmeasured(StrEnum):
    NO_SPEECH = "no_speech"
    TOO_SHORT = "too_short"
    NO_WORDS = "no_words"
    NO_VOICE = "no_voice"
    """Speech without pitch, such as a whisper."""
    NO_BASELINE = "no_baseline"
    """There is a value, and nothing of the same speaker to compare it with."""


class VoiceChange(StrEnum):
    SLOWER = "slower"
    FASTER = "faster"
    FLATTER = "flatter"
    LIVELIER = "livelier"
    SIMILAR = "similar"


class Measure(BaseModel):
    """A figure beside the same speaker's at the device check."""

    value: float | None
    baseline: float | None
    comparison: VoiceChange | None
    reason: Unmeasured | None = Field(description="Why something is absent.")

    @classmethod
    def absent(cls, reason: Unmeasured) -> Self:
        return cls(value=None, baseline=None, comparison=None, reason=reason)


class Stretch(BaseModel):
    epoch: int
    start_ms: int
    end_ms: int


class Pauses(BaseModel):
    count: int
    long_count: int = Field(description="Of two seconds and more.")
    longest_ms: int
    total_ms: int
    share: float = Field(description="Of the time between first and last word, 0 to 1.")
    items: list[Stretch]


class FillerCount(BaseModel):
    text: str
    kind: Literal["hesitation", "habit"]
    count: int


class Fillers(BaseModel):
    count: int = Field(description="At least: a recogniser leaves many of them out.")
    per_100_words: float
    words: list[FillerCount]


class RatePoint(Stretch):
    rate: float | None


class SpokenDelivery(BaseModel):
    """How something was spoken. The microphone's level and the height of a voice change nothing of it."""

    speech_ms: int
    rate: Measure = Field(description="Syllables a minute in Korean, words a minute in English, pauses left out.")
    pitch_range: Measure = Field(description="Semitones round the speaker's own median.")
    loudness_range: Measure = Field(description="Decibels between loud and soft speech.")
    fade_db: float | None = Field(description="How much louder the end of a stretch is than its beginning.")
    pauses: Pauses | None
    fillers: Fillers | None
    timeline: list[RatePoint]


class AnswerDelivery(BaseModel):
    question_id: UUID
    position: int
    take: int
    spoken: SpokenDelivery


class NoPicture(StrEnum):
    NOT_ALLOWED = "not_allowed"
    """Without consent, in an assessment, or where the installation does not look at pictures."""
    NO_FRAMES = "no_frames"


class Lighting(StrEnum):
    DARK = "dark"
    DIM = "dim"
    GOOD = "good"
    BRIGHT = "bright"


class EmotionPoint(BaseModel):
    epoch: int
    start_ms: int
    end_ms: int
    shares: dict[str, float] = Field(description="Of each expression that the network names, 0 to 1.")


class Observables(BaseModel):
    """What can be counted in pictures."""

    frames: int
    face_share: float = Field(description="Frames with a face, 0 to 1.")
    facing_share: float | None = Field(
        description="Of the frames with a face, those that show it from the front, as when looking at the screen. Null:"
        " no face was seen."
    )
    luminance: float | None = Field(description="Mean brightness, 0 to 255.")
    lighting: Lighting | None


class PictureDelivery(Observables):
    emotion: list[EmotionPoint] = Field(
        description="What a network says about expressions, in steps of ten seconds. It sees a face and no feeling."
    )


class Coaching(BaseModel):
    """Coaching on how answers were given, for the candidate alone."""

    is_scored: Literal[False] = Field(default=False, description="None of this is part of any score.")
    baseline: Baseline | None = Field(description="Null: there was no device check with a voice.")
    overall: SpokenDelivery | None = Field(description="Null: nothing was spoken.")
    answers: list[AnswerDelivery]
    no_picture: NoPicture | None


class Delivery(Coaching):
    picture: PictureDelivery | None


class ExportedDelivery(Coaching):
    """The coaching without what was said about expressions.

    A file can be handed on, and no withdrawal reaches it; expressions are for the candidate alone.
    """

    picture: Observables | None
