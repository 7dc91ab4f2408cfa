"""LangChain's own integrations: how each provider's chat model is made, and how it is told limits and a schema."""

import importlib.util
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from langchain_core.language_models.chat_models import BaseChatModel
from pydantic import SecretStr

from interview_worker.engines.language_model import GenerationRequest, JsonSchema

CONNECT_S = 5
SILENCE_S = 60
"""A connection on which nothing comes for so long is given up; deadlines are shorter."""

# Said in full, or the libraries would follow variables of the environment that were meant for other programs.
_OPENAI_URL = "https://api.openai.com/v1"
_ANTHROPIC_URL = "https://api.anthropic.com"
_GEMINI_URL = "https://generativelanguage.googleapis.com"
_THIS_MACHINE = {"localhost", "127.0.0.1", "::1", "host.docker.internal"}
_LENGTHS = {"minLength", "maxLength"}


class ProviderKind(StrEnum):
    OPENAI_COMPATIBLE = "openai_compatible"
    """vLLM, llama-server, Ollama and others that speak OpenAI's chat completions."""
    OPENAI = "openai"
    ANTHROPIC = "anthropic"
    GEMINI = "gemini"


@dataclass(frozen=True)
class ProviderOptions:
    kind: ProviderKind
    model: str
    api_key: SecretStr | None = None
    base_url: str | None = None
    """None: the provider's own address."""

    @property
    def is_remote(self) -> bool:
        """Whether texts leave this machine."""
        return self.base_url is None or urlsplit(self.base_url).hostname not in _THIS_MACHINE


@dataclass(frozen=True)
class ProviderClient:
    """How to use the integration of one kind of provider."""

    package: str
    extra: str
    make: Callable[[ProviderOptions], BaseChatModel]
    arguments: Callable[[GenerationRequest], dict[str, Any]]
    """What a call is given beside messages and temperature."""

    @property
    def is_installed(self) -> bool:
        return importlib.util.find_spec(self.package) is not None


def _make_openai(options: ProviderOptions) -> BaseChatModel:
    import httpx2
    from langchain_openai import ChatOpenAI

    timeout = httpx2.Timeout(SILENCE_S, connect=CONNECT_S)
    # Without a key of its own a server is given a word, not the key of OpenAI from the environment.
    key = options.api_key or SecretStr("none")
    return ChatOpenAI(
        model=options.model,
        api_key=key,
        base_url=options.base_url or _OPENAI_URL,
        http_async_client=httpx2.AsyncClient(timeout=timeout),
        timeout=timeout,
        max_retries=0,
        stream_usage=True,
        # Made with Python 3.11's wait_for, it loses cancellations while text comes fast: the server would write on.
        stream_chunk_timeout=None,
        use_responses_api=False,
    )


def _make_anthropic(options: ProviderOptions) -> BaseChatModel:
    from langchain_anthropic import ChatAnthropic

    return ChatAnthropic(
        model=options.model,
        api_key=_key_of(options),
        base_url=options.base_url or _ANTHROPIC_URL,
        timeout=SILENCE_S,
        max_retries=0,
    )


def _make_gemini(options: ProviderOptions) -> BaseChatModel:
    from langchain_google_genai import ChatGoogleGenerativeAI

    # Here the number counts the first attempt too.
    return ChatGoogleGenerativeAI(
        model=options.model,
        api_key=_key_of(options),
        base_url=options.base_url or _GEMINI_URL,
        timeout=SILENCE_S,
        max_retries=1,
        vertexai=False,
    )


def _key_of(options: ProviderOptions) -> SecretStr:
    return options.api_key or SecretStr("")


def _openai_arguments(request: GenerationRequest) -> dict[str, Any]:
    # In the body as it is: the library would read the answer itself, and raise when it is cut off.
    body = {"response_format": _response_format(request.output_schema, strip=_LENGTHS)} if request.output_schema else {}
    return {"max_tokens": request.limits.max_tokens, "extra_body": body}


def _compatible_arguments(request: GenerationRequest) -> dict[str, Any]:
    # Older servers know only the older name of the limit.
    body: dict[str, Any] = {"max_tokens": request.limits.max_tokens}
    if request.output_schema:
        body["response_format"] = _response_format(request.output_schema, strip=set())
    return {"max_tokens": request.limits.max_tokens, "seed": request.seed, "extra_body": body}


def _anthropic_arguments(request: GenerationRequest) -> dict[str, Any]:
    arguments: dict[str, Any] = {"max_tokens": request.limits.max_tokens}
    if request.output_schema:
        arguments["response_format"] = _response_format(request.output_schema, strip=_LENGTHS)
    return arguments


def _gemini_arguments(request: GenerationRequest) -> dict[str, Any]:
    arguments: dict[str, Any] = {"max_output_tokens": request.limits.max_tokens}
    if request.output_schema:
        arguments["response_mime_type"] = "application/json"
        arguments["response_json_schema"] = _without(request.output_schema, _LENGTHS)
    return arguments


def _response_format(schema: JsonSchema, *, strip: set[str]) -> dict[str, Any]:
    name = re.sub(r"\W", "_", str(schema.get("title", "answer")))
    return {"type": "json_schema", "json_schema": {"name": name, "schema": _without(schema, strip), "strict": True}}


def _without(schema: Any, keys: set[str]) -> Any:
    """Return a schema without some keywords, such as the lengths that providers refuse; they are checked afterwards."""
    if isinstance(schema, Mapping):
        kept = {key: _without(value, keys) for key, value in schema.items() if key not in keys}
        # Gemini does not know constants.
        return kept | {"enum": [kept.pop("const")]} if "const" in kept else kept
    return [_without(value, keys) for value in schema] if isinstance(schema, list | tuple) else schema


CLIENTS = {
    ProviderKind.OPENAI_COMPATIBLE: ProviderClient("langchain_openai", "openai", _make_openai, _compatible_arguments),
    ProviderKind.OPENAI: ProviderClient("langchain_openai", "openai", _make_openai, _openai_arguments),
    ProviderKind.ANTHROPIC: ProviderClient("langchain_anthropic", "anthropic", _make_anthropic, _anthropic_arguments),
    ProviderKind.GEMINI: ProviderClient("langchain_google_genai", "google", _make_gemini, _gemini_arguments),
}
