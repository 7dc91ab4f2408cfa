"""What a provider's stream adds up to: its text as it comes, and in the end the account of the generation."""

import re
from typing import TYPE_CHECKING, Any

from langchain_core.messages import AIMessageChunk
from langchain_core.messages.ai import UsageMetadata, add_usage

from interview_core.errors import EngineFailed
from interview_worker.engines.language_model import FinishReason, GenerationResult, OutputRefused

if TYPE_CHECKING:
    from interview_worker.engines.remote_provider import RemoteGeneration

_CHARACTERS_PER_TOKEN = 16
"""More than any tokenizer makes of a token on average: a text beyond is no answer to what was asked."""

_STOPPED = {"stop", "end_turn", "stop_sequence", "eos"}
_CUT_OFF = {"length", "max_tokens", "model_context_window_exceeded"}
_BROKEN = re.compile("[\x00\ud800-\udfff]")
"""What neither Redis nor PostgreSQL takes."""


class StreamAccount:
    """Takes chunks as they come, passes their text on, and adds up what they say."""

    def __init__(self, generation: "RemoteGeneration") -> None:
        self._generation = generation
        self._characters = 0
        self._usage: UsageMetadata | None = None
        self._finish_reason: str | None = None
        self._model: str | None = None
        self._first_token_ms: int | None = None

    def add(self, chunk: AIMessageChunk) -> None:
        """Take a chunk; a text that is longer than what was asked for could be ends the request."""
        self._usage = add_usage(self._usage, chunk.usage_metadata) if chunk.usage_metadata else self._usage
        facts: dict[str, Any] = chunk.response_metadata
        reason = facts.get("finish_reason") or facts.get("stop_reason")
        self._finish_reason = str(reason).lower() if reason else self._finish_reason
        self._model = facts.get("model_name") or self._model
        text = _BROKEN.sub("\N{REPLACEMENT CHARACTER}", chunk.text)
        if not text:
            return
        if self._first_token_ms is None:
            self._first_token_ms = self._generation.elapsed_ms
        self._characters += len(text)
        if self._characters > self._generation.request.limits.max_tokens * _CHARACTERS_PER_TOKEN:
            self._generation.fail(OutputRefused("The model's text is far longer than what was asked for."))
            # Only a task that is cancelled closes the connection in every library at once.
            self._generation.cancel()
            return
        self._generation.push(text)

    def result(self, provider: str, model: str) -> GenerationResult:
        """Return the account of a stream that ended.

        Raises:
            EngineFailed: it broke off before the provider said that it was the end.
            OutputRefused: the provider refused to write, or wrote nothing.
        """
        if self._finish_reason is None:
            raise EngineFailed(f"{provider} broke off in the middle of the text.")
        if self._finish_reason not in _STOPPED | _CUT_OFF:
            raise OutputRefused(f"{provider} ended the text for a reason of its own.")
        if not self._characters and self._finish_reason in _STOPPED:
            raise OutputRefused(f"{provider} wrote nothing.")
        usage = self._usage
        return GenerationResult(
            provider=provider,
            model=self._model or model,
            finish_reason=FinishReason.LENGTH if self._finish_reason in _CUT_OFF else FinishReason.STOP,
            tokens_in=usage["input_tokens"] if usage else 0,
            tokens_reused=usage.get("input_token_details", {}).get("cache_read", 0) if usage else 0,
            tokens_out=usage["output_tokens"] if usage else 0,
            first_token_ms=self._first_token_ms,
            total_ms=self._generation.elapsed_ms,
        )
