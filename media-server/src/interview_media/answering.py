"""The voice of one connection: from sound and the page's wishes to stored answers and what the page is told."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, Protocol
from uuid import UUID

from interview_core.db.tables import EndReason
from interview_media.audio import AudioChunk
from interview_media.control import AnswerEnd, AnswerStart, ErrorCode, Moment, Notice
from interview_media.end_of_turn import Adviser
from interview_media.entries import Entry, Place, SegmentHeard, TakeBegun, TakeEnded, UncutHeard
from interview_media.segmenting import Segmenter, Utterance
from interview_media.speaking import Change, SpeakingDetector
from interview_media.turns import BargeIn, Paused, Speaking, Turn, TurnEvent, TurnOver, Undecided
from interview_media.voice_activity import SAMPLE_RATE

DRAIN_S = 0.4
"""A message overtakes the sound that was made before it by about 0.2 s; this is the longest wait for it."""

_DRAINED = SAMPLE_RATE // 4
_FLUSH_S = 0.3
ENDED_LIMIT_S = 10
"""The page is told after this time that the answer has ended, though it is not stored yet."""

_UNCUT_EVERY = SAMPLE_RATE
"""So often what is not cut yet is kept, for the case that this process is killed."""

Tell = Callable[..., None]


class Writer(Protocol):
    def put(self, entry: Entry) -> None: ...


class Answering:
    """What is heard in a connection. `tell(type, **fields)` sends the page a message."""

    def __init__(
        self,
        place_of: Callable[[UUID, int], Place],
        turn: Turn,
        segmenter: Segmenter,
        writer: Writer,
        tell: Tell,
        flush: Callable[[], None],
        adviser: Adviser,
    ) -> None:
        self._place_of = place_of
        self._turn = turn
        self._segmenter = segmenter
        self._writer = writer
        self._tell = tell
        self._flush = flush
        self._adviser = adviser
        self._speaking = SpeakingDetector()
        self._clock = 0
        self._sequence = 0
        self._open: Place | None = None
        self._last_sequence: int | None = None
        self._kept_to = 0
        self._drained_at: int | None = None
        self._timers: list[asyncio.TimerHandle] = []
        self._untold: dict[tuple[UUID, int], tuple[asyncio.TimerHandle, dict[str, Any]]] = {}

    @property
    def is_open(self) -> bool:
        return self._open is not None

    def hear(self, chunk: AudioChunk) -> None:
        """Take the next chunk."""
        changes: list[Change] = []
        if chunk.start != self._clock:
            changes += self._speaking.stop(self._clock)
        changes += self._speaking.hear(chunk.voiced_from, chunk.voices.tolist())
        self._clock = chunk.end
        self._store(self._segmenter.hear(chunk, changes))
        self._keep_uncut()
        self._adviser.hear(chunk)
        for event in self._turn.hear(changes, _ms(self._clock)):
            self._tell_event(event)
        if self._drained_at is not None and self._clock >= self._drained_at:
            self._finish(EndReason.BUTTON)

    def start(self, command: AnswerStart) -> None:
        """Begin an answer; to begin the one that is open again changes nothing."""
        if self._drained_at is not None:
            self._finish(EndReason.BUTTON)
        if self._open is not None:
            if (self._open.question_id, self._open.take) != (command.question_id, command.take):
                self._tell("error", code=ErrorCode.ANSWER_OPEN)
            return
        self._open = self._place_of(command.question_id, command.take)
        self._last_sequence = None
        self._writer.put(TakeBegun(self._open))
        self._turn.begin(_ms(self._clock))
        self._segmenter.begin(self._speaking.speaking_since)
        self._adviser.begin(self._clock)

    def end(self, command: AnswerEnd) -> None:
        """End the answer as soon as everything that was said before is here."""
        if self._open is None or self._open.question_id != command.question_id:
            self._tell("error", code=ErrorCode.ANSWER_NOT_OPEN)
            return
        if self._drained_at is not None:
            return
        self._drained_at = self._clock + _DRAINED
        loop = asyncio.get_running_loop()
        self._timers = [
            loop.call_later(_FLUSH_S, self._flush),
            loop.call_later(DRAIN_S, self._finish, EndReason.BUTTON),
        ]

    def wait(self, command: Moment) -> None:
        self._turn.wait(_ms(self._clock) + command.seconds * 1000)

    def set_playing(self, is_playing: bool) -> None:
        self._turn.set_playing(is_playing)

    def lose(self) -> None:
        """The connection is gone: keep what was said, and say that it broke off."""
        self._finish(EndReason.LOST)
        self._adviser.forget()
        for timer, _ in self._untold.values():
            timer.cancel()
        self._untold.clear()

    def forbid(self) -> None:
        """The candidate withdrew: drop what is not stored yet and hear no more of this answer."""
        self._cancel_timers()
        self._segmenter.drop()
        self._adviser.forget()
        self._turn.finish()
        if self._open is not None:
            self._writer.put(TakeEnded(self._open, self._last_sequence, EndReason.LOST))
            self._open = None
            self._tell("error", code=ErrorCode.TRANSCRIPTION_NOT_ALLOWED)

    def stored(self, entry: Entry) -> None:
        """An entry is kept for good."""
        place = entry.place
        if isinstance(entry, SegmentHeard):
            self._tell("segment", question_id=place.question_id, take=place.take, sequence=entry.sequence)
        if isinstance(entry, TakeEnded):
            self._tell_ended(place)

    def not_stored(self, entry: Entry, code: ErrorCode) -> None:
        """An entry is given up."""
        if isinstance(entry, TakeEnded):
            self._tell_ended(entry.place)
        elif code is ErrorCode.QUESTION_NOT_FOUND:
            if entry.place == self._open:
                self._open = None
                self._segmenter.drop()
                self._turn.finish()
                self._tell("error", code=code)
        else:
            self._tell("notice", code=Notice.AUDIO_GAPS)

    def _finish(self, reason: EndReason) -> None:
        self._cancel_timers()
        place = self._open
        if place is None:
            return
        self._store(self._segmenter.finish())
        self._turn.finish()
        self._open = None
        ended = {
            "question_id": place.question_id,
            "take": place.take,
            "epoch": place.epoch,
            "last_sequence": self._last_sequence,
            "reason": reason.value,
        }
        timer = asyncio.get_running_loop().call_later(ENDED_LIMIT_S, self._tell_ended, place)
        self._untold[(place.question_id, place.take)] = timer, ended
        self._writer.put(TakeEnded(place, self._last_sequence, reason))

    def _tell_ended(self, place: Place) -> None:
        timer, ended = self._untold.pop((place.question_id, place.take), (None, None))
        if timer is not None and ended is not None:
            timer.cancel()
            self._tell("answer.ended", **ended)

    def _cancel_timers(self) -> None:
        self._drained_at = None
        for timer in self._timers:
            timer.cancel()
        self._timers = []

    def _store(self, utterances: Sequence[Utterance]) -> None:
        if self._open is None:
            return
        for utterance in utterances:
            self._writer.put(SegmentHeard(self._open, self._sequence, utterance))
            self._last_sequence = self._sequence
            self._sequence += 1

    def _keep_uncut(self) -> None:
        if self._open is None or self._clock < self._kept_to + _UNCUT_EVERY:
            return
        if uncut := self._segmenter.uncut():
            self._kept_to = self._clock
            self._writer.put(UncutHeard(self._open, self._sequence, uncut))

    def _tell_event(self, event: TurnEvent) -> None:
        match event:
            case Speaking():
                self._adviser.stop()
                self._tell("speaking", is_speaking=event.is_speaking, is_backchannel=event.is_backchannel)
            case Paused():
                self._tell("pause", silence_ms=event.silence_ms)
            case BargeIn():
                self._tell("barge_in")
            case TurnOver():
                self._finish(EndReason.SILENCE)
            case Undecided():
                self._adviser.ask(event.silent_since_ms, self._clock)


def _ms(position: int) -> int:
    return position * 1000 // SAMPLE_RATE
