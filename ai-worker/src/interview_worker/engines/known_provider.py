"""One provider of a chain, and what is known about it: how it did, how long it may be silent, whether it rests."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

import structlog

from interview_core.errors import InterviewError
from interview_worker.engines.language_model import LanguageModel, ModelBusy, Priority
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


@dataclass
class KnownProvider:
    """A provider's model and its record."""

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
