"""When a candidate's turn is over, and what the page is told while it lasts. Pure; times are milliseconds of audio.

Silence ends a turn only after something was said, and only after `max_silence_ms` of it. A short sound in a long
silence (네, 음, uh-huh) ends nothing and begins nothing: the silence goes on. Which word it was, the recogniser says.

What is asked whether the candidate has finished (`end_of_turn`) may change how long a silence counts, within the
patience: the surest "yes" ends a turn halfway between its limits, since a sentence that is over is no answer that is
over yet, and the surest "no" lets the page ask about a pause as late as that.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from interview_media.speaking import Change
from interview_media.voice_activity import SAMPLE_RATE

BACKCHANNEL_MS = 600
"""A shorter sound is none that a turn begins with, when `_LONG_SILENCE_MS` lie before it."""

BARGE_IN_MS = 500
"""Speech of this length while the question is spoken is meant to interrupt it."""

_LONG_SILENCE_MS = 1000
_ASKED_AT = 3
"""Silence is judged after this part of the shortest patience: most pauses between words are over by then."""

_PER_MS = SAMPLE_RATE // 1000


@dataclass(frozen=True, slots=True)
class Speaking:
    """The candidate's voice begins or stops."""

    is_speaking: bool
    is_backchannel: bool = False


@dataclass(frozen=True, slots=True)
class Paused:
    """Nothing has been said for `min_silence_ms`."""

    silence_ms: int


@dataclass(frozen=True, slots=True)
class TurnOver:
    """Nothing has been said for `max_silence_ms`."""


@dataclass(frozen=True, slots=True)
class BargeIn:
    """The candidate speaks over the spoken question."""


@dataclass(frozen=True, slots=True)
class Undecided:
    """A silence goes on, of which nobody knows whether it is the last; see `Turn.advise`."""

    silent_since_ms: int


TurnEvent = Speaking | Paused | TurnOver | BargeIn | Undecided


class Turn:
    """The turn-taking of one connection. `max_silence_ms` 0: only the button ends a turn."""

    def __init__(self, min_silence_ms: int, max_silence_ms: int) -> None:
        self._min_silence_ms = min_silence_ms
        self._max_silence_ms = max_silence_ms
        self._is_open = False
        self._is_playing = False
        self._sound_since: int | None = None
        self._silent_since: int | None = None
        self._is_pause_told = False
        self._is_barge_in_told = False
        self._is_asked = False
        self._finished: float | None = None
        self._wait_until = 0
        self._now_ms = 0

    def be_patient(self, min_silence_ms: int, max_silence_ms: int) -> None:
        """Take the patience of another question."""
        self._min_silence_ms, self._max_silence_ms = min_silence_ms, max_silence_ms

    def begin(self, now_ms: int) -> None:
        """An answer begins; a voice that is heard already belongs to it."""
        self._is_open = True
        self._silent_since = None
        self._wait_until = 0
        self._begin_silence()
        if self._sound_since is not None:
            self._silent_since = now_ms

    def finish(self) -> None:
        """The answer is over, whoever ended it."""
        self._is_open = False

    def wait(self, until_ms: int) -> None:
        """The candidate asked for a moment: no silence counts before that time."""
        self._wait_until = max(self._wait_until, until_ms)
        self._begin_silence()

    def advise(self, silent_since_ms: int, probability: float) -> bool:
        """Take how likely it is that the candidate has finished, about a silence that `Undecided` told of.

        False: it is of no use any more, since the candidate has spoken or asked for a moment, or since the shortest
        patience is over.
        """
        is_same = self._is_open and self._is_asked and self._silent_since == silent_since_ms
        if not is_same or self._silence_ms(self._now_ms) >= self._min_silence_ms:
            return False
        self._finished = probability
        return True

    def set_playing(self, is_playing: bool) -> None:
        """The question is being spoken, or not any more."""
        self._is_playing = is_playing
        self._is_barge_in_told = False

    def hear(self, changes: Sequence[Change], now_ms: int) -> list[TurnEvent]:
        """Return what follows from the changes, in order, and from the time that has passed."""
        self._now_ms = now_ms
        events: list[TurnEvent] = [self._take(change) for change in changes]
        if self._is_barge_in(now_ms):
            self._is_barge_in_told = True
            events.append(BargeIn())
        if self._is_open:
            events += self._judge_silence(now_ms)
        return events

    def _take(self, change: Change) -> Speaking:
        at_ms = change.at // _PER_MS
        if change.is_speaking:
            self._sound_since = at_ms
            return Speaking(is_speaking=True)
        began, self._sound_since = self._sound_since, None
        is_backchannel = began is not None and self._is_backchannel(began, at_ms)
        if not is_backchannel:
            self._silent_since = at_ms
            self._begin_silence()
        return Speaking(is_speaking=False, is_backchannel=is_backchannel)

    def _is_backchannel(self, began_ms: int, ended_ms: int) -> bool:
        if ended_ms - began_ms >= BACKCHANNEL_MS:
            return False
        return self._silent_since is None or began_ms - self._silent_since >= _LONG_SILENCE_MS

    def _is_barge_in(self, now_ms: int) -> bool:
        if not self._is_playing or self._is_barge_in_told or self._sound_since is None:
            return False
        return now_ms - self._sound_since >= BARGE_IN_MS

    def _begin_silence(self) -> None:
        self._is_pause_told = self._is_asked = False
        self._finished = None

    def _silence_ms(self, now_ms: int) -> int:
        return now_ms - max(self._silent_since or 0, self._wait_until)

    def _limits(self) -> tuple[float, float]:
        """Return the silence after which the page is told of a pause, and the one after which the turn is over."""
        shortest, longest = self._min_silence_ms, self._max_silence_ms
        if self._finished is None or not longest:
            return shortest, longest
        sure = 2 * self._finished - 1
        change = abs(sure) * (longest - shortest) / 2
        return (shortest, longest - change) if sure > 0 else (shortest + change, longest)

    def _judge_silence(self, now_ms: int) -> list[TurnEvent]:
        if self._sound_since is not None or self._silent_since is None:
            return []
        silence_ms = self._silence_ms(now_ms)
        pause_ms, over_ms = self._limits()
        if self._max_silence_ms and silence_ms >= over_ms:
            self._is_open = False
            return [TurnOver()]
        if silence_ms >= pause_ms and not self._is_pause_told:
            self._is_pause_told = True
            return [Paused(silence_ms)]
        if self._max_silence_ms and silence_ms >= self._min_silence_ms // _ASKED_AT and not self._is_asked:
            self._is_asked = True
            return [Undecided(self._silent_since)]
        return []
