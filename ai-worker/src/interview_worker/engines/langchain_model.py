"""A `LanguageModel` as a LangChain chat model, so that prompts, models and parsers are put together as runnables."""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar
from uuid import UUID

import structlog
from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models.chat_models import BaseChatModel, generate_from_stream
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage, HumanMessage
from langchain_core.outputs import ChatGenerationChunk, ChatResult
from langchain_core.runnables import Runnable, RunnableConfig, RunnableLambda
from pydantic import BaseModel, PrivateAttr

from interview_worker.engines.language_model import (
    RESTART,
    DeadlinePassed,
    FinishReason,
    Generation,
    GenerationCancelled,
    GenerationRequest,
    GenerationResult,
    JsonSchema,
    LanguageModel,
    Limits,
    Message,
    OutputRefused,
    Priority,
    Role,
)
from interview_worker.engines.output_repair import read_object

log = structlog.get_logger(__name__)
S = TypeVar("S", bound=BaseModel)

RESULT = "result"
"""Key of the `GenerationResult` in the response metadata of an answer's last message."""

_RESTART = "restart"
_RETRY_TEMPERATURE = 0.4
"""At zero the same text might come again."""
_SHOWN_TEXT = 2000

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
                if text is RESTART:
                    yield ChatGenerationChunk(message=AIMessageChunk(content="", response_metadata={_RESTART: True}))
                    continue
                if not text:
                    continue
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
        chunks: list[ChatGenerationChunk] = []
        for chunk in self._stream(messages, stop, run_manager, **kwargs):
            if is_restart(chunk.message):
                chunks.clear()
            else:
                chunks.append(chunk)
        return generate_from_stream(iter(chunks))

    def with_structured_output(  # type: ignore[override]  # Pydantic classes only: their bounds make the grammar
        self, schema: type[S], *, include_raw: bool = False, **kwargs: Any
    ) -> Runnable[Any, Any]:
        """Return a runnable that answers with an instance of the class, or with `include_raw` (instance, message).

        A text that does not hold one is shown to the model once, with what is wrong, to be written again; then the
        runnable raises OutputRefused.
        """

        described = schema.model_json_schema()

        def ask(question: Any, config: RunnableConfig) -> S | tuple[S, BaseMessage]:
            messages = self._convert_input(question).to_messages()
            started, written = time.monotonic(), ""
            try:
                message: BaseMessage = self.invoke(messages, config, output_schema=described, **kwargs)
                written = message.text
                parsed = parse_object(schema, message)
            except OutputRefused as error:
                log.warning("model output refused", schema=schema.__name__, reason=error.message)
                messages += [AIMessage(written[:_SHOWN_TEXT] or "-"), _correction(error, described)]
                again = self._again(time.monotonic() - started)
                message = self.invoke(messages, config, output_schema=described, **kwargs, **again)
                parsed = parse_object(schema, message)
            return (parsed, message) if include_raw else parsed

        return RunnableLambda(ask)

    def _again(self, took_s: float) -> dict[str, Any]:
        """Return the limits of a second attempt within the same deadline."""
        if took_s >= self.deadline_s:
            raise DeadlinePassed("No time is left to ask again.")
        return {"deadline_s": self.deadline_s - took_s, "temperature": max(self.temperature, _RETRY_TEMPERATURE)}

    def _request(self, messages: Sequence[BaseMessage], **kwargs: Any) -> GenerationRequest:
        return GenerationRequest(
            messages=to_messages(messages),
            limits=Limits(
                self.max_tokens,
                kwargs.get("temperature", self.temperature),
                kwargs.get("deadline_s", self.deadline_s),
            ),
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
        raise OutputRefused("The object was cut off at the limit of its length; it must be shorter.")
    return read_object(schema, message.text)


def is_restart(message: BaseMessage) -> bool:
    """Tell whether a chunk says to forget the chunks before it: another model begins anew."""
    return bool(message.response_metadata.get(_RESTART))


def result_of(message: BaseMessage) -> GenerationResult:
    """Return the account of the generation that wrote a whole message."""
    result: GenerationResult = message.response_metadata[RESULT]
    return result


def _correction(error: OutputRefused, schema: JsonSchema) -> HumanMessage:
    form = json.dumps(schema, ensure_ascii=False, separators=(",", ":"))
    return HumanMessage(f"{error} Write the whole object again, as JSON of this schema and nothing else: {form}")


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
