"""Several providers as one model: who answers, who is passed over, and when one is asked again."""

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest

from interview_core.errors import EngineFailed
from interview_worker.engines.known_provider import Patience
from interview_worker.engines.langchain_model import EngineChatModel, result_of
from interview_worker.engines.language_model import (
    RESTART,
    DeadlinePassed,
    GenerationCancelled,
    ModelBusy,
    ModelState,
    ModelUnavailable,
    Priority,
    PromptTooLong,
)
from interview_worker.engines.provider_breaker import OPEN_S, BreakerState
from interview_worker.engines.provider_chain import AllProvidersFailed, ProviderChain
from interview_worker.engines.remote_provider import RemoteModel
from tests.worker.gpu.fakes import FakeLanguageModel, no_model
from tests.worker.providers.conftest import request
from tests.worker.providers.provider_server import HANG_S, Behaviour, ProviderServer
from tests.worker.providers.test_remote_provider import wait_until

FIRST, SECOND = "첫 번째 서버가 쓴 질문이에요?", "두 번째 서버가 쓴 질문이에요?"
HURRIED = Patience(floor_s=0.3, stall_s=0.5)
MakeRemote = Callable[..., RemoteModel]


class Clock:
    """Goes with the real one, and further when it is told to."""

    def __init__(self) -> None:
        self.ahead_s = 0.0

    def __call__(self) -> float:
        return time.monotonic() + self.ahead_s


class Pair:
    """A chain of two servers."""

    def __init__(self, make_server: Callable[[], ProviderServer], make_remote: MakeRemote) -> None:
        self.first, self.second = make_server(), make_server()
        self.first.behave(Behaviour(FIRST))
        self.second.behave(Behaviour(SECOND))
        self.clock = Clock()
        models = [("first", make_remote(self.first.address)), ("second", make_remote(self.second.address))]
        for _, model in models:
            "".join(model.generate(request()))
        self.first.requests.clear()
        self.second.requests.clear()
        self.chain = ProviderChain(models, patience=HURRIED, clock=self.clock)

    def ask(self, **changes: Any) -> str:
        """What a reader sees in the end."""
        return seen(self.chain.generate(request(**changes)))

    def state(self) -> BreakerState:
        return self.chain.figures()[0].breaker


def seen(pieces: Any) -> str:
    text = ""
    for piece in pieces:
        text = "" if piece is RESTART else text + piece
    return text


@pytest.fixture
def pair(make_server: Callable[[], ProviderServer], make_remote: MakeRemote) -> Pair:
    return Pair(make_server, make_remote)


def test_the_first_that_works_answers(pair: Pair) -> None:
    generation = pair.chain.generate(request())

    assert seen(generation) == FIRST
    assert generation.result.provider == "openai_compatible"
    assert pair.second.requests == []


@pytest.mark.parametrize(
    "behaviour",
    [
        Behaviour(status=500),
        Behaviour(status=401),
        Behaviour(status=429),
        Behaviour(text=""),
        Behaviour(body="garbage"),
        Behaviour(FIRST, breaks_after=0),
        Behaviour(FIRST, breaks_after=3),
        Behaviour(FIRST, finish=None),
        Behaviour("가" * 1_000_000, piece=1000),
    ],
    ids=lambda behaviour: str(behaviour)[:60],
)
def test_a_failure_passes_over_at_once_and_the_reader_sees_one_text(behaviour: Behaviour, pair: Pair) -> None:
    pair.first.behave(behaviour)
    started = time.monotonic()

    assert pair.ask() == SECOND

    assert time.monotonic() - started < 5
    assert len(pair.first.requests) == len(pair.second.requests) == 1


def test_a_server_that_is_gone_is_passed_over(
    make_server: Callable[[], ProviderServer], make_remote: MakeRemote, free_port: Callable[[], int]
) -> None:
    there = make_server()
    gone = make_remote(f"http://127.0.0.1:{free_port()}")
    chain = ProviderChain([("gone", gone), ("there", make_remote(there.address))])
    seen(chain.generate(request()))
    started = time.monotonic()

    assert seen(chain.generate(request())) == "안녕하세요."

    assert time.monotonic() - started < 5


