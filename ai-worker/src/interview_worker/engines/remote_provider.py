"""A model that another program serves, near or far, as a `LanguageModel`: streamed, bounded, and stopped at once."""

import asyncio
import concurrent.futures
import contextlib
import queue
import threading
import time
from collections.abc import AsyncGenerator, Iterator, Sequence
from typing import cast
from uuid import UUID

import structlog
from langchain_core.language_models.chat_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage, HumanMessage, SystemMessage

from interview_core.errors import InterviewError
from interview_worker.engines.language_model import (
    DeadlinePassed,
    GenerationCancelled,
    GenerationRequest,
    GenerationResult,
    Message,
    ModelState,
    ModelStatus,
    ModelUnavailable,
    Role,
)
from interview_worker.engines.provider_clients import CLIENTS, ProviderOptions
from interview_worker.engines.provider_errors import is_about_temperature, is_closed_connection, to_interview_error
from interview_worker.engines.stream_account import StreamAccount

log = structlog.get_logger(__name__)

_AGAIN_S = 0.05
_GRACE_S = 0.5
"""What the thread with the connection is given to end a request by itself at its deadline."""

_MESSAGES: dict[Role, type[BaseMessage]] = {
    Role.SYSTEM: SystemMessage,
    Role.USER: HumanMessage,
    Role.ASSISTANT: AIMessage,
}


class RemoteModel:
    """A `LanguageModel` over one provider, through LangChain's own integration of it.

    All connections belong to one event loop in a thread of their own: a request that is cancelled there closes its
    connection at once, which tells the server to stop.
    """

    def __init__(self, options: ProviderOptions) -> None:
        self._options = options
        self._client = CLIENTS[options.kind]
        self._lock = threading.Lock()
        self._chat: BaseChatModel | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._takes_temperature = True

    @property
    def name(self) -> str:
        return self._options.kind.value

    def status(self) -> ModelStatus:
        is_remote = self._options.is_remote
        if not self._client.is_installed:
            reason = f"install the extra `{self._client.extra}` of ai-worker"
            return ModelStatus(ModelState.RUNTIME_MISSING, self._options.model, reason, is_remote=is_remote)
        state = ModelState.NOT_LOADED if self._chat is None else ModelState.READY
        return ModelStatus(state, self._options.model, is_remote=is_remote)

    def generate(self, request: GenerationRequest) -> "RemoteGeneration":
        status = self.status()
        if not status.is_usable:
            raise ModelUnavailable(f"{self.name} cannot be used: {status.reason}.")
        generation = RemoteGeneration(request)
        self._prepare()
        if self._loop is None:
            raise RuntimeError("the model was not prepared")
        generation.follow(asyncio.run_coroutine_threadsafe(self._serve(generation), self._loop))
        return generation

    def read_ahead(self, messages: Sequence[Message], session: UUID) -> None:
        """Do nothing: what a candidate has not sent yet stays here."""

    def forget(self, session: UUID) -> None:
        """Do nothing: nothing is kept of an interview."""

    def warm_up(self) -> None:
        """Load the integration behind the scenes, which takes seconds."""
        if self.status().is_usable:
            threading.Thread(target=self._prepare, name=f"{self.name}-warm-up", daemon=True).start()

    def close(self) -> None:
        """End the thread; what is on its way ends with an error."""
        with self._lock:
            loop, self._loop = self._loop, None
        if loop is not None:
            asyncio.run_coroutine_threadsafe(_cancel_all(), loop).result(timeout=_GRACE_S)
            loop.call_soon_threadsafe(loop.stop)

    def _prepare(self) -> None:
        with self._lock:
            if self._chat is None:
                self._chat = self._make()
                log.info("provider ready", provider=self.name, model=self._options.model)
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                threading.Thread(target=_run_to_end, args=[self._loop], name=self.name, daemon=True).start()

    def _make(self) -> BaseChatModel:
        try:
            return self._client.make(self._options)
        except Exception as error:
            raise ModelUnavailable(
                f"{self.name} cannot be used ({type(error).__name__}); look at its settings."
            ) from error

    async def _serve(self, generation: "RemoteGeneration") -> None:
        writing = asyncio.create_task(self._write(generation))
        try:
            await asyncio.wait({writing}, timeout=generation.remaining_s)
            if not writing.done():
                generation.fail(generation.timeout())
        finally:
            # Again until it is heard: code that uses Python 3.11's wait_for can lose a cancellation.
            while not writing.done():
                writing.cancel()
                await asyncio.wait({writing}, timeout=_AGAIN_S)
        if writing.cancelled():
            return
        error = writing.exception()
        if error is None:
            generation.finish(writing.result())
        else:
            generation.fail(to_interview_error(self.name, error))

    async def _write(self, generation: "RemoteGeneration") -> GenerationResult:
        """Stream the answer into the generation and return its account."""
        account = StreamAccount(generation)
        async with contextlib.aclosing(self._stream(generation.request)) as chunks:
            async for chunk in chunks:
                account.add(chunk)
        return account.result(self.name, self._options.model)

    async def _stream(
        self, request: GenerationRequest, *, may_reconnect: bool = True
    ) -> AsyncGenerator[AIMessageChunk]:
        """Yield what comes; once again when that alone helps: without a temperature, or on a new connection.

        Raises:
            InterviewError: for everything that a provider, its library, or what lies between them can do wrong.
        """
        is_begun = False
        try:
            async with contextlib.aclosing(self._ask(request)) as chunks:
                async for chunk in chunks:
                    is_begun = True
                    yield chunk
            return
        except Exception as error:
            if not is_begun and self._takes_temperature and is_about_temperature(error):
                self._takes_temperature = False
            elif not is_begun and may_reconnect and is_closed_connection(error):
                may_reconnect = False
            else:
                raise to_interview_error(self.name, error) from error
        async for chunk in self._stream(request, may_reconnect=may_reconnect):
            yield chunk

    async def _ask(self, request: GenerationRequest) -> AsyncGenerator[AIMessageChunk]:
        if self._chat is None:
            raise RuntimeError("the model was not prepared")
        arguments = self._client.arguments(request)
        if self._takes_temperature:
            arguments["temperature"] = request.limits.temperature
        messages = [_MESSAGES[message.role](message.text) for message in request.messages]
        stream = cast("AsyncGenerator[AIMessageChunk]", self._chat.astream(messages, **arguments))
        async with contextlib.aclosing(stream) as chunks:
            async for chunk in chunks:
                yield chunk


