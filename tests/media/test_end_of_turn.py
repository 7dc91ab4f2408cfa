"""What may tell besides the silence that an answer is over: it is heard within the patience, and never waited for."""

import math
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import pytest

from interview_core.db.tables import Interview
from interview_core.errors import EngineUnavailable
from interview_media.audio import AudioChunk
from interview_media.end_of_turn import Adviser, Heard, SilenceAlone
from interview_media.smart_turn import SmartTurn, spectrogram
from interview_media.turns import Paused, TurnOver, Undecided
from tests.media.browsers import Media, make_ticket, until
from tests.media.talking import Microphone, talk
from tests.media.test_turns import Talk
from tests.samples.make_turn_network import make_turn_network
from tests.samples.speak import KOREAN, RATE, silence, speak

MIN_MS, MAX_MS = 1500, 7500
CHUNK = RATE // 10


def hush(probability: float | None, *, after_ms: int = 0) -> Talk:
    """Two seconds of an answer, and a long silence about which somebody has an opinion `after_ms` after being asked."""
    talk = Talk(MIN_MS, MAX_MS)
    talk.turn.begin(0)
    talk.say(2000)
    asked: list[tuple[int, int]] = []
    while talk.now_ms < 11_000:
        talk.keep_silent(96)
        asked += [(at, event.silent_since_ms) for at, event in talk.events if isinstance(event, Undecided)][
            len(asked) :
        ]
        for at, since in asked:
            if probability is not None and talk.now_ms - at >= after_ms:
                talk.turn.advise(since, probability)
    return talk


def silences(talk: Talk) -> tuple[int, int]:
    """How long the silence lasted when the page was told of a pause, and when the turn was over."""
    (asked,) = [event.silent_since_ms for _, event in talk.events if isinstance(event, Undecided)]
    (paused,), (over,) = talk.of(Paused), talk.of(TurnOver)
    return paused - asked, over - asked


@pytest.mark.parametrize(
    ("probability", "pause_ms", "over_ms"),
    [
        (None, 1500, 7500),
        (0.5, 1500, 7500),
        (0.75, 1500, 6000),
        (1.0, 1500, 4500),
        (0.25, 3000, 7500),
        (0.0, 4500, 7500),
    ],
)
def test_an_opinion_moves_the_pause_and_the_end_within_the_patience(
    probability: float | None, pause_ms: int, over_ms: int
) -> None:
    paused, over = silences(hush(probability))
    assert paused == pytest.approx(pause_ms, abs=110)
    assert over == pytest.approx(over_ms, abs=110)


@pytest.mark.parametrize("probability", [0.0, 1.0])
def test_an_opinion_that_comes_after_the_shortest_patience_changes_nothing(probability: float) -> None:
    assert silences(hush(probability, after_ms=1100)) == silences(hush(None))


def test_what_was_thought_of_a_silence_does_not_hold_for_the_next() -> None:
    talk = Talk(MIN_MS, MAX_MS)
    talk.turn.begin(0)
    talk.say(2000)
    talk.keep_silent(800)
    first = next(event.silent_since_ms for _, event in talk.events if isinstance(event, Undecided))
    assert talk.turn.advise(first, 1.0)
    talk.say(1500)
    assert not talk.turn.advise(first, 1.0)
    spoken_until = talk.now_ms
    talk.keep_silent(8000)
    assert talk.of(TurnOver)[0] - spoken_until == pytest.approx(MAX_MS, abs=200)


def test_who_asked_for_a_moment_has_the_whole_patience() -> None:
    talk = Talk(MIN_MS, MAX_MS)
    talk.turn.begin(0)
    talk.say(2000)
    talk.keep_silent(800)
    since = next(event.silent_since_ms for _, event in talk.events if isinstance(event, Undecided))
    talk.turn.advise(since, 1.0)
    talk.turn.wait(talk.now_ms + 10_000)
    assert not talk.turn.advise(since, 1.0)
    waited_until = talk.now_ms + 10_000
    talk.keep_silent(18_000)
    assert talk.of(TurnOver)[0] - waited_until == pytest.approx(MAX_MS, abs=110)


