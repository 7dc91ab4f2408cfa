"""Servers that behave as a test says, and models that ask them."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from pydantic import SecretStr

from interview_worker.engines.language_model import GenerationRequest, Limits, Message, Priority, Role
from interview_worker.engines.provider_clients import ProviderKind, ProviderOptions
from interview_worker.engines.remote_provider import RemoteModel
from tests.worker.providers.provider_server import ProviderServer, serve_provider

KEY = "sk-canary-4711"


@pytest.fixture
def make_server() -> Iterator[Callable[[], ProviderServer]]:
    with ExitStack() as stack:
        yield lambda: stack.enter_context(serve_provider())


@pytest.fixture
def server(make_server: Callable[[], ProviderServer]) -> ProviderServer:
    return make_server()


@pytest.fixture
def make_remote() -> Iterator[Callable[..., RemoteModel]]:
    """Return a function that makes a model of a kind over a server's address, and closes them all afterwards."""
    made: list[RemoteModel] = []

    def make(address: str, kind: ProviderKind = ProviderKind.OPENAI_COMPATIBLE) -> RemoteModel:
        base_url = f"{address}/v1" if "openai" in kind else address
        made.append(RemoteModel(ProviderOptions(kind, "asked-model", SecretStr(KEY), base_url)))
        return made[-1]

    yield make
    for model in made:
        model.close()


def request(**changes: Any) -> GenerationRequest:
    limits = Limits(
        max_tokens=changes.pop("max_tokens", 160),
        temperature=changes.pop("temperature", 0.5),
        deadline_s=changes.pop("deadline_s", 20),
    )
    messages = [Message(Role.SYSTEM, "You interview."), Message(Role.USER, "Ask.")]
    return GenerationRequest(messages, limits, changes.pop("priority", Priority.LIVE_QUESTION), **changes)