def _run_to_end(loop: asyncio.AbstractEventLoop) -> None:
    """Run the loop until it is stopped, and give back its open files."""
    with contextlib.closing(loop):
        loop.run_forever()


async def _cancel_all() -> None:
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


class RemoteGeneration:
    """A request between its caller's thread, which iterates, and the thread with the connection."""

    def __init__(self, request: GenerationRequest) -> None:
        self.request = request
        self._started = time.monotonic()
        self._deadline = self._started + request.limits.deadline_s
        self._pieces: queue.SimpleQueue[str | GenerationResult | InterviewError] = queue.SimpleQueue()
        self._task: concurrent.futures.Future[None] | None = None
        self._result: GenerationResult | None = None

    def __iter__(self) -> Iterator[str]:
        while True:
            piece = self._next_piece()
            if isinstance(piece, str):
                yield piece
            elif isinstance(piece, GenerationResult):
                self._result = piece
                return
            else:
                raise piece

    def cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()
        # A task that is cancelled before it begins never runs, and so says nothing.
        self._pieces.put(GenerationCancelled("The generation was cancelled."))

    @property
    def result(self) -> GenerationResult:
        if self._result is None:
            raise RuntimeError("the generation has not ended yet; iterate it first")
        return self._result

    @property
    def remaining_s(self) -> float:
        return max(self._deadline - time.monotonic(), 0.0)

    @property
    def elapsed_ms(self) -> int:
        return round((time.monotonic() - self._started) * 1000)

    def follow(self, task: concurrent.futures.Future[None]) -> None:
        """Take the task that serves this request."""
        self._task = task

    def push(self, text: str) -> None:
        self._pieces.put(text)

    def finish(self, result: GenerationResult) -> None:
        self._pieces.put(result)

    def fail(self, error: InterviewError) -> None:
        self._pieces.put(error)

    def timeout(self) -> DeadlinePassed:
        return DeadlinePassed(f"The model did not finish within {self.request.limits.deadline_s:g} s.")

    def _next_piece(self) -> str | GenerationResult | InterviewError:
        # The caller keeps its deadline by itself, whatever the connection's thread does.
        try:
            return self._pieces.get(timeout=max(self.remaining_s, 0.001) + _GRACE_S)
        except queue.Empty:
            self.cancel()
            return self.timeout()
