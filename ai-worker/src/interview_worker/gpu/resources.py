"""What the handlers of the GPU queue are given."""

from dataclasses import dataclass
from typing import Any

from interview_worker.engines.language_model import LanguageModel, status_details
from interview_worker.gpu.models import make_language_model
from interview_worker.resources import Resources, base_resources
from interview_worker.settings import GpuWorkerSettings


@dataclass
class GpuResources(Resources):
    language_model: LanguageModel

    def describe(self) -> dict[str, Any]:
        return status_details(self.language_model)


def make_resources(settings: GpuWorkerSettings) -> GpuResources:
    """Connect the worker's process, and begin to load the model when there is one."""
    return GpuResources(**base_resources(settings), language_model=make_language_model(settings))
