"""What waits for the store: in order, within bounds, and given up only when nothing else is left."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import numpy as np
import pytest

from interview_core.db.tables import EndReason, Language
from interview_core.errors import NotFound, Unavailable
from interview_media import speech_writer
from interview_media.control import ErrorCode
from interview_media.entries import Entry, Place, SegmentHeard, TakeEnded, UncutHeard
from interview_media.lanes import Lane
from interview_media.segmenting import Utterance
from interview_media.speech_writer import MemoryBudget, SpeechWriter
from tests.media.browsers import until

PLACE = Place(uuid4(), 1, Language.KOREAN, uuid4(), 1)


def heard(sequence: int, seconds: float = 1) -> SegmentHeard:
    return SegmentHeard(PLACE, sequence, Utterance(0, np.zeros(int(seconds * 16_000), np.int16)))


class Store:
    """Fails as often as it is told to."""

    def __init__(self, *failures: Exception) -> None:
        self.failures = list(failures)
        self.kept: list[Entry] = []

    def keep(self, entry: Entry) -> None:
        if self.failures:
            raise self.failures.pop(0)
        self.kept.append(entry)


class Listener:
    def __init__(self) -> None:
        self.done: list[Entry] = []
        self.lost: list[tuple[Entry, ErrorCode]] = []
        self.delays = 0

    def stored(self, entry: Entry) -> None:
        self.done.append(entry)

    def not_stored(self, entry: Entry, code: ErrorCode) -> None:
        self.lost.append((entry, code))

    def delayed(self) -> None:
        self.delays += 1


@pytest.fixture
def listener() -> Listener:
    return Listener()


def make_writer(store: Store, listener: Listener, limit_bytes: int = 10**7) -> SpeechWriter:
    return SpeechWriter(store, ThreadPoolExecutor(2), MemoryBudget(limit_bytes), listener)


async def finished(writer: SpeechWriter) -> None:
    idle = asyncio.Event()
    writer.close(idle.set)
    async with asyncio.timeout(20):
        await idle.wait()


async def test_everything_is_stored_in_order(listener: Listener) -> None:
    store = Store()
    writer = make_writer(store, listener)
    entries = [*map(heard, range(5)), TakeEnded(PLACE, 4, EndReason.BUTTON)]
    for entry in entries:
        writer.put(entry)
    await finished(writer)
    assert store.kept == listener.done == entries


async def test_a_store_that_is_away_is_asked_again_and_nothing_overtakes(listener: Listener) -> None:
    store = Store(Unavailable("away"), OSError("away"), Unavailable("away"))
    writer = make_writer(store, listener)
    entries = [heard(0), heard(1), TakeEnded(PLACE, 1, EndReason.BUTTON)]
    for entry in entries:
        writer.put(entry)
    await finished(writer)
    assert store.kept == entries
    assert (listener.delays, listener.lost) == (3, [])


async def test_a_question_that_is_gone_is_not_asked_for_again(listener: Listener) -> None:
    store = Store(NotFound("gone"))
    writer = make_writer(store, listener)
    entries = [heard(0), heard(1)]
    for entry in entries:
        writer.put(entry)
    await finished(writer)
    assert listener.lost == [(entries[0], ErrorCode.QUESTION_NOT_FOUND)]
    assert store.kept == entries[1:]


async def test_beyond_the_memory_only_sound_is_refused_and_the_place_comes_back(listener: Listener) -> None:
    store = Store(*[Unavailable("away")] * 2)
    writer = make_writer(store, listener, limit_bytes=40_000)
    first, second, end = heard(0), heard(1), TakeEnded(PLACE, 1, EndReason.BUTTON)
    for entry in (first, second, end):
        writer.put(entry)
    assert listener.lost == [(second, ErrorCode.STORAGE_UNAVAILABLE)]
    await asyncio.sleep(1.5)
    third = heard(2)
    writer.put(third)
    await finished(writer)
    assert store.kept == [first, end, third]


async def test_after_the_connection_is_gone_a_store_that_stays_away_is_given_up(
    listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(speech_writer, "_CLOSING_LIMIT_S", 0.5)
    store = Store(*[Unavailable("away")] * 1000)
    writer = make_writer(store, listener)
    writer.put(heard(0))
    await finished(writer)
    assert [code for _, code in listener.lost] == [ErrorCode.STORAGE_UNAVAILABLE]


async def test_a_closed_writer_takes_nothing(listener: Listener) -> None:
    store = Store()
    writer = make_writer(store, listener)
    await finished(writer)
    writer.put(heard(0))
    await asyncio.sleep(0.1)
    assert (store.kept, listener.done) == ([], [])


def test_a_lane_does_its_work_in_order_whatever_goes_wrong_in_it() -> None:
    done: list[int] = []
    ended = threading.Event()
    with ThreadPoolExecutor(4) as executor:
        lane = Lane(executor, limit=1000)
        for number in range(500):
            assert lane.submit(lambda number=number: done.append(number) if number % 100 else 1 / 0)
        assert lane.submit(ended.set)
        assert ended.wait(10)
    assert done == [number for number in range(500) if number % 100]


def test_a_full_lane_refuses_and_a_closed_one_drops_what_waits() -> None:
    release, started = threading.Event(), threading.Event()
    done: list[int] = []

    def wait() -> None:
        started.set()
        release.wait(10)

    with ThreadPoolExecutor(1) as executor:
        lane = Lane(executor, limit=2)
        assert lane.submit(wait)
        assert started.wait(10)
        assert [lane.submit(lambda: done.append(1)) for _ in range(3)] == [True, True, False]
        lane.close()
        assert lane.submit(lambda: done.append(2)) is False
        release.set()
    assert done == []


async def test_what_is_not_cut_yet_gives_way_to_everything_else_and_is_not_tried_again(listener: Listener) -> None:
    store = Store(Unavailable("away"))
    writer = make_writer(store, listener)
    uncut = UncutHeard(PLACE, 0, Utterance(0, np.zeros(16_000, np.int16)))
    writer.put(uncut)
    await until(lambda: len(writer) == 0)
    writer.put(heard(0))
    writer.put(uncut)
    await finished(writer)

    assert [type(entry) for entry in store.kept] == [SegmentHeard]
    assert (listener.lost, listener.delays) == ([], 0)
