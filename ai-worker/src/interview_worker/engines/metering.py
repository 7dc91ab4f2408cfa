"""Counts what every generation of a provider takes, however it ends, and asks before it begins whether it may."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Protocol, runtime_checkable
from uuid import UUID

from interview_core.db.tables import GenerationOutcome
from interview_core.errors import InterviewError
from interview_worker.engines.language_model import (
    DeadlinePassed,
    Generation,
    GenerationCancelled,
    GenerationRequest,
    GenerationResult,
    LanguageModel,
    Message,
    ModelStatus,
    Priority,
    Restart,
    Spent,
)


@dataclass(frozen=True)
class Account:
    """A generation that ended, and what it took. What nobody knows is None."""

    provider: str
    wanted_model: str | None
    """As it is configured; a provider may answer under a longer name."""
    model: str | None
    interview_id: UUID | None
    prompt: str | None
    priority: Priority
    outcome: GenerationOutcome = GenerationOutcome.FINISHED
    error_code: str | None = None
    tokens_in: int | None = None
    tokens_reused: int | None = None
    tokens_out: int | None = None
    queue_ms: int | None = None
    first_token_ms: int | None = None
    total_ms: int = 0

    @property
    def tokens_per_s(self) -> float | None:
        """How fast it wrote after its first token."""
        if self.first_token_ms is None or not self.tokens_out or self.total_ms <= self.first_token_ms:
            return None
        return (self.tokens_out - 1) * 1000 / (self.total_ms - self.first_token_ms) or None


class Meter(Protocol):
    """Where accounts go. Called by the thread that reads the generation."""

    def admit(self, provider: str, model: str | None) -> None:
        """Let a generation begin, or raise ModelLimitReached."""

    def refuse(self, provider: str, error: InterviewError) -> None:
        """Count a request that never became a generation."""

    def record(self, account: Account) -> None:
        """Count a generation that ended. Raises nothing."""


@runtime_checkable
class Counted(Protocol):
    """A generation that tells what it has taken even when it ends without a result."""

    @property
    def spent(self) -> Spent: ...


class MeteredModel:
    """A provider's model whose generations are counted under the provider's name."""

    def __init__(self, model: LanguageModel, provider: str, meter: Meter) -> None:
        self._model = model
        self._provider = provider
        self._meter = meter

    def status(self) -> ModelStatus:
        return self._model.status()

    def generate(self, request: GenerationRequest) -> "MeteredGeneration":
        model = self._model.status().name
        try:
            self._meter.admit(self._provider, model)
            generation = self._model.generate(request)
        except InterviewError as error:
            self._meter.refuse(self._provider, error)
            raise
        account = Account(
            self._provider, model, model, request.interview_id or request.session, request.prompt, request.priority
        )
        return MeteredGeneration(generation, account, self._meter.record)

    def read_ahead(self, messages: Sequence[Message], session: UUID) -> None:
        self._model.read_ahead(messages, session)

    def forget(self, session: UUID) -> None:
        self._model.forget(session)


class MeteredGeneration:
    """A generation that is recorded once, when it ends."""

    def __init__(self, generation: Generation, account: Account, record: Callable[[Account], None]) -> None:
        self._generation = generation
        self._account = account
        self._record = record
        self._started = time.monotonic()
        self._first_token_ms: int | None = None
        self._lock = threading.Lock()
        self._is_read = False
        self._is_recorded = False

    def __iter__(self) -> Iterator[str | Restart]:
        self._is_read = True
        try:
            for piece in self._generation:
                if isinstance(piece, str) and piece and self._first_token_ms is None:
                    self._first_token_ms = self._elapsed_ms
                yield piece
        except GeneratorExit:
            # A reader that leaves in the middle wants no more.
            self._end(GenerationOutcome.CANCELLED, GenerationCancelled.code)
            raise
        except Exception as error:
            self._end(*_ending(error))
            raise
        self._end(GenerationOutcome.FINISHED, None)

    def cancel(self) -> None:
        self._generation.cancel()
        if not self._is_read:
            self._end(GenerationOutcome.CANCELLED, GenerationCancelled.code)

    @property
    def result(self) -> GenerationResult:
        return self._generation.result

    @property
    def _elapsed_ms(self) -> int:
        return round((time.monotonic() - self._started) * 1000)

    def _end(self, outcome: GenerationOutcome, error_code: str | None) -> None:
        with self._lock:
            if self._is_recorded:
                return
            self._is_recorded = True
        if outcome is GenerationOutcome.FINISHED:
            self._record(self._finished(self._generation.result))
        else:
            self._record(self._unfinished(outcome, error_code))

    def _finished(self, result: GenerationResult) -> Account:
        # No prompt has no tokens: a provider that says so did not count.
        is_counted = result.tokens_in > 0
        return replace(
            self._account,
            model=result.model,
            tokens_in=result.tokens_in if is_counted else None,
            tokens_reused=result.tokens_reused if is_counted else None,
            tokens_out=result.tokens_out if is_counted else None,
            queue_ms=result.queue_ms,
            first_token_ms=result.first_token_ms,
            total_ms=result.total_ms,
        )

    def _unfinished(self, outcome: GenerationOutcome, error_code: str | None) -> Account:
        spent = asdict(self._generation.spent) if isinstance(self._generation, Counted) else {}
        return replace(
            self._account,
            outcome=outcome,
            error_code=error_code,
            first_token_ms=self._first_token_ms,
            total_ms=self._elapsed_ms,
            **spent,
        )


class LimitedModel:
    """A model that asks, before each generation, whether the interview's user may have it."""

    def __init__(self, model: LanguageModel, admit: Callable[[UUID], None]) -> None:
        """Take a function that raises ModelLimitReached for an interview whose user has used up the hour's share."""
        self._model = model
        self._admit = admit

    def status(self) -> ModelStatus:
        return self._model.status()

    def generate(self, request: GenerationRequest) -> Generation:
        interview_id = request.interview_id or request.session
        if interview_id is not None:
            self._admit(interview_id)
        return self._model.generate(request)

    def read_ahead(self, messages: Sequence[Message], session: UUID) -> None:
        self._model.read_ahead(messages, session)

    def forget(self, session: UUID) -> None:
        self._model.forget(session)


def _ending(error: Exception) -> tuple[GenerationOutcome, str]:
    code = error.code if isinstance(error, InterviewError) else "INTERNAL"
    if isinstance(error, GenerationCancelled):
        return GenerationOutcome.CANCELLED, code
    if isinstance(error, DeadlinePassed):
        return GenerationOutcome.TIMED_OUT, code
    return GenerationOutcome.FAILED, code