def test_what_broke_off_in_the_middle_begins_anew_elsewhere(pair: Pair) -> None:
    pair.first.behave(Behaviour(FIRST, breaks_after=2))

    pieces = list(pair.chain.generate(request()))

    mark = pieces.index(RESTART)
    assert "".join(pieces[:mark]) == FIRST[:10]
    assert "".join(pieces[mark + 1 :]) == SECOND
    assert pieces.count(RESTART) == 1


@pytest.mark.parametrize("behaviour", [Behaviour(before_headers_s=HANG_S), Behaviour(after_headers_s=HANG_S)])
def test_a_hung_provider_is_passed_over_by_its_own_average(behaviour: Behaviour, pair: Pair) -> None:
    pair.ask()
    pair.first.behave(behaviour)
    started = time.monotonic()

    assert pair.ask() == SECOND

    assert time.monotonic() - started < HURRIED.floor_s + 5
    wait_until(lambda: pair.first.cancelled == 1, 10)
    assert pair.chain.figures()[0].last_error == "PROVIDER_TOO_SLOW"


def test_a_stream_that_falls_silent_is_passed_over(pair: Pair) -> None:
    pair.first.behave(Behaviour(FIRST, between_s=HANG_S))
    started = time.monotonic()

    assert pair.ask() == SECOND

    assert time.monotonic() - started < HURRIED.stall_s + 5


def test_what_nobody_waits_for_in_the_room_may_be_silent_for_longer(pair: Pair) -> None:
    pair.ask(priority=Priority.EVALUATION)
    pair.first.behave(Behaviour(FIRST, after_headers_s=1, between_s=0.7, piece=8))

    assert pair.ask(priority=Priority.EVALUATION) == FIRST
    assert pair.ask() == SECOND


def test_a_provider_without_history_gets_half_the_time(pair: Pair) -> None:
    pair.first.behave(Behaviour(before_headers_s=HANG_S))
    started = time.monotonic()

    assert pair.ask(deadline_s=6) == SECOND

    assert 2.9 < time.monotonic() - started < 5.5


def test_a_slower_provider_is_slow_only_against_itself(pair: Pair) -> None:
    pair.first.behave(Behaviour(FIRST, after_headers_s=0.6))

    assert [pair.ask() for _ in range(3)] == [FIRST] * 3
    average_ms = pair.chain.figures()[0].first_token_ms
    assert average_ms is not None
    assert 550 < average_ms < 1000

    pair.first.behave(Behaviour(FIRST, after_headers_s=2))
    assert pair.ask() == SECOND


def test_the_average_follows_a_provider_that_stays_slower(pair: Pair) -> None:
    pair.ask()
    pair.first.behave(Behaviour(FIRST, after_headers_s=0.8))
    texts = []
    for _ in range(12):
        texts.append(pair.ask())
        pair.clock.ahead_s += OPEN_S

    assert texts[0] == SECOND
    assert FIRST in texts


def test_the_last_provider_is_waited_for(pair: Pair) -> None:
    pair.ask()
    pair.first.behave(Behaviour(status=500))
    pair.second.behave(Behaviour(SECOND, after_headers_s=1.5))

    assert pair.ask() == SECOND


def test_five_failures_open_the_breaker_and_thirty_seconds_later_one_probe_closes_it(pair: Pair) -> None:
    pair.first.behave(Behaviour(status=500))
    for count in range(5):
        assert pair.state() is BreakerState.CLOSED
        assert pair.chain.figures()[0].failures_in_a_row == count
        assert pair.ask() == SECOND
    assert pair.state() is BreakerState.OPEN

    assert pair.ask() == SECOND
    pair.clock.ahead_s += OPEN_S - 1
    assert pair.ask() == SECOND
    assert len(pair.first.requests) == 5

    pair.clock.ahead_s += 2
    assert pair.state() is BreakerState.HALF_OPEN
    assert pair.ask() == SECOND
    assert len(pair.first.requests) == 6
    assert pair.state() is BreakerState.OPEN

    pair.clock.ahead_s += OPEN_S + 1
    pair.first.behave(Behaviour(FIRST))
    assert pair.ask() == FIRST
    assert pair.state() is BreakerState.CLOSED
    assert pair.ask() == FIRST


