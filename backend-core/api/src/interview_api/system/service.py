"""Checks of everything that the backend needs."""

from collections.abc import Callable
from typing import Any

from redis.exceptions import RedisError
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from interview_api.resources import Resources
from interview_api.system.schemas import CheckResult, ModelState, Readiness, RecogniserState, SystemStatus
from interview_api.system.speech import report_speech
from interview_core import __version__
from interview_core.contract.queues import Queue
from interview_core.db.migrate import is_at_head
from interview_core.db.workers import SWEEPER, Worker, list_workers
from interview_core.storage import StorageUnavailable

_NEEDED = ("database", "migrations", "storage")
_USABLE_MODEL = (ModelState.READY, ModelState.NOT_LOADED)


def check_readiness(resources: Resources) -> Readiness:
    """Return each check; without database, its schema or storage the backend is unavailable, else at worst degraded."""
    checks = [
        _check("database", lambda: _ping_database(resources), "The database does not answer."),
        _check("migrations", lambda: _require_head(resources), "Run `python -m interview_core.db.migrate`."),
        _check("storage", resources.storage.check_writable, "Files cannot be written; see STORAGE_URL."),
        _check("broker", resources.redis.ping, "Redis does not answer; jobs wait in the database."),
        *_check_workers(resources),
        _check_model(resources),
        _check_speech(resources),
    ]
    if any(not check.is_ok for check in checks if check.name in _NEEDED):
        return Readiness(status="unavailable", checks=checks)
    is_whole = all(check.is_ok for check in checks)
    return Readiness(status="ready" if is_whole else "degraded", checks=checks)


class _NotAtHead(Exception):
    """The database has another schema than this code."""


def _check(name: str, probe: Callable[[], Any], message: str) -> CheckResult:
    try:
        probe()
    except (SQLAlchemyError, StorageUnavailable, RedisError, OSError, _NotAtHead):
        return CheckResult(name=name, is_ok=False, message=message)
    return CheckResult(name=name, is_ok=True, message=None)


def _ping_database(resources: Resources) -> None:
    with resources.engine.connect() as connection:
        connection.execute(text("SELECT 1"))


def _require_head(resources: Resources) -> None:
    if not is_at_head(resources.engine):
        raise _NotAtHead


def _check_workers(resources: Resources) -> list[CheckResult]:
    alive = {worker.queue for worker in _workers(resources) if worker.is_alive}
    kinds = {"gpu_worker": Queue.GPU.value, "cpu_worker": Queue.CPU.value, "sweeper": SWEEPER}
    return [
        CheckResult(
            name=name,
            is_ok=queue in alive,
            message=None if queue in alive else f"No living process serves {queue}; start it.",
        )
        for name, queue in kinds.items()
    ]


def _check_model(resources: Resources) -> CheckResult:
    """Tell whether questions and scores come from a model, and what an operator can do if not."""
    gpu = _gpu_worker(_workers(resources))
    if gpu is None:
        return CheckResult(name="model", is_ok=False, message="Unknown while no GPU worker lives.")
    state, reason = _model_state(gpu), gpu.details.get("model_reason")
    is_usable = state in _USABLE_MODEL
    if is_usable and reason is None:
        return CheckResult(name="model", is_ok=True, message=None)
    consequence = "" if is_usable else " Until then questions come from the question bank, and nothing is scored."
    return CheckResult(
        name="model",
        is_ok=False,
        message=f"model: {state.value}: {reason or 'see the log of the GPU worker'}.{consequence}",
    )


def _check_speech(resources: Resources) -> CheckResult:
    """Tell whether answers can be spoken. That recognition is switched off is nobody's mistake."""
    report = report_speech(_workers(resources))
    state = report.status.recogniser_state
    if report.status.can_transcribe or state is RecogniserState.OFF:
        return CheckResult(name="speech", is_ok=True, message=None)
    reason = report.reason or "Unknown while no CPU worker lives."
    message = f"speech: {state.value}: {reason} Until then answers are typed."
    return CheckResult(name="speech", is_ok=False, message=message)


def _gpu_worker(workers: list[Worker]) -> Worker | None:
    return next((worker for worker in workers if worker.is_alive and worker.queue == Queue.GPU.value), None)


def _model_state(gpu: Worker) -> ModelState:
    return ModelState(gpu.details.get("model_state", ModelState.NOT_LOADED))


def _workers(resources: Resources) -> list[Worker]:
    try:
        with resources.sessions() as session:
            return list_workers(session)
    except SQLAlchemyError:
        return []


def read_status(resources: Resources) -> SystemStatus:
    """Return what works, as the workers report about themselves."""
    with resources.sessions() as session:
        alive = [worker for worker in list_workers(session) if worker.is_alive]
    gpu = _gpu_worker(alive)
    model_state = _model_state(gpu) if gpu else ModelState.WORKER_AWAY
    is_usable = model_state in _USABLE_MODEL
    return SystemStatus(
        version=__version__,
        model_state=model_state,
        model_name=gpu.details.get("model_name") if gpu else None,
        model_location=gpu.details.get("model_location") if gpu else None,
        model_licence=gpu.details.get("model_licence") if gpu else None,
        can_score=is_usable,
        can_ask_with_model=is_usable,
        emotion_enabled=resources.settings.emotion_enabled,
        cpu_worker_alive=any(worker.queue == Queue.CPU.value for worker in alive),
        speech=report_speech(alive).status,
        max_upload_bytes=resources.settings.max_upload_bytes,
    )
