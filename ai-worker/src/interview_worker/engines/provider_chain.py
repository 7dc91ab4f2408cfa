"""Several providers as one `LanguageModel`: the first that works answers, and what it began elsewhere is forgotten."""

import queue
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, replace
from typing import Any
from uuid import UUID

import structlog

from interview_core.errors import EngineFailed, EngineUnavailable, InterviewError
from interview_worker.engines.known_provider import KnownProvider, Patience, ProviderFigures
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
    PromptTooLong,
    Restart,
)

log = structlog.get_logger(__name__)


class TooSlow(EngineFailed):
    code = "PROVIDER_TOO_SLOW"


class AllProvidersFailed(EngineFailed):
    code = "ALL_PROVIDERS_FAILED"


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
        self.providers = [KnownProvider(name, model, patience, clock) for name, model in providers]

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

    def _ask(self, provider: KnownProvider, others: Sequence[KnownProvider]) -> Iterator[str]:
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

    def _read(self, attempt: "_Attempt", provider: KnownProvider, others: Sequence[KnownProvider]) -> Iterator[str]:
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
