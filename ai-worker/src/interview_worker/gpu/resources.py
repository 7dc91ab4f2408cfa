"""What the handlers of the GPU queue are given."""

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Semaphore
from typing import Any

from interview_worker.engines.language_model import LanguageModel, status_details
from interview_worker.engines.metering import LimitedModel
from interview_worker.engines.provider_chain import ProviderChain
from interview_worker.gpu.model_metrics import ModelMetrics
from interview_worker.gpu.model_pace import ModelPace
from interview_worker.gpu.models import make_language_model
from interview_worker.gpu.usage import HourlyLimits, UsageMeter
from interview_worker.gpu.warm_up import prepare
from interview_worker.metrics_server import serve_metrics
from interview_worker.resources import Resources, base_resources
from interview_worker.settings import GpuWorkerSettings

_PREPARATIONS = 4


@dataclass
class GpuResources(Resources):
    language_model: LanguageModel
    pace: ModelPace = field(default_factory=ModelPace)
    preparations: Semaphore = field(default_factory=lambda: Semaphore(_PREPARATIONS))
    """How many questions may be prepared at once, so that threads stay free for candidates who wait."""
    gradings: int = 1
    """How often each answer is judged."""
    usage: Callable[[], dict[str, Any]] = dict
    """What each provider has done since the worker started."""
    providers: Callable[[], list[dict[str, Any]]] = list
    """How each provider does, where there is a choice."""

    def describe(self) -> dict[str, Any]:
        return {
            **status_details(self.language_model),
            "model_usage": self.usage(),
            "model_providers": self.providers(),
        }


def make_resources(settings: GpuWorkerSettings) -> GpuResources:
    """Connect the worker's process, and begin to load the model when there is one."""
    base = base_resources(settings)
    prepare()
    limits = HourlyLimits(settings.model_tokens_per_user_hour, settings.model_cost_per_hour)
    meter = UsageMeter(base["sessions"], ModelMetrics(), prices=settings.model_prices, limits=limits)
    model = make_language_model(settings, meter)
    if settings.gpu_metrics_port:
        serve_metrics(meter.metrics.registry, settings.gpu_metrics_host, settings.gpu_metrics_port)
    providers = model.details if isinstance(model, ProviderChain) else list
    limited = LimitedModel(model, meter.admit_user)
    return GpuResources(
        **base,
        language_model=limited,
        preparations=Semaphore(max(settings.gpu_worker_threads // 2, 1)),
        gradings=settings.evaluation_gradings,
        usage=meter.totals,
        providers=providers,
    )
