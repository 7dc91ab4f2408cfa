"""One provider: its text, its account, its limits, and every way in which it can fail."""

import socket
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from pydantic import BaseModel, Field

from interview_core.errors import EngineFailed, InterviewError
from interview_worker.engines.language_model import (
    DeadlinePassed,
    FinishReason,
    GenerationCancelled,
    ModelState,
    ModelUnavailable,
    OutputRefused,
    PromptTooLong,
)
from interview_worker.engines.provider_clients import ProviderKind
from interview_worker.engines.provider_errors import RateLimited
from interview_worker.engines.remote_provider import RemoteModel
from tests.worker.providers.conftest import KEY, request
from tests.worker.providers.provider_server import HANG_S, MODEL, Behaviour, ProviderServer

KINDS = list(ProviderKind)
MakeRemote = Callable[..., RemoteModel]
TEXT = '캐시를 도입하며 가장 어려웠던 결정은 무엇이었나요? "따옴표", 100%, * 와 # 도.'


class Judged(BaseModel):
    comment: str = Field(min_length=1, max_length=20)
    score: int = Field(ge=0, le=100)


def wait_until(is_so: Callable[[], bool], seconds: float = 5) -> None:
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.01)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_streams_its_text_with_an_account(
    kind: ProviderKind, server: ProviderServer, make_remote: MakeRemote
) -> None:
    server.behave(Behaviour(TEXT))
    generation = make_remote(server.address, kind).generate(request())

    pieces = list(generation)

    assert "".join(pieces) == TEXT
    assert len(pieces) > 3
    result = generation.result
    assert (result.provider, result.model) == (kind.value, MODEL)
    assert result.finish_reason is FinishReason.STOP
    assert (result.tokens_in, result.tokens_reused, result.tokens_out) == (21, 13, 7)
    assert result.first_token_ms is not None
    assert result.first_token_ms <= result.total_ms
    assert KEY in server.keys[0]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_told_messages_limits_and_schema(
    kind: ProviderKind, server: ProviderServer, make_remote: MakeRemote
) -> None:
    wanted = request(max_tokens=77, temperature=0.25, output_schema=Judged.model_json_schema())
    list(make_remote(server.address, kind).generate(wanted))

    body = str(server.requests[0])
    assert "You interview." in body
    assert "Ask." in body
    assert "77" in body
    assert "0.25" in body
    assert "score" in body
    assert "json" in body
    assert len(server.requests) == 1


@pytest.mark.parametrize("kind", KINDS)
def test_a_text_cut_at_its_limit_says_so(kind: ProviderKind, server: ProviderServer, make_remote: MakeRemote) -> None:
    server.behave(Behaviour(TEXT, finish="length"))
    generation = make_remote(server.address, kind).generate(request(output_schema=Judged.model_json_schema()))

    list(generation)

    assert generation.result.finish_reason is FinishReason.LENGTH


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("behaviour", "error"),
    [
        (Behaviour(status=500), EngineFailed),
        (Behaviour(status=401), ModelUnavailable),
        (Behaviour(status=404), ModelUnavailable),
        (Behaviour(status=429, headers={"Retry-After": "7"}), RateLimited),
        (Behaviour(breaks_after=2, text=TEXT), EngineFailed),
        (Behaviour(finish=None, text=TEXT), EngineFailed),
        (Behaviour(finish="refused", text=TEXT), OutputRefused),
        (Behaviour(text=""), OutputRefused),
        (Behaviour(body=""), EngineFailed),
        (Behaviour(body="<html>Welcome to the hotel's network</html>"), EngineFailed),
        (Behaviour(body="data: {not json\n\ndata: [DONE]\n\n"), EngineFailed),
        (Behaviour(body='data: {"choices": 7}\n\n'), EngineFailed),
        (Behaviour(body="data: [1, 2]\n\ndata: null\n\n"), EngineFailed),
    ],
    ids=lambda value: str(value)[:80] if isinstance(value, Behaviour) else value.__name__,
)
def test_every_kind_fails_in_a_typed_way(
    kind: ProviderKind,
    behaviour: Behaviour,
    error: type[InterviewError],
    server: ProviderServer,
    make_remote: MakeRemote,
) -> None:
    server.behave(behaviour)
    started = time.monotonic()

    with pytest.raises(InterviewError) as raised:
        list(make_remote(server.address, kind).generate(request()))

    assert isinstance(raised.value, error), raised.value
    assert len(server.requests) == 1, "a provider's library tried again by itself"
    assert time.monotonic() - started < 10
    assert KEY not in str(raised.value)


