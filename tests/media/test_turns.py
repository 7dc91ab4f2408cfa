"""When a turn is over, on frames that say who speaks; no sound is needed for it."""

from collections.abc import Iterable

import pytest

from interview_media.speaking import SpeakingDetector
from interview_media.turns import BargeIn, Paused, Speaking, Turn, TurnEvent, TurnOver

FRAME_MS = 32


class Talk:
    """Feeds a turn with stretches of speech and silence, 96 ms at a time, and keeps what follows with its time."""

    def __init__(self, min_silence_ms: int = 1000, max_silence_ms: int = 4000) -> None:
        self.turn = Turn(min_silence_ms, max_silence_ms)
        self.detector = SpeakingDetector()
        self.frames = 0
        self.events: list[tuple[int, TurnEvent]] = []

    @property
    def now_ms(self) -> int:
        return self.frames * FRAME_MS

    def _hear(self, voices: Iterable[float]) -> None:
        voices = list(voices)
        changes = self.detector.hear(self.frames * 512, voices)
        self.frames += len(voices)
        self.events += [(self.now_ms, event) for event in self.turn.hear(changes, self.now_ms)]

    def say(self, ms: int, voice: float = 0.95) -> None:
        left = ms // FRAME_MS
        while left:
            count = min(3, left)
            self._hear([voice] * count)
            left -= count

    def keep_silent(self, ms: int) -> None:
        self.say(ms, voice=0.02)

    def of(self, kind: type) -> list[int]:
        return [at for at, event in self.events if isinstance(event, kind)]


@pytest.fixture
def talk() -> Talk:
    talk = Talk()
    talk.keep_silent(500)
    talk.turn.begin(talk.now_ms)
    return talk


def test_a_turn_ends_after_the_longest_silence_and_the_page_learns_of_a_pause_before(talk: Talk) -> None:
    talk.say(2000)
    talk.keep_silent(6000)
    (paused,), (over,) = talk.of(Paused), talk.of(TurnOver)
    assert 3400 < paused < 3800
    assert 6400 < over < 6800


def test_before_anything_was_said_no_silence_ends_the_turn(talk: Talk) -> None:
    talk.keep_silent(60_000)
    assert talk.events == []


def test_pauses_within_an_answer_start_the_patience_anew(talk: Talk) -> None:
    for _ in range(5):
        talk.say(1000)
        talk.keep_silent(3500)
    assert talk.of(TurnOver) == []
    assert len(talk.of(Paused)) == 5


@pytest.mark.parametrize("length_ms", [150, 300, 480])
def test_a_short_sound_in_a_long_silence_neither_ends_nor_restarts_it(talk: Talk, length_ms: int) -> None:
    talk.say(2000)
    talk.keep_silent(2000)
    talk.say(length_ms)
    talk.keep_silent(3000)
    backchannel = [event for _, event in talk.events if isinstance(event, Speaking) and event.is_backchannel]
    assert backchannel == [Speaking(is_speaking=False, is_backchannel=True)]
    (over,) = talk.of(TurnOver)
    assert 6400 < over < 6800


def test_a_longer_sound_is_speech_and_the_answer_goes_on(talk: Talk) -> None:
    talk.say(2000)
    talk.keep_silent(2000)
    talk.say(1000)
    talk.keep_silent(3000)
    assert talk.of(TurnOver) == []
    talk.keep_silent(1500)
    assert len(talk.of(TurnOver)) == 1


def test_no_turn_ends_while_somebody_makes_a_sound(talk: Talk) -> None:
    talk.say(2000)
    talk.keep_silent(3900)
    talk.say(450)
    over_before = talk.of(TurnOver)
    assert over_before == []
    talk.keep_silent(400)
    assert len(talk.of(TurnOver)) == 1


def test_a_lone_short_word_does_not_begin_a_turn_that_silence_could_end(talk: Talk) -> None:
    talk.say(300)
    talk.keep_silent(30_000)
    assert talk.of(TurnOver) == []


def test_a_moment_makes_the_silence_wait_and_then_the_whole_patience_begins(talk: Talk) -> None:
    talk.say(2000)
    talk.turn.wait(talk.now_ms + 10_000)
    talk.keep_silent(13_500)
    assert talk.of(TurnOver) == []
    talk.keep_silent(1500)
    assert len(talk.of(TurnOver)) == 1


def test_without_a_limit_only_the_button_ends_a_turn() -> None:
    talk = Talk(max_silence_ms=0)
    talk.turn.begin(0)
    talk.say(2000)
    talk.keep_silent(120_000)
    assert talk.of(TurnOver) == []
    assert len(talk.of(Paused)) == 1


def test_after_the_button_no_silence_says_anything(talk: Talk) -> None:
    talk.say(2000)
    talk.turn.finish()
    talk.keep_silent(10_000)
    assert talk.of(Paused) + talk.of(TurnOver) == []


def test_speech_over_the_spoken_question_is_a_barge_in_once_and_a_cough_is_none() -> None:
    talk = Talk()
    talk.turn.set_playing(True)
    talk.keep_silent(500)
    talk.say(300)
    talk.keep_silent(1000)
    assert talk.of(BargeIn) == []
    talk.say(2000)
    assert len(talk.of(BargeIn)) == 1
    talk.turn.set_playing(False)
    talk.keep_silent(1000)
    talk.say(2000)
    assert len(talk.of(BargeIn)) == 1


def test_a_probability_in_between_changes_nothing(talk: Talk) -> None:
    talk.say(1000)
    talk.say(5000, voice=0.42)
    assert [event for _, event in talk.events] == [Speaking(is_speaking=True)]
    quiet = Talk()
    quiet.say(5000, voice=0.42)
    assert quiet.events == []
