"""A `LanguageModel` as a LangChain chat model, so that prompts, models and parsers are put together as runnables."""

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar
from uuid import UUID

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models.chat_models import BaseChatModel, generate_from_stream
from langchain_core.messages import AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGenerationChunk, ChatResult
from langchain_core.runnables import Runnable, RunnableLambda
from pydantic import BaseModel, PrivateAttr, ValidationError

from interview_worker.engines.gbnf import clip
from interview_worker.engines.language_model import (
    FinishReason,
    Generation,
    GenerationCancelled,
    GenerationRequest,
    GenerationResult,
    LanguageModel,
    Limits,
    Message,
    OutputRefused,
    Priority,
    Role,
)

S = TypeVar("S", bound=BaseModel)

RESULT = "result"
"""Key of the `GenerationResult` in the response metadata of an answer's last message."""

_ROLES = {"system": Role.SYSTEM, "ai": Role.ASSISTANT, "human": Role.USER}


class EngineChatModel(BaseChatModel):
    """Chat with a `LanguageModel` under the given limits."""

    max_tokens: int
    temperature: float
    deadline_s: float
    priority: Priority
    seed: int = 0
    session: UUID | None = None
    """The interview whose prompt prefix is kept between turns."""
    interview_id: UUID | None = None
    prompt: str | None = None
    """Whom and what it is for, as in `GenerationRequest`."""
    _language_model: LanguageModel = PrivateAttr()
    _is_cancelled: Callable[[], bool] = PrivateAttr()

    def __init__(
        self, language_model: LanguageModel, *, is_cancelled: Callable[[], bool] = lambda: False, **fields: Any
    ) -> None:
        """Take limits as fields; once `is_cancelled` says so, generation stops with GenerationCancelled."""
        super().__init__(**fields)
        # A private attribute that is set before pydantic's own __init__ is silently lost.
        self._language_model = language_model
        self._is_cancelled = is_cancelled

    @property
    def _llm_type(self) -> str:
        return "interview-engine"

    @property
    def _identifying_params(self) -> dict[str, Any]:
        return {
            "model": self._language_model.status().name,
            "max_tokens": self.max_tokens,
            "temperature": self.temperature,
            "seed": self.seed,
        }

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        if stop:
            raise ValueError("stop words are not supported; limit the text by its schema or max_tokens")
        generation = self._language_model.generate(self._request(messages, **kwargs))
        try:
            for text in generation:
                if self._is_cancelled():
                    raise GenerationCancelled("The job was cancelled.")
                chunk = ChatGenerationChunk(message=AIMessageChunk(content=text))
                if run_manager is not None:
                    run_manager.on_llm_new_token(text, chunk=chunk)
                yield chunk
            yield _last_chunk(generation)
        finally:
            generation.cancel()

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        return generate_from_stream(self._stream(messages, stop, run_manager, **kwargs))

    def with_structured_output(  # type: ignore[override]  # Pydantic classes only: their bounds make the grammar
        self, schema: type[S], *, include_raw: bool = False, **kwargs: Any
    ) -> Runnable[Any, Any]:
        """Return a runnable that answers with an instance of the class, or with `include_raw` (instance, message).

        The runnable raises OutputRefused when the text was cut off or does not validate.
        """
        model = self.bind(output_schema=schema.model_json_schema(), **kwargs)

        def parse(message: BaseMessage) -> S:
            return parse_object(schema, message)

        def parse_with_raw(message: BaseMessage) -> tuple[S, BaseMessage]:
            return parse_object(schema, message), message

        return model | RunnableLambda(parse_with_raw if include_raw else parse)

    def _request(self, messages: Sequence[BaseMessage], **kwargs: Any) -> GenerationRequest:
        return GenerationRequest(
            messages=to_messages(messages),
            limits=Limits(self.max_tokens, self.temperature, self.deadline_s),
            priority=self.priority,
            output_schema=kwargs.get("output_schema"),
            seed=self.seed,
            session=self.session,
            interview_id=self.interview_id,
            prompt=self.prompt,
        )


def to_messages(messages: Sequence[BaseMessage]) -> list[Message]:
    """Return LangChain's messages as an engine takes them."""
    return [Message(_ROLES[message.type], message.text) for message in messages]


def parse_object(schema: type[S], message: BaseMessage) -> S:
    """Return the object that a model wrote as JSON.

    Raises:
        OutputRefused: the text was cut off, is no JSON, or is not of this schema.
    """
    if result_of(message).finish_reason is FinishReason.LENGTH:
        raise OutputRefused(f"The model's {schema.__name__} was cut off at its token limit.")
    try:
        return schema.model_validate(clip(schema.model_json_schema(), json.loads(message.text)))
    except (json.JSONDecodeError, ValidationError) as error:
        raise OutputRefused(f"The model's {schema.__name__} is not valid: {type(error).__name__}.") from error


def result_of(message: BaseMessage) -> GenerationResult:
    """Return the account of the generation that wrote a whole message."""
    result: GenerationResult = message.response_metadata[RESULT]
    return result


def _last_chunk(generation: Generation) -> ChatGenerationChunk:
    result = generation.result
    return ChatGenerationChunk(
        message=AIMessageChunk(
            content="",
            chunk_position="last",
            usage_metadata={
                "input_tokens": result.tokens_in,
                "output_tokens": result.tokens_out,
                "total_tokens": result.tokens_in + result.tokens_out,
                "input_token_details": {"cache_read": result.tokens_reused},
            },
            response_metadata={
                RESULT: result,
                "model_name": result.model,
                "model_provider": result.provider,
                "finish_reason": result.finish_reason.value,
            },
        )
    )
