"""The figures of language models as Prometheus reads them, by provider; nothing in them names a person."""

from collections.abc import Callable, Iterator, Mapping

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from interview_core.db.tables import GenerationOutcome
from interview_worker.engines.batching import Figures
from interview_worker.engines.metering import Account

_SECONDS = (0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 60, 150, 300)
_TOKENS_PER_S = (1, 2, 5, 10, 20, 40, 80, 160, 320)
_BREAKER_STATES = {"closed": 0, "half_open": 1, "open": 2}


class ModelMetrics:
    """Figures of generations that ended, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._requests = self._counter("requests", "Generations that ended.", "provider", "priority", "outcome")
        self._failures = self._counter(
            "failures", "Requests that failed, were refused, or took too long.", "provider", "error_code"
        )
        self._read = self._counter("prompt_tokens", "Tokens of prompts.", "provider")
        self._reused = self._counter("reused_tokens", "Those that had been read before.", "provider")
        self._written = self._counter("written_tokens", "Tokens of answers.", "provider")
        self._limits = self._counter("limit_reached", "Requests refused for an hour's limit.", "limit")
        self._lost = self._counter("usage_lost", "Rows of usage that the database did not take.")
        self._queue = self._histogram("queue_seconds", "Wait for its turn.", _SECONDS, "provider", "priority")
        self._first = self._histogram("first_token_seconds", "Until its first token.", _SECONDS, "provider", "priority")
        self._total = self._histogram("generation_seconds", "From request to end.", _SECONDS, "provider", "priority")
        self._speed = self._histogram(
            "tokens_per_second", "Of one generation after its first token.", _TOKENS_PER_S, "provider"
        )

    def observe(self, account: Account) -> None:
        """Count a generation that ended."""
        provider, priority = account.provider, account.priority.name.lower()
        self._requests.labels(provider, priority, account.outcome.value).inc()
        if account.error_code is not None and account.outcome is not GenerationOutcome.CANCELLED:
            self._failures.labels(provider, account.error_code).inc()
        self._read.labels(provider).inc(account.tokens_in or 0)
        self._reused.labels(provider).inc(account.tokens_reused or 0)
        self._written.labels(provider).inc(account.tokens_out or 0)
        self._total.labels(provider, priority).observe(account.total_ms / 1000)
        if account.queue_ms is not None:
            self._queue.labels(provider, priority).observe(account.queue_ms / 1000)
        if account.first_token_ms is not None:
            self._first.labels(provider, priority).observe(account.first_token_ms / 1000)
        if account.tokens_per_s is not None:
            self._speed.labels(provider).observe(account.tokens_per_s)

    def refuse(self, provider: str, error_code: str) -> None:
        """Count a request that never became a generation."""
        self._failures.labels(provider, error_code).inc()

    def reach_limit(self, limit: str) -> None:
        self._limits.labels(limit).inc()

    def lose_row(self) -> None:
        self._lost.inc()

    def watch_engine(self, provider: str, figures: Callable[[], Figures | None], waiting: Callable[[], int]) -> None:
        """Show what a local engine does, asked for at each look."""
        self.registry.register(_EngineCollector(provider, figures, waiting))

    def watch_breakers(self, states: Callable[[], Mapping[str, str]]) -> None:
        """Show each provider's breaker, asked for at each look."""
        self.registry.register(_BreakerCollector(states))

    def _counter(self, name: str, help_text: str, *labels: str) -> Counter:
        return Counter(f"interview_model_{name}", help_text, labels, registry=self.registry)

    def _histogram(self, name: str, help_text: str, buckets: tuple[float, ...], *labels: str) -> Histogram:
        return Histogram(f"interview_model_{name}", help_text, labels, buckets=buckets, registry=self.registry)


class _EngineCollector(Collector):
    def __init__(self, provider: str, figures: Callable[[], Figures | None], waiting: Callable[[], int]) -> None:
        self._provider = provider
        self._figures = figures
        self._waiting = waiting

    def collect(self) -> Iterator[Metric]:
        figures = self._figures()
        yield self._gauge("waiting", "Requests that wait for their turn.", self._waiting())
        if figures is None:
            return
        yield self._gauge("running", "Generations in the batch.", figures.running)
        yield self._gauge("slots", "Generations that fit into the batch.", figures.slots)
        yield self._gauge("snapshot_bytes", "Memory that keeps what was read.", figures.snapshot_bytes)
        yield self._counter("steps", "Batches decoded.", figures.steps)
        yield self._counter("batch_tokens", "Tokens decoded in them; by steps the mean batch size.", figures.rows)
        yield self._counter("preemptions", "Generations that made room for more urgent ones.", figures.preemptions)
        yield self._counter("failed_steps", "Batches that could not be decoded.", figures.failed_steps)

    def _gauge(self, name: str, help_text: str, value: float) -> Metric:
        family = GaugeMetricFamily(f"interview_model_{name}", help_text, labels=["provider"])
        family.add_metric([self._provider], value)
        return family

    def _counter(self, name: str, help_text: str, value: float) -> Metric:
        family = CounterMetricFamily(f"interview_model_{name}", help_text, labels=["provider"])
        family.add_metric([self._provider], value)
        return family


class _BreakerCollector(Collector):
    def __init__(self, states: Callable[[], Mapping[str, str]]) -> None:
        self._states = states

    def collect(self) -> Iterator[Metric]:
        family = GaugeMetricFamily(
            "interview_model_breaker_state", "0 closed, 1 half open, 2 open: passed over.", labels=["provider"]
        )
        for provider, state in self._states().items():
            family.add_metric([provider], _BREAKER_STATES[state])
        yield family
