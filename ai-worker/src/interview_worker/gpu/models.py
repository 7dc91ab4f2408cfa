"""The language model of this worker, as the settings name it."""

from interview_worker.engines.language_model import LanguageModel
from interview_worker.engines.llama_cpp_engine import LlamaCppModel, LlamaCppOptions
from interview_worker.engines.metering import LimitedModel, MeteredModel
from interview_worker.gpu.usage import UsageMeter
from interview_worker.settings import GpuWorkerSettings


def make_language_model(settings: GpuWorkerSettings, meter: UsageMeter) -> LanguageModel:
    """Return the model that everything asks, and begin to load what it needs; all that it does is metered."""
    local = _local_model(settings)
    meter.metrics.watch_engine("local", local.figures, lambda: local.waiting)
    providers: list[tuple[str, LanguageModel]] = [("local", MeteredModel(local, "local", meter))]
    return LimitedModel(providers[0][1], meter.admit_user)


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
