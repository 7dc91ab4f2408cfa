"""Tiny model files, and jobs run as the worker runs them."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from redis import Redis
from sqlalchemy.orm import sessionmaker
from sqlmodel import Session, select

from interview_core.contract.tasks import TASKS
from interview_core.db.tables import Job, JobState
from interview_core.settings import JobSettings
from interview_core.storage import Storage
from interview_core.streams import EventWriter
from interview_worker.binding import HANDLERS, run_job
from interview_worker.engines.language_model import LanguageModel
from interview_worker.engines.local_model import LlamaCppModel, LlamaCppOptions
from interview_worker.gpu import handlers as _bound  # noqa: F401  binds the handlers
from interview_worker.gpu.resources import GpuResources
from tests.conftest import RecordingPublisher
from tests.samples.make_gguf import write_gguf
from tests.traces import untraced
from tests.worker.gpu.fakes import no_model

SCRIPT = "주문 캐시 개선에서 가장 어려웠던 결정은 무엇이었고 어떻게 확인하셨나요?"


@pytest.fixture(scope="session")
def model_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a tiny model that always writes SCRIPT."""
    folder = tmp_path_factory.mktemp("models")
    write_gguf(folder / "tiny-exaone.gguf", script=SCRIPT)
    return folder


@pytest.fixture
def make_model(model_folder: Path) -> Iterator[Callable[..., LlamaCppModel]]:
    """Return a function that opens a model with one thread, and closes them all afterwards."""
    opened: list[LlamaCppModel] = []

    def make(folder: Path = model_folder, **options: Any) -> LlamaCppModel:
        opened.append(LlamaCppModel(LlamaCppOptions(models_dir=folder, threads=1, **options)))
        return opened[-1]

    yield make
    for model in opened:
        model.close()


@pytest.fixture
def resources(
    sessions: sessionmaker[Session], storage: Storage, redis: Redis, events: EventWriter, publisher: RecordingPublisher
) -> Iterator[GpuResources]:
    """Real PostgreSQL and Redis, and no model until a test sets one; whatever a test stores must be traceable."""
    yield GpuResources(
        sessions=sessions,
        storage=storage,
        redis=redis,
        events=events,
        broker=publisher,  # type: ignore[arg-type]  # handlers of this queue dispatch nothing
        language_model=no_model(),
    )
    with sessions() as session:
        assert untraced(session) == []


@pytest.fixture
def run_jobs(resources: GpuResources) -> Callable[..., list[JobState]]:
    """Return a function that runs the queued jobs of a task as the worker does, and returns how they ended."""
    tasks = {task.name: task for task in TASKS}

    def run(name: str, model: LanguageModel | None = None, times: int = 1) -> list[JobState]:
        if model is not None:
            resources.language_model = model
        with resources.session() as session:
            job_ids = session.exec(select(Job.id).where(Job.task == name, Job.state == JobState.QUEUED)).all()
        for job_id in job_ids:
            for _ in range(times):
                run_job(tasks[name], HANDLERS[name][1], job_id, resources, JobSettings())
        return [_state(resources, job_id) for job_id in job_ids]

    return run


def _state(resources: GpuResources, job_id: UUID) -> JobState:
    with resources.session() as session:
        return session.get_one(Job, job_id).state