def test_where_only_the_button_ends_a_turn_nobody_is_asked() -> None:
    talk = Talk(MIN_MS, 0)
    talk.turn.begin(0)
    talk.say(2000)
    talk.keep_silent(60_000)
    assert talk.of(Undecided) == []
    assert len(talk.of(Paused)) == 1


class Engine:
    """Does what a test says, and keeps what it was given."""

    name, window_s = "test", 8.0

    def __init__(self, judge: Callable[[], Any]) -> None:
        self._judge = judge
        self.heard: list[Heard] = []
        self.threads: list[int] = []

    def judge(self, heard: Heard) -> float | None:
        self.heard.append(heard)
        self.threads.append(threading.get_ident())
        found: float | None = self._judge()
        return found


class Line:
    """One connection's adviser, on a thread of its own."""

    def __init__(self, engine: Any, threads: ThreadPoolExecutor, *, is_in_time: bool = True) -> None:
        self.told: list[tuple[int, float]] = []
        self.outcomes: list[str] = []
        self.position = 0
        self._is_in_time = is_in_time
        self.adviser = Adviser(
            engine, threads, "ko", later=lambda work: work(), tell=self._tell, count=self.outcomes.append
        )

    def _tell(self, since: int, probability: float) -> bool:
        self.told.append((since, probability))
        return self._is_in_time

    def hear(self, seconds: float) -> None:
        """Numbered samples: the one at position n has the value n % 30000."""
        for _ in range(round(seconds * 10)):
            pcm = (np.arange(self.position, self.position + CHUNK) % 30_000).astype(np.int16)
            self.adviser.hear(AudioChunk(self.position, pcm, self.position, np.zeros(3, np.float32)))
            self.position += CHUNK

    def ask(self, since_ms: int = 0) -> None:
        self.adviser.ask(since_ms, self.position)


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    """The end of the block waits for what was asked."""
    pool = ThreadPoolExecutor(1)
    yield pool
    pool.shutdown()


def test_an_engine_hears_the_last_seconds_of_this_answer_on_another_thread(threads: ThreadPoolExecutor) -> None:
    engine = Engine(lambda: 0.8)
    line = Line(engine, threads)
    line.hear(20)
    line.adviser.begin(line.position)
    line.hear(2)
    line.ask(21_500)
    threads.submit(int).result()
    line.hear(10)
    line.ask(31_000)
    threads.shutdown()

    short, long = engine.heard
    assert (len(short.pcm), short.silence_ms, short.language) == (2 * RATE, 500, "ko")
    assert (len(long.pcm), long.silence_ms) == (8 * RATE, 1000)
    assert short.pcm[0] == 20 * RATE % 30_000
    assert long.pcm[-1] == (line.position - 1) % 30_000
    assert threading.get_ident() not in engine.threads
    assert line.told == [(21_500, 0.8), (31_000, 0.8)]
    assert line.outcomes == ["used", "used"]


@pytest.mark.parametrize("answer", [None, math.nan, -0.1, 1.5])
def test_an_answer_that_is_no_probability_is_no_opinion(answer: float | None, threads: ThreadPoolExecutor) -> None:
    line = Line(Engine(lambda: answer), threads)
    line.hear(1)
    line.ask()
    threads.shutdown()
    assert (line.told, line.outcomes) == ([], ["unknown"])


def test_an_engine_that_fails_is_no_opinion_and_is_asked_again(threads: ThreadPoolExecutor) -> None:
    answers = iter([0.9])
    line = Line(Engine(lambda: next(answers)), threads)
    line.hear(1)
    line.ask()
    threads.submit(int).result()
    line.ask()
    threads.shutdown()
    assert (line.told, line.outcomes) == ([(0, 0.9)], ["used", "failed"])


def test_an_engine_that_is_too_slow_is_counted_and_asked_once_at_a_time(threads: ThreadPoolExecutor) -> None:
    may_answer = threading.Event()
    engine = Engine(lambda: may_answer.wait() and 0.9)
    line = Line(engine, threads, is_in_time=False)
    line.hear(1)
    for _ in range(5):
        line.ask()
    may_answer.set()
    threads.shutdown()
    assert (len(engine.heard), line.outcomes) == (1, ["late"])


