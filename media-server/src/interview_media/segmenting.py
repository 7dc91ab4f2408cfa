"""Cuts an answer into segments at its pauses. Pure; positions are samples of 16 kHz.

A segment begins a little before the voice and ends a little after it. Short ones are written down soon; long ones cost
the recogniser less, since it works through half a minute however little is said: that is what `soft_s` balances.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from interview_media.audio import AudioChunk
from interview_media.sound import Sound
from interview_media.speaking import IS_SILENCE, Change
from interview_media.voice_activity import FRAME, SAMPLE_RATE

MAX_SEGMENT_S = 28
"""The recogniser's window is 30 s."""

_PRE_ROLL = SAMPLE_RATE * 300 // 1000
_POST_ROLL = SAMPLE_RATE * 200 // 1000
_PAUSE = SAMPLE_RATE * 700 // 1000
_SHORT_PAUSE = SAMPLE_RATE * 190 // 1000
_KEPT = SAMPLE_RATE * 2
_SEARCHED = SAMPLE_RATE * 3


@dataclass(frozen=True, slots=True)
class Utterance:
    """A stretch of an answer: where it lies on the connection's clock, and its sound."""

    start: int
    pcm: NDArray[np.int16]

    @property
    def start_ms(self) -> int:
        return self.start * 1000 // SAMPLE_RATE

    @property
    def end_ms(self) -> int:
        return (self.start + len(self.pcm)) * 1000 // SAMPLE_RATE


class Segmenter:
    """Takes every chunk of a connection, and gives utterances while an answer is open."""

    def __init__(self, soft_s: float, max_s: float) -> None:
        self._soft = int(soft_s * SAMPLE_RATE)
        self._max = int(min(max_s, MAX_SEGMENT_S) * SAMPLE_RATE)
        self._sound = Sound()
        self._is_open = False
        self._not_before = 0
        """Where the last utterance ended: nothing is in two of them."""
        self._start: int | None = None
        self._voice_end = 0
        self._voices: list[tuple[int, float]] = []

    @property
    def is_open(self) -> bool:
        return self._is_open

    def begin(self, speaking_since: int | None) -> None:
        """An answer begins, with the voice that is being heard if there is one."""
        self._is_open = True
        if speaking_since is not None:
            self._begin_utterance(max(speaking_since, self._sound.end - _KEPT))
            self._voice_end = self._sound.end

    def finish(self) -> list[Utterance]:
        """The answer is over: return what is left of it."""
        self._is_open = False
        return self._close(min(self._voice_end + _POST_ROLL, self._sound.end), is_going_on=False)

    def uncut(self) -> Utterance | None:
        """Return what would be lost if nothing more were heard; None while there is no voice in it."""
        if self._start is None or self._voice_end <= self._start:
            return None
        return Utterance(self._start, self._sound.take(self._start, self._sound.end))

    def drop(self) -> None:
        """Forget the answer and everything that was heard."""
        self._is_open = False
        self._start = None
        self._voices.clear()
        self._sound = Sound()

    def hear(self, chunk: AudioChunk, changes: Iterable[Change]) -> list[Utterance]:
        """Return the utterances that are complete with this chunk."""
        utterances = self._close(self._sound.end, is_going_on=False) if chunk.start != self._sound.end else []
        self._sound.add(chunk)
        for change in changes:
            if self._is_open and change.is_speaking and self._start is None:
                self._begin_utterance(change.at)
        if self._start is not None:
            utterances += self._judge(chunk)
        self._sound.drop_before(self._start if self._start is not None else chunk.end - _KEPT - _PRE_ROLL)
        return utterances

    def _begin_utterance(self, voice_at: int) -> None:
        self._start = max(self._not_before, voice_at - _PRE_ROLL, 0)
        self._voice_end = voice_at
        self._voices = []

    def _judge(self, chunk: AudioChunk) -> list[Utterance]:
        utterances = []
        for number, voice in enumerate(chunk.voices):
            begin = chunk.voiced_from + number * FRAME
            self._voices.append((begin, float(voice)))
            if voice >= IS_SILENCE:
                self._voice_end = begin + FRAME
            cut = self._cut_at(begin + FRAME)
            if cut is not None:
                utterances += self._close(*cut)
        return utterances

    def _cut_at(self, now: int) -> tuple[int, bool] | None:
        """Return where to cut, and whether the voice goes on there; None: nowhere yet."""
        if self._start is None:
            return None
        pause, length = now - self._voice_end, now - self._start
        if pause >= _PAUSE:
            return self._voice_end + _POST_ROLL, False
        if length >= self._soft and pause >= _SHORT_PAUSE:
            return self._voice_end + pause // 2, True
        if length >= self._max:
            return self._quietest(now), True
        return None

    def _quietest(self, now: int) -> int:
        """Return the end of the frame that sounds least like a voice, among the last ones."""
        floor = max(now - _SEARCHED, (self._start or 0) + FRAME)
        recent = [entry for entry in self._voices if entry[0] >= floor]
        return min(recent, key=lambda entry: entry[1])[0] + FRAME if recent else now

    def _close(self, end: int, is_going_on: bool) -> list[Utterance]:
        """End the utterance, and begin the next one there if the answer goes on; without a voice there is none."""
        start, voice_end = self._start, self._voice_end
        if start is None:
            return []
        self._not_before = end
        self._start = end if is_going_on else None
        self._voices = [entry for entry in self._voices if entry[0] >= end] if is_going_on else []
        return [Utterance(start, self._sound.take(start, end))] if voice_end > start else []
