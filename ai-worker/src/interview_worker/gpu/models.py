"""The language model of this worker, as the settings name it."""

from interview_worker.engines.language_model import LanguageModel
from interview_worker.engines.local_model import LlamaCppModel, LlamaCppOptions
from interview_worker.engines.metering import MeteredModel
from interview_worker.engines.provider_chain import ProviderChain
from interview_worker.engines.provider_clients import ProviderKind, ProviderOptions
from interview_worker.engines.remote_provider import RemoteModel
from interview_worker.gpu.model_metrics import ModelMetrics
from interview_worker.gpu.usage import UsageMeter
from interview_worker.settings import GpuWorkerSettings, ModelProvider


def make_language_model(settings: GpuWorkerSettings, meter: UsageMeter) -> MeteredModel | ProviderChain:
    """Return the model that everything asks, each provider's generations counted, and begin to load what it needs."""
    providers = [
        (name.value, MeteredModel(_make_provider(name, settings, meter.metrics), name.value, meter))
        for name in settings.model_providers
    ]
    if settings.model_providers == (ModelProvider.LOCAL,):
        return providers[0][1]
    chain = ProviderChain(providers)
    meter.metrics.watch_breakers(lambda: {figures.name: figures.breaker.value for figures in chain.figures()})
    return chain


def _make_provider(name: ModelProvider, settings: GpuWorkerSettings, metrics: ModelMetrics) -> LanguageModel:
    if name is ModelProvider.LOCAL:
        local = _local_model(settings)
        metrics.watch_engine(name.value, local.figures, lambda: local.waiting)
        return local
    remote = RemoteModel(_remote_options(name, settings))
    remote.warm_up()
    return remote


def _remote_options(name: ModelProvider, settings: GpuWorkerSettings) -> ProviderOptions:
    kind = ProviderKind(name.value)
    match kind:
        case ProviderKind.OPENAI_COMPATIBLE:
            key, url = settings.openai_compatible_api_key, settings.openai_compatible_url
            return ProviderOptions(kind, settings.openai_compatible_model, key, url)
        case ProviderKind.OPENAI:
            return ProviderOptions(kind, settings.openai_model, settings.openai_api_key)
        case ProviderKind.ANTHROPIC:
            return ProviderOptions(kind, settings.anthropic_model, settings.anthropic_api_key)
        case ProviderKind.GEMINI:
            return ProviderOptions(kind, settings.gemini_model, settings.gemini_api_key)


def _local_model(settings: GpuWorkerSettings) -> LlamaCppModel:
    model = LlamaCppModel(
        LlamaCppOptions(
            models_dir=settings.models_dir,
            model_file=settings.model_file,
            threads=settings.model_threads,
            gpu_layers=settings.model_gpu_layers,
            slots=settings.gpu_worker_threads,
            is_commercial=settings.commercial_use,
        )
    )
    model.warm_up()
    return model
