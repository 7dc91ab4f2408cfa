"""A real server of the same protocol: llama.cpp's own, on the tiny model."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from pydantic import BaseModel, Field, SecretStr

from interview_worker.engines.langchain_model import EngineChatModel, result_of
from interview_worker.engines.language_model import (
    FinishReason,
    GenerationCancelled,
    GenerationRequest,
    Limits,
    Message,
    Priority,
    PromptTooLong,
    Role,
)
from interview_worker.engines.provider_chain import ProviderChain
from interview_worker.engines.provider_clients import ProviderKind, ProviderOptions
from interview_worker.engines.remote_provider import RemoteModel
from interview_worker.gpu.findings import Status
from interview_worker.gpu.judging import judge
from interview_worker.rubrics.loader import load_rubric
from tests.samples.make_gguf import write_gguf
from tests.worker.gpu.conftest import SCRIPT
from tests.worker.gpu.test_judging import TEXT, answer
from tests.worker.providers.conftest import request

CONTEXT = 4096
SERVER = """
import sys
import xllamacpp

parameters = xllamacpp.CommonParams()
parameters.model.path = sys.argv[1]
parameters.n_parallel, parameters.n_ctx = 2, 2 * int(sys.argv[2])
parameters.cpuparams.n_threads = parameters.cpuparams_batch.n_threads = 1
parameters.port = 0
parameters.endpoint_slots = True
server = xllamacpp.Server(parameters)
print(server.listening_address, flush=True)
sys.stdin.read()
"""


class Review(BaseModel):
    summary: str = Field(min_length=1, max_length=60)
    score: int = Field(ge=0, le=100)
    is_clear: bool


def serve(path: Path) -> Iterator[str]:
    with subprocess.Popen(
        [sys.executable, "-c", SERVER, str(path), str(CONTEXT)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as child:
        try:
            assert child.stdout is not None
            yield next(line.strip() for line in child.stdout if line.startswith("http"))
        finally:
            child.kill()


@pytest.fixture(scope="module")
def scripted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server whose model always writes SCRIPT."""
    yield from serve(write_gguf(tmp_path_factory.mktemp("scripted") / "tiny.gguf", script=SCRIPT))


@pytest.fixture(scope="module")
def endless(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server whose model never ends by itself."""
    yield from serve(write_gguf(tmp_path_factory.mktemp("endless") / "tiny.gguf", script=SCRIPT, is_endless=True))


@pytest.fixture
def chain_of(request: pytest.FixtureRequest) -> Any:
    made: list[RemoteModel] = []

    def make(address: str) -> ProviderChain:
        options = ProviderOptions(ProviderKind.OPENAI_COMPATIBLE, "tiny", SecretStr("none"), f"{address}/v1")
        made.append(RemoteModel(options))
        return ProviderChain([("peer", made[-1])])

    yield make
    for model in made:
        model.close()


def test_a_question_streams_from_it_with_its_account(scripted: str, chain_of: Any) -> None:
    chain = chain_of(scripted)
    for turn in range(2):
        generation = chain.generate(request(max_tokens=200))
        pieces = [piece for piece in generation if piece]

        assert "".join(pieces) == SCRIPT
        assert len(pieces) > 3
        result = generation.result
        assert (result.provider, result.finish_reason) == ("openai_compatible", FinishReason.STOP)
        assert result.tokens_in > 0
        assert result.tokens_out > 3
        assert (result.tokens_reused > 0) == (turn == 1)
        assert result.first_token_ms is not None


def test_a_text_cut_at_its_limit_says_so(endless: str, chain_of: Any) -> None:
    generation = chain_of(endless).generate(request(max_tokens=5))
    list(generation)
    assert (generation.result.finish_reason, generation.result.tokens_out) == (FinishReason.LENGTH, 5)


def test_an_object_comes_in_its_schema(scripted: str, chain_of: Any) -> None:
    chat = EngineChatModel(
        chain_of(scripted), max_tokens=400, temperature=0.8, deadline_s=60, priority=Priority.EVALUATION
    )
    structured = chat.with_structured_output(Review, include_raw=True)

    for _ in range(5):
        review, message = structured.invoke("평가해 주세요")
        assert isinstance(review, Review)
        Review.model_validate_json(message.text)
        assert result_of(message).tokens_out > 0


@pytest.mark.parametrize("covers", [(), ("도입한 이유",), ("도입한 이유", "결과", '"따옴표"')])
def test_an_answer_is_judged_through_it(covers: tuple[str, ...], scripted: str, chain_of: Any) -> None:
    judged = answer(text=f"{SCRIPT} {TEXT}", covers=covers)

    verdict = judge(judged, chain_of(scripted), load_rubric(), has_consent=True, deadline_s=90)

    assert verdict.status is not Status.FAILED, verdict
    assert verdict.findings.summary
    assert verdict.answered_by is not None
    assert verdict.answered_by.provider == "openai_compatible"


def test_cancelling_stops_the_server(endless: str, chain_of: Any) -> None:
    generation = chain_of(endless).generate(request(max_tokens=CONTEXT - 200))
    pieces = iter(generation)
    next(piece for piece in pieces if piece)
    assert busy_slots(endless) == 1
    cancelled_at = time.monotonic()

    generation.cancel()

    with pytest.raises(GenerationCancelled):
        list(pieces)
    while busy_slots(endless):
        assert time.monotonic() - cancelled_at < 10
        time.sleep(0.02)


def busy_slots(address: str) -> int:
    slots = json.loads(httpx2.get(f"{address}/slots", timeout=10).text)
    return sum(slot["is_processing"] for slot in slots)


def test_a_prompt_beyond_its_context_is_told_apart(scripted: str, chain_of: Any) -> None:
    limits = Limits(max_tokens=10, temperature=0.5, deadline_s=20)
    long = GenerationRequest([Message(Role.USER, "가나다라 " * 4000)], limits, Priority.LIVE_QUESTION)

    with pytest.raises(PromptTooLong):
        list(chain_of(scripted).generate(long))
