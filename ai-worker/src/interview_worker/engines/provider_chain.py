"""Several providers as one `LanguageModel`: the first that works answers, and what it began elsewhere is forgotten."""

import queue
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any
from uuid import UUID

import structlog

from interview_core.errors import EngineFailed, EngineUnavailable, InterviewError
from interview_worker.engines.language_model import (
    LOOK_S,
    RESTART,
    DeadlinePassed,
    Generation,
    GenerationCancelled,
    GenerationRequest,
    GenerationResult,
    LanguageModel,
    Mark,
    Message,
    ModelBusy,
    ModelLimitReached,
    ModelStatus,
    ModelUnavailable,
    Priority,
    PromptTooLong,
    Restart,
)
from interview_worker.engines.provider_breaker import Breaker, BreakerState
from interview_worker.engines.provider_errors import RateLimited

log = structlog.get_logger(__name__)

_NEWEST = 0.2
"""How much the newest time weighs in a moving average."""


@dataclass(frozen=True)
class Patience:
    """How long a provider may be silent while another one could answer."""

    slow_factor: float = 1.5
    """Times its own moving average to the first token."""
    floor_s: float = 2.0
    """But never less than this."""
    stall_s: float = 5.0
    """Between two pieces of text."""
    background_s: float = 30.0
    """Instead of the last two where nobody waits in the room: a local model lets live questions go first."""
    rest_s: float = 5.0
    """How long one that is busy is left alone when it does not say how long."""

    def floor(self, priority: Priority) -> float:
        return self.floor_s if priority is Priority.LIVE_QUESTION else self.background_s

    def stall(self, priority: Priority) -> float:
        return self.stall_s if priority is Priority.LIVE_QUESTION else self.background_s


class TooSlow(EngineFailed):
    code = "PROVIDER_TOO_SLOW"


class AllProvidersFailed(EngineFailed):
    code = "ALL_PROVIDERS_FAILED"


@dataclass(frozen=True)
class ProviderFigures:
    """How a provider does; times in ms."""

    name: str
    model: str | None
    model_state: str
    breaker: BreakerState
    failures_in_a_row: int
    requests: int
    failures: int
    first_token_ms: int | None
    """Moving average for live questions."""
    is_resting: bool
    """It asked to be left alone for a while."""
    last_error: str | None