def test_nobody_waits_behind_an_engine_that_hangs(threads: ThreadPoolExecutor) -> None:
    may_answer = threading.Event()
    first = Line(Engine(may_answer.wait), threads)
    first.hear(1)
    first.ask()
    second = Line(engine := Engine(lambda: 0.9), threads)
    second.hear(1)
    second.ask()
    second.adviser.stop()
    may_answer.set()
    threads.shutdown()
    assert (engine.heard, second.outcomes) == ([], [])


def test_silence_alone_is_never_asked(threads: ThreadPoolExecutor) -> None:
    line = Line(SilenceAlone(), threads)
    line.hear(10)
    line.ask()
    threads.shutdown()
    assert line.outcomes == []


@pytest.mark.parametrize("seconds", [0.0, 3.2, 8.0, 11.0])
def test_the_network_hears_what_whisper_hears(seconds: float) -> None:
    from faster_whisper.feature_extractor import FeatureExtractor

    said = np.resize(speak(KOREAN), round(seconds * RATE))
    last = said[-8 * RATE :].astype(np.float32) / 32768
    samples = np.concatenate([np.zeros(8 * RATE - len(last), np.float32), last])
    samples = (samples - samples.mean()) / np.sqrt(samples.var() + 1e-7)

    found = spectrogram(said)

    assert (found.shape, found.dtype) == ((80, 800), np.float32)
    np.testing.assert_allclose(found, FeatureExtractor(chunk_length=8)(samples, padding=0), atol=1e-3)


def test_a_network_answers_and_what_it_answers_depends_on_the_sound(tmp_path: Path) -> None:
    said = Heard(speak(KOREAN), 500, "ko")
    sure = SmartTurn(make_turn_network(tmp_path / "sure.onnx", says=0.9))
    assert sure.judge(said) == pytest.approx(0.9)
    hearing = SmartTurn(make_turn_network(tmp_path / "hearing.onnx"))
    assert hearing.judge(said) != pytest.approx(hearing.judge(Heard(silence(3), 500, "ko")))


@pytest.mark.parametrize("kind", ["absent", "empty", "garbage", "other network"])
async def test_without_a_network_that_fits_silence_ends_answers(
    kind: str, tmp_path: Path, start_media: Callable[..., Any]
) -> None:
    path = tmp_path / "turn.onnx"
    if kind == "other network":
        make_turn_network(path, bands=128)
    elif kind != "absent":
        path.write_bytes(b"" if kind == "empty" else b"GGUF\x03" * 100)
    with pytest.raises(EngineUnavailable):
        SmartTurn(path)

    media = await start_media(models_dir=tmp_path, media_turn_model=path.name)

    assert (await media.http.get("/healthz")).json()["end_of_turn"] == "silence"


async def test_pauses_of_a_spoken_answer_are_judged_and_the_button_ends_it_as_ever(
    start_media: Callable[..., Any], tmp_path: Path, interview: Interview, question_id: UUID
) -> None:
    make_turn_network(tmp_path / "turn.onnx", says=0.5)
    media: Media = await start_media(models_dir=tmp_path, media_turn_model="turn.onnx")
    assert (await media.http.get("/healthz")).json()["end_of_turn"] == "smart-turn"
    microphone = Microphone()
    ticket = make_ticket(interview.id, min_silence_ms=3000, max_silence_ms=60_000)
    _, page = await talk(media, ticket, microphone)

    async def is_judged() -> bool:
        if microphone.is_done:
            microphone.play(np.concatenate([speak(KOREAN), silence(2)]))
        return 'end_of_turn_total{outcome="used"}' in (await media.http.get("/metrics")).text

    async def say() -> None:
        while not await is_judged():
            await until(lambda: microphone.is_done, within_s=90)

    ended = await page.answer(question_id, say)

    assert ended["reason"] == "button"
    assert page.errors == []
