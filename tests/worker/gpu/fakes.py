"""A language model whose answers a test decides."""

from collections.abc import Iterator, Sequence
from uuid import UUID

from interview_core.errors import InterviewError
from interview_worker.engines.language_model import (
    FinishReason,
    GenerationRequest,
    GenerationResult,
    Message,
    ModelState,
    ModelStatus,
    ModelUnavailable,
)

PROVIDER, MODEL = "fake", "fake.gguf"


class FakeGeneration:
    def __init__(self, reply: str | InterviewError, finish_reason: FinishReason) -> None:
        self._reply = reply
        self._finish_reason = finish_reason
        self._is_read = False
        self.is_cancelled = False

    def __iter__(self) -> Iterator[str]:
        if isinstance(self._reply, InterviewError):
            raise self._reply
        for start in range(0, len(self._reply), 5):
            yield self._reply[start : start + 5]
        self._is_read = True

    def cancel(self) -> None:
        self.is_cancelled = True

    @property
    def result(self) -> GenerationResult:
        assert self._is_read, "read before the end"
        return GenerationResult(PROVIDER, MODEL, self._finish_reason, 10, 0, 5, 1, 2)


class FakeLanguageModel:
    """Gives its replies in order; an error among them is raised, and after the last one it fails the test."""

    def __init__(
        self,
        replies: Sequence[str | InterviewError] = (),
        *,
        state: ModelState = ModelState.READY,
        finish_reason: FinishReason = FinishReason.STOP,
    ) -> None:
        self._replies = list(replies)
        self._state = state
        self._finish_reason = finish_reason
        self.requests: list[GenerationRequest] = []
        self.read: list[str] = []
        """The end of each conversation that was read ahead."""
        self.forgotten: list[UUID] = []

    def status(self) -> ModelStatus:
        return ModelStatus(self._state, MODEL, None)

    def generate(self, request: GenerationRequest) -> FakeGeneration:
        if not self.status().is_usable:
            raise ModelUnavailable("no model")
        self.requests.append(request)
        assert self._replies, "the model was asked once too often"
        return FakeGeneration(self._replies.pop(0), self._finish_reason)

    def read_ahead(self, messages: Sequence[Message], session: UUID) -> None:
        self.read.append(messages[-1].text)

    def forget(self, session: UUID) -> None:
        self.forgotten.append(session)


def no_model() -> FakeLanguageModel:
    return FakeLanguageModel(state=ModelState.MISSING)


def prompt_of(request: GenerationRequest) -> str:
    """All that the model is told, as one text."""
    return "\n".join(message.text for message in request.messages)
