"""The messages of the data channel `ctl`: what a page may say, and what it is told. All else is a typed error."""

import json
import time
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

LABEL = "ctl"
MAX_BYTES = 4096
MAX_PER_S = 50
MAX_BAD_IN_A_ROW = 3
MAX_MOMENT_S = 120


class ErrorCode(StrEnum):
    """What is wrong with a message, or cannot be done."""

    MESSAGE_INVALID = "MESSAGE_INVALID"
    MESSAGE_TOO_LARGE = "MESSAGE_TOO_LARGE"
    TOO_MANY_MESSAGES = "TOO_MANY_MESSAGES"
    ANSWER_OPEN = "ANSWER_OPEN"
    ANSWER_NOT_OPEN = "ANSWER_NOT_OPEN"
    TRANSCRIPTION_NOT_ALLOWED = "TRANSCRIPTION_NOT_ALLOWED"
    QUESTION_NOT_FOUND = "QUESTION_NOT_FOUND"
    STORAGE_UNAVAILABLE = "STORAGE_UNAVAILABLE"


class Notice(StrEnum):
    """What the page should know or do; the video steps are rungs of the ladder."""

    VIDEO_FULL = "video_full"
    VIDEO_REDUCED = "video_reduced"
    VIDEO_KEY_FRAMES = "video_key_frames"
    VIDEO_OFF = "video_off"
    AUDIO_GAPS = "audio_gaps"
    SERVER_BUSY = "server_busy"


class _Message(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


_Id = Annotated[UUID, Field(strict=False)]


class AnswerStart(_Message):
    type: Literal["answer.start"]
    question_id: _Id
    take: int = Field(ge=1, le=1000)


class AnswerEnd(_Message):
    type: Literal["answer.end"]
    question_id: _Id


class Moment(_Message):
    """A pause for thought."""

    type: Literal["moment"]
    seconds: int = Field(ge=1, le=MAX_MOMENT_S)


class ConsentsNow(_Message):
    """What is still allowed; it can only take away."""

    type: Literal["consent"]
    transcription: bool
    recording: bool
    emotion: bool


class Playing(_Message):
    type: Literal["playing"]
    is_playing: bool


class Ping(_Message):
    type: Literal["ping"]
    at: Annotated[float, Field(allow_inf_nan=False)]


Command = AnswerStart | AnswerEnd | Moment | ConsentsNow | Playing | Ping
_COMMANDS: TypeAdapter[Command] = TypeAdapter(Annotated[Command, Field(discriminator="type")])


class BadMessage(Exception):
    """A message that is refused; `is_last` when the channel is to be closed for it."""

    def __init__(self, code: ErrorCode, *, is_last: bool) -> None:
        super().__init__(code.value)
        self.code = code
        self.is_last = is_last


class Inbox:
    """Reads one channel's messages. Three bad ones in a row are the last."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._second = 0
        self._in_second = 0
        self._bad = 0

    def read(self, message: str | bytes) -> Command:
        """Return what the message says.

        Raises:
            BadMessage: it is too long, one too many in this second, or nothing that a page may say.
        """
        problem = self._measure(message)
        if problem is None:
            try:
                command = _COMMANDS.validate_json(message)
            except ValidationError:
                problem = ErrorCode.MESSAGE_INVALID
            else:
                self._bad = 0
                return command
        self._bad += 1
        raise BadMessage(problem, is_last=self._bad >= MAX_BAD_IN_A_ROW)

    def _measure(self, message: str | bytes) -> ErrorCode | None:
        second = int(self._clock())
        if second != self._second:
            self._second, self._in_second = second, 0
        self._in_second += 1
        if self._in_second > MAX_PER_S:
            return ErrorCode.TOO_MANY_MESSAGES
        if len(message) > MAX_BYTES or len(message.encode() if isinstance(message, str) else message) > MAX_BYTES:
            return ErrorCode.MESSAGE_TOO_LARGE
        return ErrorCode.MESSAGE_INVALID if isinstance(message, bytes) else None


def write(kind: str, fields: Mapping[str, Any]) -> str:
    """Return a message to the page."""
    return json.dumps({"type": kind, **fields}, default=str)