class ProviderChain:
    """Asks providers in order; a failing, busy, slow or broken one is passed over at once.

    A provider that is passed over in the middle of a text makes the generation yield RESTART.
    """

    def __init__(
        self,
        providers: Sequence[tuple[str, LanguageModel]],
        *,
        patience: Patience = Patience(),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.patience = patience
        self.clock = clock
        self.providers = [_Provider(name, model, patience, clock) for name, model in providers]

    def status(self) -> ModelStatus:
        """Tell the state of the provider that would answer, and whether texts may leave this machine."""
        statuses = [(provider, provider.model.status()) for provider in self.providers]
        usable = [(provider, status) for provider, status in statuses if status.is_usable]
        at_hand = [status for provider, status in usable if provider.is_at_hand]
        best = (at_hand or [status for _, status in usable] or [status for _, status in statuses])[0]
        is_remote = any(status.is_remote for _, status in usable)
        reason = best.reason if at_hand or not usable else "every provider failed lately; they are tried again"
        return replace(best, reason=reason, is_remote=is_remote)

    def generate(self, request: GenerationRequest) -> "ChainGeneration":
        if not self.status().is_usable:
            raise ModelUnavailable(f"No language model: {self.status().reason}.")
        return ChainGeneration(self, request)

    def read_ahead(self, messages: Sequence[Message], session: UUID) -> None:
        """Let local providers read; what a candidate has not sent yet does not leave this machine."""
        for provider in self.providers:
            if not provider.model.status().is_remote:
                provider.model.read_ahead(messages, session)

    def forget(self, session: UUID) -> None:
        for provider in self.providers:
            provider.model.forget(session)

    def figures(self) -> list[ProviderFigures]:
        """Return how each provider does, in order."""
        return [provider.figures() for provider in self.providers]

    def details(self) -> list[dict[str, Any]]:
        """Return the figures as they are reported with the worker's heartbeat."""
        return [asdict(figures) for figures in self.figures()]


@dataclass
class _Provider:
    """One link of the chain and what is known about it."""

    name: str
    model: LanguageModel
    patience: Patience
    clock: Callable[[], float]
    breaker: Breaker = field(init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _averages: dict[Priority, float] = field(default_factory=dict)
    _resting_until: float = 0.0
    _requests: int = 0
    _failures: int = 0
    _last_error: str | None = None

    def __post_init__(self) -> None:
        self.breaker = Breaker(self.clock)

    @property
    def is_resting(self) -> bool:
        return self.clock() < self._resting_until

    @property
    def is_at_hand(self) -> bool:
        """Whether a request that comes now would be sent to it."""
        return not self.is_resting and self.breaker.is_passable

    def enter(self) -> bool:
        """Ask to send it a request; one that is let through ends with one of the methods below."""
        if not self.model.status().is_usable or self.is_resting or not self.breaker.enter():
            return False
        with self._lock:
            self._requests += 1
        return True

    def succeed(self) -> None:
        self.breaker.succeed()

    def leave(self) -> None:
        """End a request that said nothing about the provider; after any other end it changes nothing."""
        self.breaker.leave()

    def fail(self, error: InterviewError) -> None:
        with self._lock:
            self._failures += 1
            self._last_error = error.code
        self.breaker.fail()
        log.warning("provider failed", provider=self.name, error_code=error.code, breaker=self.breaker.state.value)

    def rest(self, error: ModelBusy) -> None:
        """Leave it alone for as long as it wants."""
        wanted_s = error.retry_after_s if isinstance(error, RateLimited) else 0.0
        rest_s = self.patience.rest_s if wanted_s is None else wanted_s
        with self._lock:
            self._resting_until = self.clock() + rest_s
            self._last_error = error.code
        log.warning("provider busy", provider=self.name, rest_s=round(rest_s, 1))

    def allowed_silence_s(self, priority: Priority, remaining_s: float) -> float:
        """Return how long it may take to its first token; at most half of the time, so that another one has the rest.

        Requests of one priority are alike, and wait alike in the line of a local model: each has its own average.
        """
        average_s = self._averages.get(priority)
        if average_s is None:
            return remaining_s / 2
        return min(max(average_s * self.patience.slow_factor, self.patience.floor(priority)), remaining_s / 2)

    def note_first_token(self, priority: Priority, took_s: float) -> None:
        """Take a time into the average; a time after which it was given up counts too, or it could never recover."""
        with self._lock:
            average_s = self._averages.get(priority, took_s)
            self._averages[priority] = average_s + _NEWEST * (took_s - average_s)

    def figures(self) -> ProviderFigures:
        status, average_s = self.model.status(), self._averages.get(Priority.LIVE_QUESTION)
        return ProviderFigures(
            name=self.name,
            model=status.name,
            model_state=status.state.value,
            breaker=self.breaker.state,
            failures_in_a_row=self.breaker.failures,
            requests=self._requests,
            failures=self._failures,
            first_token_ms=None if average_s is None else round(average_s * 1000),
            is_resting=self.is_resting,
            last_error=self._last_error,
        )


class ChainGeneration:
    """A request that goes from provider to provider until one has answered it."""

    def __init__(self, chain: ProviderChain, request: GenerationRequest) -> None:
        self._chain = chain
        self._request = request
        self._deadline = chain.clock() + request.limits.deadline_s
        self._cancelled = threading.Event()
        self._has_text = False
        self._result: GenerationResult | None = None

    def __iter__(self) -> Iterator[str | Restart]:
        errors: list[InterviewError] = []
        for index, provider in enumerate(self._chain.providers):
            if not provider.enter():
                continue
            if self._has_text:
                self._has_text = False
                yield RESTART
            try:
                yield from self._ask(provider, self._chain.providers[index + 1 :])
                return
            except (GenerationCancelled, PromptTooLong):
                raise
            except (EngineUnavailable, EngineFailed) as error:
                if self._remaining_s <= 0:
                    raise
                errors.append(error)
        raise _all_failed(errors)

    def cancel(self) -> None:
        self._cancelled.set()

    @property
    def result(self) -> GenerationResult:
        if self._result is None:
            raise RuntimeError("the generation has not ended yet; iterate it first")
        return self._result

    @property
    def _remaining_s(self) -> float:
        return self._deadline - self._chain.clock()

    def _ask(self, provider: _Provider, others: Sequence[_Provider]) -> Iterator[str]:
        """Yield a provider's text, and let it be known how the provider did."""
        given_s = self._remaining_s
        limits = replace(self._request.limits, deadline_s=max(given_s, 0.001))
        attempt = _Attempt(provider.model, replace(self._request, limits=limits))
        try:
            yield from self._read(attempt, provider, others)
        except ModelBusy as error:
            provider.rest(error)
            raise
        except (GenerationCancelled, PromptTooLong, ModelLimitReached):
            raise
        except (EngineUnavailable, EngineFailed) as error:
            # A request that came with next to no time left says nothing about the provider.
            if not isinstance(error, DeadlinePassed) or given_s >= self._chain.patience.floor_s:
                provider.fail(error)
            raise
        else:
            provider.succeed()
        finally:
            attempt.cancel()
            provider.leave()

    def _read(self, attempt: "_Attempt", provider: _Provider, others: Sequence[_Provider]) -> Iterator[str]:
        clock, priority = self._chain.clock, self._request.priority
        heard_at, silence_s = clock(), provider.allowed_silence_s(priority, self._remaining_s)
        for piece in attempt.pieces():
            self._check()
            silent_s = clock() - heard_at
            if isinstance(piece, GenerationResult):
                self._result = piece
                return
            if piece:
                if not self._has_text:
                    self._has_text = True
                    provider.note_first_token(priority, silent_s)
                    silence_s = self._chain.patience.stall(priority)
                heard_at = clock()
            elif silent_s > silence_s and any(other.is_at_hand for other in others):
                if not self._has_text:
                    provider.note_first_token(priority, silent_s)
                raise TooSlow(f"{provider.name} was silent for {silent_s:.1f} s.")
            yield piece

    def _check(self) -> None:
        if self._cancelled.is_set():
            raise GenerationCancelled("The generation was cancelled.")
        if self._remaining_s <= 0:
            raise DeadlinePassed(f"The model did not finish within {self._request.limits.deadline_s:g} s.")


class _Attempt:
    """A provider's generation in a thread of its own: a provider that hangs, even while it is loaded, holds nobody."""

    def __init__(self, model: LanguageModel, request: GenerationRequest) -> None:
        self._model = model
        self._request = request
        self._lock = threading.Lock()
        self._generation: Generation | None = None
        self._is_cancelled = False
        self._pieces: queue.SimpleQueue[str | GenerationResult | InterviewError] = queue.SimpleQueue()
        threading.Thread(target=self._run, name="provider-attempt", daemon=True).start()

    def pieces(self) -> Iterator[str | GenerationResult]:
        """Yield what comes, the result last, and an empty text whenever nothing came for a while."""
        while True:
            try:
                piece = self._pieces.get(timeout=LOOK_S)
            except queue.Empty:
                piece = ""
            if isinstance(piece, InterviewError):
                raise piece
            yield piece

    def cancel(self) -> None:
        with self._lock:
            self._is_cancelled = True
            generation = self._generation
        if generation is not None:
            generation.cancel()

    def _run(self) -> None:
        try:
            generation = self._model.generate(self._request)
            with self._lock:
                self._generation = generation
                is_cancelled = self._is_cancelled
            if is_cancelled:
                generation.cancel()
            for piece in generation:
                if not isinstance(piece, Mark):
                    self._pieces.put(piece)
            self._pieces.put(generation.result)
        except InterviewError as error:
            self._pieces.put(error)
        except Exception as error:
            log.exception("provider broken")
            self._pieces.put(EngineFailed(f"the provider broke: {type(error).__name__}"))


def _all_failed(errors: Sequence[InterviewError]) -> InterviewError:
    if len(errors) == 1:
        return errors[0]
    for kind in (ModelBusy, ModelLimitReached):
        if errors and all(isinstance(error, kind) for error in errors):
            return errors[0]
    codes = ", ".join(error.code for error in errors)
    return AllProvidersFailed(f"No provider answered: {codes or 'all failed lately and rest'}.")