def test_only_one_probe_at_a_time(pair: Pair) -> None:
    pair.first.behave(Behaviour(status=500))
    for _ in range(5):
        pair.ask()
    pair.clock.ahead_s += OPEN_S + 1
    pair.first.behave(Behaviour(FIRST, after_headers_s=0.2))
    pair.first.requests.clear()
    texts: list[str] = []

    threads = [threading.Thread(target=lambda: texts.append(pair.ask())) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(texts) == sorted([FIRST] + [SECOND] * 5)
    assert len(pair.first.requests) == 1


def test_a_cancelled_probe_lets_the_next_one_try(pair: Pair) -> None:
    pair.first.behave(Behaviour(status=500))
    for _ in range(5):
        pair.ask()
    pair.clock.ahead_s += OPEN_S + 1
    pair.first.behave(Behaviour(FIRST, before_headers_s=HANG_S))
    generation = pair.chain.generate(request())
    threading.Timer(0.2, generation.cancel).start()
    with pytest.raises(GenerationCancelled):
        seen(generation)
    pair.first.behave(Behaviour(FIRST))

    assert pair.ask() == FIRST


def test_a_busy_provider_is_left_alone_for_as_long_as_it_wants(pair: Pair) -> None:
    pair.first.behave(Behaviour(status=429, headers={"Retry-After": "60"}))
    assert pair.ask() == SECOND
    pair.first.behave(Behaviour(FIRST))

    assert pair.ask() == SECOND
    assert pair.chain.figures()[0].is_resting
    assert len(pair.first.requests) == 1
    pair.clock.ahead_s += 61
    assert pair.ask() == FIRST
    assert pair.state() is BreakerState.CLOSED


def test_when_all_fail_there_is_one_typed_error(pair: Pair) -> None:
    pair.first.behave(Behaviour(status=500))
    pair.second.behave(Behaviour(SECOND, breaks_after=1))

    with pytest.raises(AllProvidersFailed) as failed:
        pair.ask()
    assert SECOND not in str(failed.value)

    busy = Behaviour(status=429, headers={"Retry-After": "60"})
    pair.first.behave(busy)
    pair.second.behave(busy)
    with pytest.raises(ModelBusy):
        pair.ask()
    with pytest.raises(AllProvidersFailed):
        pair.ask()


def test_a_hung_last_provider_ends_at_the_deadline_and_opens_its_breaker(
    server: ProviderServer, make_remote: MakeRemote
) -> None:
    model = make_remote(server.address)
    "".join(model.generate(request()))
    server.behave(Behaviour(before_headers_s=HANG_S))
    chain = ProviderChain([("only", model)], patience=HURRIED)

    for _ in range(5):
        started = time.monotonic()
        with pytest.raises(DeadlinePassed):
            seen(chain.generate(request(deadline_s=0.5)))
        assert time.monotonic() - started < 10
    started = time.monotonic()
    with pytest.raises(AllProvidersFailed):
        seen(chain.generate(request(deadline_s=20)))
    assert time.monotonic() - started < 5


def test_a_slow_writer_ends_at_the_deadline(server: ProviderServer, make_remote: MakeRemote) -> None:
    server.behave(Behaviour(FIRST * 10, piece=1, between_s=0.4))
    chain = ProviderChain([("only", make_remote(server.address))])
    seen_so_far: list[str] = []
    started = time.monotonic()

    with pytest.raises(DeadlinePassed):
        seen_so_far += [piece for piece in chain.generate(request(deadline_s=2)) if piece]

    assert time.monotonic() - started < 10
    wait_until(lambda: server.cancelled == 1, 10)


def test_a_request_with_no_time_left_says_nothing_about_a_provider(pair: Pair) -> None:
    pair.first.behave(Behaviour(before_headers_s=HANG_S))
    for _ in range(6):
        with pytest.raises(DeadlinePassed):
            pair.ask(deadline_s=0.05)

    assert (pair.chain.figures()[0].failures, pair.state()) == (0, BreakerState.CLOSED)


def test_a_prompt_that_is_too_long_goes_back_to_who_wrote_it() -> None:
    first, second = FakeLanguageModel([PromptTooLong("8k")]), FakeLanguageModel(["never"])
    chain = ProviderChain([("a", first), ("b", second)])

    with pytest.raises(PromptTooLong):
        seen(chain.generate(request()))

    assert second.requests == []
    assert chain.figures()[0].failures == 0


def test_a_cancelled_request_stops_the_server_and_counts_against_nobody(pair: Pair) -> None:
    pair.first.behave(Behaviour(FIRST * 100, piece=1, between_s=0.05))
    generation = pair.chain.generate(request())
    pieces = iter(generation)
    next(pieces)

    generation.cancel()

    with pytest.raises(GenerationCancelled):
        list(pieces)
    wait_until(lambda: pair.first.cancelled == 1, 10)
    assert pair.chain.figures()[0].failures == 0
    assert pair.second.requests == []


def chat(chain: ProviderChain, **options: Any) -> EngineChatModel:
    return EngineChatModel(
        chain, max_tokens=160, temperature=0.5, deadline_s=20, priority=Priority.LIVE_QUESTION, **options
    )


def test_a_job_that_is_cancelled_while_nothing_comes_stops(pair: Pair) -> None:
    pair.first.behave(Behaviour(before_headers_s=HANG_S))
    cancelled = threading.Event()
    threading.Timer(0.3, cancelled.set).start()
    started = time.monotonic()

    with pytest.raises(GenerationCancelled):
        chat(pair.chain, is_cancelled=cancelled.is_set).invoke("질문해 주세요")

    assert time.monotonic() - started < 10
    wait_until(lambda: pair.first.cancelled == 1, 10)


def test_langchain_sees_one_text_with_the_account_of_who_wrote_it(pair: Pair) -> None:
    pair.first.behave(Behaviour(FIRST, breaks_after=2))

    message = chat(pair.chain).invoke("질문해 주세요")

    assert message.text == SECOND
    assert result_of(message).tokens_out == 7
    assert message.response_metadata["model_provider"] == "openai_compatible"


class Reading(FakeLanguageModel):
    def __init__(self, *, is_remote: bool) -> None:
        super().__init__(["Local?"])
        self.is_remote = is_remote
        self.sessions: list[UUID] = []
        self.forgotten: list[UUID] = []

    def status(self) -> Any:
        return replace(super().status(), is_remote=self.is_remote)

    def read_ahead(self, messages: Any, session: UUID) -> None:
        self.sessions.append(session)

    def forget(self, session: UUID) -> None:
        self.forgotten.append(session)


def test_only_local_providers_read_ahead_and_all_forget() -> None:
    local, remote, session = Reading(is_remote=False), Reading(is_remote=True), uuid4()
    chain = ProviderChain([("remote", remote), ("local", local)])

    chain.read_ahead([], session)
    chain.forget(session)

    assert (local.sessions, remote.sessions) == ([session], [])
    assert local.forgotten == remote.forgotten == [session]


def test_the_state_is_that_of_the_first_that_can_answer(pair: Pair) -> None:
    missing, local = no_model(), FakeLanguageModel(["x"])
    assert ProviderChain([("local", missing), ("b", local)]).status().state is ModelState.READY
    assert not ProviderChain([("local", missing), ("b", no_model())]).status().is_usable
    assert ProviderChain([("a", Reading(is_remote=False)), ("b", Reading(is_remote=True))]).status().is_remote
    assert not ProviderChain([("a", Reading(is_remote=False)), ("b", missing)]).status().is_remote
    with pytest.raises(ModelUnavailable):
        ProviderChain([("local", missing)]).generate(request())


def test_a_missing_local_model_is_passed_over_and_counts_as_no_failure() -> None:
    chain = ProviderChain([("local", no_model()), ("b", FakeLanguageModel([FIRST]))])

    assert seen(chain.generate(request())) == FIRST
    assert chain.figures()[0].requests == 0


class Broken(FakeLanguageModel):
    """Raises what no provider should."""

    def generate(self, request: Any) -> Any:
        raise ZeroDivisionError


def test_even_a_provider_with_a_fault_of_ours_is_passed_over() -> None:
    chain = ProviderChain([("broken", Broken()), ("b", FakeLanguageModel([FIRST]))])

    assert seen(chain.generate(request())) == FIRST
    assert chain.figures()[0].last_error == EngineFailed.code
