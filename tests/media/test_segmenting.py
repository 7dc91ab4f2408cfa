"""Where answers are cut, on numbered samples: each sample shows where it came from."""

from itertools import pairwise

import numpy as np
import pytest

from interview_media.audio import AudioChunk
from interview_media.segmenting import Segmenter, Utterance
from interview_media.speaking import SpeakingDetector

RATE = 16_000
CHUNK = 1600


class Line:
    """A connection's sound: the sample at position n has the value n % 30000."""

    def __init__(self, soft_s: float = 6, max_s: float = 15) -> None:
        self.segmenter = Segmenter(soft_s, max_s)
        self.detector = SpeakingDetector()
        self.position = 0
        self.judged = 0
        self.last_end = 0
        self.voices: list[float] = []
        self.utterances: list[Utterance] = []

    def hear(self, seconds: float, voice: float) -> None:
        for _ in range(round(seconds * 10)):
            pcm = (np.arange(self.position, self.position + CHUNK) % 30_000).astype(np.int16)
            frames = (self.position + CHUNK - self.judged) // 512
            chunk = AudioChunk(self.position, pcm, self.judged, np.full(frames, voice, np.float32))
            changes = self.detector.stop(self.last_end) if chunk.start != self.last_end else []
            changes += self.detector.hear(self.judged, chunk.voices.tolist())
            self.utterances += self.segmenter.hear(chunk, changes)
            self.judged += frames * 512
            self.position = self.last_end = chunk.end

    def skip(self, seconds: float) -> None:
        self.position += int(seconds * RATE)
        self.judged = self.position

    def begin(self) -> None:
        self.segmenter.begin(self.detector.speaking_since)

    def finish(self) -> None:
        self.utterances += self.segmenter.finish()

    @property
    def spans_s(self) -> list[tuple[float, float]]:
        return [(u.start / RATE, (u.start + len(u.pcm)) / RATE) for u in self.utterances]


def assert_sound_is_its_own(line: Line) -> None:
    for utterance in line.utterances:
        wanted = np.arange(utterance.start, utterance.start + len(utterance.pcm)) % 30_000
        assert np.array_equal(utterance.pcm, wanted.astype(np.int16))


def test_an_utterance_begins_before_the_voice_and_ends_after_it() -> None:
    line = Line()
    line.hear(1, 0.01)
    line.begin()
    line.hear(1, 0.01)
    line.hear(2, 0.9)
    line.hear(2, 0.01)
    ((start, end),) = line.spans_s
    assert 1.6 < start <= 1.75
    assert 4.1 < end < 4.4
    assert_sound_is_its_own(line)


def test_outside_an_answer_nothing_is_kept() -> None:
    line = Line()
    line.hear(3, 0.9)
    line.hear(2, 0.01)
    line.begin()
    line.hear(5, 0.01)
    line.finish()
    assert line.utterances == []


def test_a_voice_that_is_heard_already_belongs_to_the_answer_that_begins() -> None:
    line = Line()
    line.hear(1, 0.01)
    line.hear(0.8, 0.9)
    line.begin()
    line.hear(1, 0.9)
    line.finish()
    ((start, end),) = line.spans_s
    assert 0.6 < start < 0.85
    assert end == pytest.approx(2.8, abs=0.01)


def test_long_answers_are_cut_at_short_pauses_and_every_voiced_sample_is_in_one_utterance() -> None:
    line = Line(soft_s=6)
    line.begin()
    for _ in range(10):
        line.hear(2.5, 0.9)
        line.hear(0.3, 0.01)
    line.finish()
    lengths = [end - start for start, end in line.spans_s]
    assert all(5 < length < 9.5 for length in lengths[:-1])
    for (_, end), (start, _) in pairwise(line.spans_s):
        assert start == pytest.approx(end)
    assert line.spans_s[0][0] == 0
    assert line.spans_s[-1][1] > 27.6
    assert_sound_is_its_own(line)


def test_speech_without_a_pause_is_cut_where_it_is_quietest_and_nothing_is_lost() -> None:
    line = Line(max_s=15)
    line.begin()
    line.hear(13, 0.9)
    line.hear(0.1, 0.55)
    line.hear(12, 0.9)
    line.finish()
    (_, first_end), (second_start, end) = line.spans_s
    assert first_end == second_start
    assert 13 < first_end < 13.25
    assert end == pytest.approx(25.1, abs=0.01)
    assert_sound_is_its_own(line)


@pytest.mark.parametrize("max_s", [15, 28, 60])
def test_no_utterance_is_longer_than_the_recognisers_window(max_s: float) -> None:
    line = Line(max_s=max_s)
    line.begin()
    line.hear(70, 0.9)
    line.finish()
    assert max(end - start for start, end in line.spans_s) <= 28
    assert sum(end - start for start, end in line.spans_s) == pytest.approx(70, abs=0.01)


def test_a_hole_in_the_sound_ends_the_utterance_and_the_clock_goes_on() -> None:
    line = Line()
    line.begin()
    line.hear(2, 0.9)
    line.skip(5)
    line.hear(2, 0.9)
    line.finish()
    (_, first_end), (second_start, end) = line.spans_s
    assert first_end == pytest.approx(2, abs=0.01)
    assert second_start >= 6.7
    assert end == pytest.approx(9, abs=0.01)


def test_the_next_answer_begins_where_the_last_one_ended() -> None:
    line = Line()
    line.begin()
    line.hear(1.5, 0.9)
    line.finish()
    line.begin()
    line.hear(1.5, 0.9)
    line.finish()
    (_, first_end), (second_start, _) = line.spans_s
    assert second_start >= first_end - 0.001


def test_what_is_dropped_is_never_an_utterance() -> None:
    line = Line()
    line.begin()
    line.hear(3, 0.9)
    line.segmenter.drop()
    line.hear(3, 0.01)
    line.finish()
    assert line.utterances == []