@pytest.mark.parametrize("kind", KINDS[:3])
def test_a_busy_provider_says_for_how_long(kind: ProviderKind, server: ProviderServer, make_remote: MakeRemote) -> None:
    server.behave(Behaviour(status=429, headers={"Retry-After": "7"}))

    with pytest.raises(RateLimited) as raised:
        list(make_remote(server.address, kind).generate(request()))

    assert raised.value.retry_after_s == 7


@pytest.mark.parametrize(
    ("kind", "status", "body"),
    [
        ("openai", 400, '{"error": {"message": "too much", "code": "context_length_exceeded", "type": "x"}}'),
        (
            "openai_compatible",
            400,
            (
                '{"error": {"code": 400, "message": "the request exceeds the available context size",'
                ' "type": "exceed_context_size_error"}}'
            ),
        ),
        (
            "openai_compatible",
            400,
            '{"object": "error", "message": "This model\'s maximum context length is 64 tokens.", "code": 400}',
        ),
        (
            "anthropic",
            400,
            '{"type": "error", "error": {"type": "invalid_request_error", "message": "prompt is too long: 9 > 8"}}',
        ),
        (
            "gemini",
            400,
            (
                '{"error": {"code": 400, "status": "INVALID_ARGUMENT",'
                ' "message": "The input token count (9) exceeds the maximum number of tokens allowed (8)."}}'
            ),
        ),
    ],
)
def test_a_prompt_that_is_too_long_is_told_apart(
    kind: str, status: int, body: str, server: ProviderServer, make_remote: MakeRemote
) -> None:
    server.behave(Behaviour(status=status, body=body))

    with pytest.raises(PromptTooLong):
        list(make_remote(server.address, ProviderKind(kind)).generate(request()))


def test_a_server_that_is_not_there_fails_at_once(make_remote: MakeRemote, free_port: Callable[[], int]) -> None:
    model = make_remote(f"http://127.0.0.1:{free_port()}")
    with pytest.raises(EngineFailed):
        list(model.generate(request()))
    started = time.monotonic()

    with pytest.raises(EngineFailed):
        list(model.generate(request()))

    assert time.monotonic() - started < 5


@pytest.mark.parametrize(
    "behaviour",
    [
        Behaviour(before_headers_s=HANG_S),
        Behaviour(after_headers_s=HANG_S),
        Behaviour(TEXT, between_s=HANG_S),
        Behaviour(TEXT, piece=1, between_s=0.3),
    ],
    ids=["before headers", "after headers", "after a piece", "slow"],
)
@pytest.mark.parametrize("kind", KINDS)
def test_a_request_ends_at_its_deadline_and_the_server_stops(
    kind: ProviderKind, behaviour: Behaviour, server: ProviderServer, make_remote: MakeRemote
) -> None:
    server.behave(behaviour)
    model = make_remote(server.address, kind)
    list_errors(model, deadline_s=0.01)  # loads the library
    before = server.cancelled
    started = time.monotonic()

    with pytest.raises(DeadlinePassed):
        list(model.generate(request(deadline_s=1)))

    assert 0.9 < time.monotonic() - started < 10
    wait_until(lambda: server.cancelled > before, 10)


def list_errors(model: RemoteModel, **changes: Any) -> None:
    with pytest.raises(InterviewError):
        list(model.generate(request(**changes)))


@pytest.mark.parametrize("kind", KINDS)
def test_a_cancelled_request_stops_the_server(
    kind: ProviderKind, server: ProviderServer, make_remote: MakeRemote
) -> None:
    server.behave(Behaviour(TEXT * 50, piece=1, between_s=0.05))
    generation = make_remote(server.address, kind).generate(request())
    pieces = iter(generation)
    next(pieces)
    cancelled_at = time.monotonic()

    generation.cancel()
    generation.cancel()

    with pytest.raises(GenerationCancelled):
        list(pieces)
    wait_until(lambda: server.cancelled == 1, 10)
    assert time.monotonic() - cancelled_at < 10


@pytest.mark.parametrize("kind", KINDS)
def test_a_stream_that_never_pauses_is_cancelled_too(
    kind: ProviderKind, server: ProviderServer, make_remote: MakeRemote
) -> None:
    server.behave(Behaviour("가나다라마" * 100_000, piece=5))
    generation = make_remote(server.address, kind).generate(request(max_tokens=100_000))
    pieces = iter(generation)
    for _ in range(20):
        next(pieces)

    generation.cancel()

    wait_until(lambda: server.cancelled == 1, 10)


