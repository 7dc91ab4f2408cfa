"""What a language model is to the rest of the worker: messages and limits in, streamed text and its account out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, IntEnum, StrEnum
from typing import Any, Literal, Protocol
from uuid import UUID

from interview_core.errors import EngineFailed, EngineUnavailable

JsonSchema = Mapping[str, Any]


class ModelState(StrEnum):
    READY = "ready"
    NOT_LOADED = "not_loaded"
    """The file looks right; it is loaded when it is first needed."""
    MISSING = "missing"
    INVALID = "invalid"
    RUNTIME_MISSING = "runtime_missing"
    NOT_PERMITTED = "not_permitted"
    """Its licence does not allow what this deployment is for."""
    NO_MEMORY = "no_memory"
    """It does not fit into the memory that is free; tried again after a while."""
    BROKEN = "broken"
    """It failed twice in a row; the worker ends, and its process manager starts it again."""


@dataclass(frozen=True)
class ModelStatus:
    """Whether a model can answer, and if not what an operator can do about it."""

    state: ModelState
    name: str | None
    reason: str | None = None
    """Of a usable model, what an operator should mend nevertheless."""
    licence: str | None = None
    is_remote: bool = False
    """Whether texts may leave this machine to be answered."""

    @property
    def is_usable(self) -> bool:
        return self.state in {ModelState.READY, ModelState.NOT_LOADED}


class Role(StrEnum):
    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"


@dataclass(frozen=True)
class Message:
    role: Role
    text: str


class Priority(IntEnum):
    """Who goes first when several wait; a candidate in the room before everything else."""

    LIVE_QUESTION = 0
    SPECULATIVE = 1
    """Reading what a candidate has said so far, and preparing what may be asked next."""
    EVALUATION = 2
    REPORT = 3


@dataclass(frozen=True)
class Limits:
    """Where a generation ends. `deadline_s` counts from the request, waiting and loading included."""

    max_tokens: int
    temperature: float
    deadline_s: float


@dataclass(frozen=True)
class GenerationRequest:
    """One question to a model. With `output_schema` the text is JSON of that schema and nothing else.

    `session` is the interview's id: what the model has read for it is kept for its next turn. The messages should then
    begin as they began before. What it takes is counted for `interview_id`, which is the session unless it says other.
    """

    messages: Sequence[Message]
    limits: Limits
    priority: Priority
    output_schema: JsonSchema | None = None
    seed: int = 0
    session: UUID | None = None
    interview_id: UUID | None = None
    prompt: str | None = None
    """Name, language and version of the prompt that the messages were made with."""


class FinishReason(StrEnum):
    STOP = "stop"
    """The model ended its text itself."""
    LENGTH = "length"
    """`max_tokens` cut the text off."""


@dataclass(frozen=True)
class GenerationResult:
    """The account of a finished generation. Times are in ms from the request."""

    provider: str
    model: str
    finish_reason: FinishReason
    tokens_in: int
    tokens_reused: int
    tokens_out: int
    first_token_ms: int | None
    total_ms: int
    queue_ms: int | None = None
    """How long it waited for its turn; None where the provider does not say."""


@dataclass(frozen=True)
class Spent:
    """What a generation has taken so far."""

    tokens_in: int = 0
    tokens_reused: int = 0
    tokens_out: int = 0
    queue_ms: int | None = None


class Mark(Enum):
    RESTART = "restart"


RESTART: Literal[Mark.RESTART] = Mark.RESTART
"""Among the pieces of a text: forget those so far, another model begins anew."""

Restart = Literal[Mark.RESTART]


LOOK_S = 0.25
"""How often a caller who waits for text is asked whether it still waits."""


class Generation(Protocol):
    """A request on its way: iterate to get its text as it is written, then read `result`."""

    def __iter__(self) -> Iterator[str | Restart]:
        """Yield pieces of text, some of them empty: nothing came for a while, and the caller may look whether it waits.

        Raises:
            EngineUnavailable: the model cannot be loaded.
            DeadlinePassed, GenerationCancelled, PromptTooLong, EngineFailed: this request ended without a result.
        """

    def cancel(self) -> None:
        """Stop before the next token. Safe at any time, from any thread, more than once."""

    @property
    def result(self) -> GenerationResult:
        """The account, once iteration has ended; before that a RuntimeError."""


class LanguageModel(Protocol):
    """A model that several threads may use at once."""

    def status(self) -> ModelStatus:
        """Tell the model's state without loading it."""

    def generate(self, request: GenerationRequest) -> Generation:
        """Take a request into the line.

        Raises:
            EngineUnavailable: the model is missing, invalid or has no runtime.
            ModelBusy: too many requests wait already.
        """

    def read_ahead(self, messages: Sequence[Message], session: UUID) -> None:
        """Read an interview's messages so far, the last of them unfinished, so that its next request begins sooner.

        Returns at once, does nothing when the model is busy or cannot, and ends when the interview's request comes.
        """

    def forget(self, session: UUID) -> None:
        """Drop what is kept of an interview, and cancel what is written for it. Returns at once."""


class ModelUnavailable(EngineUnavailable):
    code = "MODEL_UNAVAILABLE"


class ModelBusy(EngineFailed):
    """Too many requests wait already; `position` is how many were before this one, where that is known."""

    code = "MODEL_BUSY"

    def __init__(self, message: str, *, position: int | None = None) -> None:
        super().__init__(message)
        self.position = position


class ModelLimitReached(EngineUnavailable):
    """What a user, or everybody together, may use within an hour is used up; another attempt would end the same way."""

    code = "MODEL_LIMIT_REACHED"


class DeadlinePassed(EngineFailed):
    code = "MODEL_TIMEOUT"


class StepFailed(EngineFailed):
    """The engine failed under this text, and is whole again: asked once more it may well write. Twice is its end."""

    code = "MODEL_STEP_FAILED"


class GenerationCancelled(EngineFailed):
    code = "GENERATION_CANCELLED"


class PromptTooLong(EngineFailed):
    code = "PROMPT_TOO_LONG"


class OutputRefused(EngineFailed):
    """The model's text is not what was asked for."""

    code = "MODEL_OUTPUT_REFUSED"


def status_details(model: LanguageModel) -> dict[str, str | None]:
    """Return the model's state as it is reported with the worker's heartbeat."""
    status = model.status()
    location = "remote" if status.is_remote else "local"
    return {
        "model_state": status.state.value,
        "model_name": status.name,
        "model_reason": status.reason,
        "model_licence": status.licence,
        "model_location": location if status.is_usable else None,
    }
