"""Settings of the two workers."""

from pathlib import Path

from interview_core.settings import BrokerSettings, DatabaseSettings, JobSettings, StorageSettings


class WorkerSettings(DatabaseSettings, BrokerSettings, StorageSettings, JobSettings):
    """What both workers read."""


class GpuWorkerSettings(WorkerSettings):
    """Settings of the worker that runs the language model, one process with a thread per running task."""

    gpu_worker_threads: int = 8
    models_dir: Path = Path("ai_models")
    model_file: str = ""
    """A file name in `models_dir`; empty: the only GGUF there, or the default model."""


class CpuWorkerSettings(WorkerSettings):
    """Settings of the worker that reads documents, embeds and looks at frames, a process per running task."""

    cpu_worker_processes: int = 2