def test_a_request_can_be_cancelled_while_nothing_comes(server: ProviderServer, make_remote: MakeRemote) -> None:
    server.behave(Behaviour(before_headers_s=HANG_S))
    generation = make_remote(server.address).generate(request())
    threading.Timer(0.3, generation.cancel).start()
    started = time.monotonic()

    with pytest.raises(GenerationCancelled):
        list(generation)

    assert time.monotonic() - started < 5
    wait_until(lambda: server.cancelled == 1, 10)


@pytest.mark.parametrize("kind", KINDS)
def test_a_megabyte_is_refused_while_it_comes(
    kind: ProviderKind, server: ProviderServer, make_remote: MakeRemote
) -> None:
    server.behave(Behaviour("가" * 1_000_000, piece=500, between_s=0.001))
    read = 0

    with pytest.raises(OutputRefused):
        for piece in make_remote(server.address, kind).generate(request(max_tokens=100)):
            read += len(piece)

    assert read <= 1600
    wait_until(lambda: server.cancelled == 1, 10)


def test_characters_that_cannot_be_stored_are_marked(server: ProviderServer, make_remote: MakeRemote) -> None:
    server.behave(Behaviour("a\x00b\ud83dc", piece=1))

    assert "".join(make_remote(server.address).generate(request())) == "a\ufffdb\ufffdc"


@pytest.mark.parametrize("kind", ["openai", "anthropic"])
def test_a_model_that_takes_no_temperature_is_asked_without(
    kind: str, server: ProviderServer, make_remote: MakeRemote
) -> None:
    refusal = '{"error": {"message": "temperature does not support 0.5 with this model", "type": "invalid_request"}}'
    server.behave(Behaviour(status=400, body=refusal), Behaviour(TEXT))
    model = make_remote(server.address, ProviderKind(kind))

    assert "".join(model.generate(request())) == TEXT
    assert "".join(model.generate(request())) == TEXT
    assert ["temperature" in body for body in server.requests] == [True, False, False]


@pytest.mark.parametrize("kind", KINDS)
def test_a_kept_connection_that_was_closed_meanwhile_costs_no_answer(
    kind: ProviderKind, server: ProviderServer, make_remote: MakeRemote
) -> None:
    server.behave(Behaviour(TEXT, drops_kept=True))
    model = make_remote(server.address, kind)

    texts = ["".join(model.generate(request())) for _ in range(3)]

    assert texts == [TEXT] * 3
    assert len(server.requests) == 5, "the second and the third were each sent twice"


def test_many_requests_share_the_connections_thread(server: ProviderServer, make_remote: MakeRemote) -> None:
    server.behave(Behaviour(TEXT, between_s=0.02))
    model = make_remote(server.address)
    "".join(model.generate(request()))
    started = time.monotonic()

    texts = ["".join(generation) for generation in [model.generate(request()) for _ in range(8)]]

    assert texts == [TEXT] * 8
    assert time.monotonic() - started < 10


def test_a_server_without_a_key_of_its_own_is_not_given_openais(
    server: ProviderServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    from interview_worker.engines.provider_clients import ProviderOptions

    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    model = RemoteModel(ProviderOptions(ProviderKind.OPENAI_COMPATIBLE, "m", None, server.openai_url))
    "".join(model.generate(request()))
    model.close()

    assert KEY not in server.keys[0]


def test_where_a_provider_is_and_whether_it_can_be_used(server: ProviderServer, make_remote: MakeRemote) -> None:
    from interview_worker.engines.provider_clients import ProviderOptions

    model = make_remote(server.address)
    assert (model.status().state, model.status().is_remote) == (ModelState.NOT_LOADED, False)
    model.warm_up()
    wait_until(lambda: model.status().state is ModelState.READY, 20)
    assert ProviderOptions(ProviderKind.OPENAI, "m").is_remote
    assert ProviderOptions(ProviderKind.OPENAI_COMPATIBLE, "m", None, "http://vllm:8000/v1").is_remote
    host_of_docker = "http://host.docker.internal:11434/v1"
    assert not ProviderOptions(ProviderKind.OPENAI_COMPATIBLE, "m", None, host_of_docker).is_remote


def test_ports_that_only_listen_hold_nobody(make_remote: MakeRemote) -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener:
        model = make_remote(f"http://127.0.0.1:{listener.getsockname()[1]}")
        with pytest.raises(DeadlinePassed):
            list(model.generate(request(deadline_s=2)))
