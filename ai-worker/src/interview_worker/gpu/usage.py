"""Where the accounts of generations go: a row of the database each, the worker's figures, and the limits of an hour."""

import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

import structlog
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from interview_core.db.engine import SessionFactory
from interview_core.db.tables import GenerationOutcome
from interview_core.db.usage import Usage, cost_last_hour, record_usage, tokens_last_hour
from interview_core.errors import InterviewError
from interview_worker.engines.language_model import ModelLimitReached
from interview_worker.engines.metering import Account
from interview_worker.engines.prices import Prices, find_price
from interview_worker.gpu.model_metrics import ModelMetrics

log = structlog.get_logger(__name__)
T = TypeVar("T")

_PATIENCE_MS = 2000
"""How long a question may wait for the bookkeeping."""


@dataclass(frozen=True)
class HourlyLimits:
    """What may be used within an hour; 0: as much as is wanted."""

    tokens_per_user: int = 0
    """Read and written; what a model had read before does not count."""
    cost: Decimal = Decimal(0)
    """Of the whole installation."""


@dataclass
class _Totals:
    """What a provider has done since the worker started."""

    requests: int = 0
    failures: int = 0
    cancelled: int = 0
    tokens_in: int = 0
    tokens_reused: int = 0
    tokens_out: int = 0

    def add(self, account: Account) -> None:
        self.requests += 1
        self.failures += account.outcome in {GenerationOutcome.FAILED, GenerationOutcome.TIMED_OUT}
        self.cancelled += account.outcome is GenerationOutcome.CANCELLED
        self.tokens_in += account.tokens_in or 0
        self.tokens_reused += account.tokens_reused or 0
        self.tokens_out += account.tokens_out or 0


class UsageMeter:
    """A `Meter` on the database. Without the database it counts in memory alone, and no limit holds anybody up."""

    def __init__(
        self, sessions: SessionFactory, metrics: ModelMetrics, *, prices: Prices, limits: HourlyLimits
    ) -> None:
        self._sessions = sessions
        self.metrics = metrics
        self._prices = prices
        self._limits = limits
        self._lock = threading.Lock()
        self._totals: dict[str, _Totals] = {}

    def admit(self, provider: str, model: str | None) -> None:
        if not self._limits.cost or find_price(self._prices, provider, model) is None:
            return
        spent = self._ask(cost_last_hour)
        if spent is not None and spent >= self._limits.cost:
            self._refuse_for("cost", provider=provider)
            raise ModelLimitReached("What models may cost within an hour is spent; see MODEL_COST_PER_HOUR.")

    def admit_user(self, interview_id: UUID) -> None:
        """Raise ModelLimitReached when the interview's user has had the tokens of an hour."""
        if not self._limits.tokens_per_user:
            return
        used = self._ask(lambda session: tokens_last_hour(session, interview_id))
        if used is not None and used >= self._limits.tokens_per_user:
            self._refuse_for("tokens_per_user", interview_id=str(interview_id))
            raise ModelLimitReached("The candidate's tokens of this hour are used; see MODEL_TOKENS_PER_USER_HOUR.")

    def refuse(self, provider: str, error: InterviewError) -> None:
        self.metrics.refuse(provider, error.code)

    def record(self, account: Account) -> None:
        self.metrics.observe(account)
        with self._lock:
            self._totals.setdefault(account.provider, _Totals()).add(account)
        try:
            with self._sessions() as session:
                _hurry(session)
                record_usage(session, self._row(account))
                session.commit()
        except SQLAlchemyError as error:
            self.metrics.lose_row()
            log.warning("model usage not stored", provider=account.provider, error=type(error).__name__)

    def totals(self) -> dict[str, dict[str, Any]]:
        """Return by provider what was done since the worker started."""
        with self._lock:
            return {provider: asdict(totals) for provider, totals in self._totals.items()}

    def _row(self, account: Account) -> Usage:
        return Usage(
            interview_id=account.interview_id,
            provider=account.provider,
            model=account.model,
            prompt_version=account.prompt,
            tokens_in=account.tokens_in,
            tokens_reused=account.tokens_reused,
            tokens_out=account.tokens_out,
            first_token_ms=account.first_token_ms,
            total_ms=account.total_ms,
            cost=self._cost(account),
            outcome=account.outcome,
            error_code=account.error_code,
        )

    def _cost(self, account: Account) -> Decimal | None:
        price = find_price(self._prices, account.provider, account.model, account.wanted_model)
        if price is None or account.tokens_in is None or account.tokens_out is None:
            return None
        return price.of(
            tokens_in=account.tokens_in, tokens_reused=account.tokens_reused or 0, tokens_out=account.tokens_out
        )

    def _ask(self, question: Callable[[Session], T]) -> T | None:
        """Return the database's answer; None when it gives none in time."""
        try:
            with self._sessions() as session:
                _hurry(session)
                return question(session)
        except SQLAlchemyError as error:
            log.warning("model limit not checked", error=type(error).__name__)
            return None

    def _refuse_for(self, limit: str, **whom: str) -> None:
        self.metrics.reach_limit(limit)
        log.warning("model limit reached", limit=limit, **whom)


def _hurry(session: Session) -> None:
    session.execute(text(f"SET LOCAL statement_timeout = {_PATIENCE_MS}"))
