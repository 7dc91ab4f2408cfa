"""A GGUF file as a `LanguageModel`: loaded when it is first needed, and served by one thread to all who ask."""

import contextlib
import os
import signal
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import UUID

import structlog

from interview_core.errors import EngineFailed, EngineUnavailable
from interview_worker.engines.batching import Batcher, EngineBroken, Figures
from interview_worker.engines.free_cores import own_cores
from interview_worker.engines.generation_queue import GenerationQueue, QueuedGeneration
from interview_worker.engines.language_model import (
    GenerationCancelled,
    GenerationRequest,
    Limits,
    Message,
    ModelBusy,
    ModelState,
    ModelStatus,
    ModelUnavailable,
    Priority,
)
from interview_worker.engines.llama_runtime import Context, LoadFailed, Weights, free_gpu_bytes
from interview_worker.engines.memory_budget import MemoryBudget, MemoryTooSmall, free_host_bytes, plan_memory
from interview_worker.engines.model_file import ModelFile, ModelFolder

log = structlog.get_logger(__name__)

_READ_AHEAD_S = 30
_MEMORY_RETRY_S = 30
_MB = 2**20


@dataclass(frozen=True)
class LlamaCppOptions:
    """Where the weights are and how much of the machine they may use. A small machine is given less of it."""

    models_dir: Path
    model_file: str = ""
    context_tokens: int = 8192
    """The longest prompt and answer together."""
    slice_tokens: int = 512
    """The most that is decoded between two looks at deadlines."""
    slots: int = 8
    """The most that run at once."""
    threads: int = 0
    """The most CPU threads; 0: all cores. It takes fewer while other processes are busy."""
    gpu_layers: int = -1
    """-1: all; without a GPU build it has no effect."""
    max_waiting: int = 64
    is_commercial: bool = False
    """Whether models whose licence forbids commercial use are refused."""


def end_process() -> None:
    """Ask this process to end, so that its process manager starts a new one."""
    os.kill(os.getpid(), signal.SIGTERM)


class LlamaCppModel:
    """A `LanguageModel` over the GGUF file in a folder, loaded when the first request comes.

    A file that is replaced takes over with the next request that finds nobody writing; weights whose file is gone are
    used on. When decoding fails twice in a row, which only a new process mends, `on_broken` is called.
    """

    def __init__(self, options: LlamaCppOptions, *, on_broken: Callable[[], None] = end_process) -> None:
        self._options = options
        self._on_broken = on_broken
        self._queue = GenerationQueue(max_waiting=options.max_waiting)
        self._folder = ModelFolder(options.models_dir, options.model_file, is_commercial=options.is_commercial)
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._loaded: _Loaded | None = None
        self._broken: ModelStatus | None = None
        self._reading: dict[UUID, QueuedGeneration] = {}

    def status(self) -> ModelStatus:
        if self._broken is not None:
            return self._broken
        file, loaded = self._folder.find(), self._loaded
        status = self._folder.missing() if file is None else self._folder.status(file)
        if loaded is None or (file is not None and file.mark == loaded.file.mark and not status.is_usable):
            return status
        reason = None if status.is_usable else f"it runs from memory; to start again it needs its file: {status.reason}"
        return ModelStatus(ModelState.READY, loaded.context.weights.name, reason, loaded.licence)

    def generate(self, request: GenerationRequest) -> QueuedGeneration:
        status = self.status()
        if not status.is_usable:
            raise ModelUnavailable(f"No language model: {status.reason}.")
        if request.session is not None and request.priority is Priority.LIVE_QUESTION:
            self._stop_reading(request.session)
        generation = QueuedGeneration(request)
        self._queue.put(generation)
        self._start_thread()
        return generation

    def read_ahead(self, messages: Sequence[Message], session: UUID) -> None:
        self._stop_reading(session)
        limits = Limits(max_tokens=0, temperature=0, deadline_s=_READ_AHEAD_S)
        request = GenerationRequest(messages, limits, Priority.SPECULATIVE, session=session)
        with contextlib.suppress(ModelBusy, EngineUnavailable):
            reading = self.generate(request)
            with self._lock:
                self._reading = {key: other for key, other in self._reading.items() if not other.is_over()}
                self._reading[session] = reading

    def forget(self, session: UUID) -> None:
        self._stop_reading(session)
        if self._loaded is not None:
            self._queue.forget(session)

    def figures(self) -> Figures | None:
        """Return what the engine has done so far; None while no weights are loaded."""
        loaded = self._loaded
        return None if loaded is None else replace(loaded.batcher.figures)

    @property
    def waiting(self) -> int:
        """How many requests wait for their turn."""
        return len(self._queue)

    def warm_up(self) -> None:
        """Load the weights behind the scenes, when there are any, so that the first request need not wait."""
        if self.status().is_usable:
            self._start_thread()

    def close(self) -> None:
        """Cancel everything and free the weights."""
        self._queue.close()
        self._folder.close()
        with self._lock:
            thread = self._thread
        if thread is not None:
            thread.join()

    def _stop_reading(self, session: UUID) -> None:
        with self._lock:
            reading = self._reading.pop(session, None)
        if reading is not None:
            reading.cancel()

    def _start_thread(self) -> None:
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._serve, name="llama-cpp", daemon=True)
                self._thread.start()

    def _serve(self) -> None:
        try:
            self._load()
        except ModelUnavailable:
            pass  # who asks is told
        except Exception:
            log.exception("model not loaded")
        while self._queue.wait():
            try:
                self._leave_replaced()
                self._keep_busy(self._load().batcher)
            except ModelUnavailable as error:
                self._queue.fail_all(error)
            except EngineBroken as error:
                self._give_up(error)
            except Exception as error:
                log.exception("model not loaded")
                self._queue.fail_all(EngineFailed(f"the model was not loaded: {type(error).__name__}"))
        self._unload()

    def _keep_busy(self, batcher: Batcher) -> None:
        while batcher.has_work and not self._queue.is_closed:
            batcher.turn()

    def _give_up(self, error: EngineBroken) -> None:
        log.critical("model broken", reason=str(error))
        reason = "it failed twice in a row; the worker starts anew"
        self._broken = ModelStatus(ModelState.BROKEN, self.status().name, reason)
        unavailable = ModelUnavailable(f"No language model: {reason}.")
        self._queue.close(unavailable)
        if self._loaded is not None:
            self._loaded.batcher.end_all(unavailable)
        self._on_broken()

    def _load(self) -> "_Loaded":
        if self._loaded is None:
            file, status = self._folder.find(), self.status()
            if file is None or not status.is_usable:
                raise ModelUnavailable(f"No language model: {status.reason}.")
            try:
                self._loaded = _Loaded(file, status.licence, self._options, self._queue)
            except LoadFailed as error:
                for_s = _MEMORY_RETRY_S if error.state is ModelState.NO_MEMORY else float("inf")
                self._folder.refuse(file, error.state, str(error), for_s=for_s)
                raise ModelUnavailable(f"{file.path.name} cannot be used: {error}.") from error
        return self._loaded

    def _leave_replaced(self) -> None:
        """Unload weights whose file was refused since, or gave its place to one that can be used."""
        file, loaded = self._folder.find(), self._loaded
        if file is None or loaded is None:
            return
        if self._folder.status(file).is_usable != (file.mark == loaded.file.mark):
            log.info("model unloaded", model=loaded.file.path.name)
            self._unload()

    def _unload(self) -> None:
        if (loaded := self._loaded) is not None:
            self._loaded = None
            loaded.close()


class _Loaded:
    """Weights with a context as large as the machine allows."""

    def __init__(self, file: ModelFile, licence: str | None, options: LlamaCppOptions, queue: GenerationQueue) -> None:
        self.file = file
        self.licence = licence
        weights = Weights(file.path, gpu_layers=options.gpu_layers)
        try:
            budget = _plan(weights, options)
            self.context = _make_context(weights, budget, options)
        except LoadFailed:
            weights.close()
            raise
        self.batcher = Batcher(self.context, queue, snapshot_bytes=budget.snapshot_bytes)
        log.info(
            "model loaded",
            model=weights.name,
            licence=licence,
            file_mb=weights.file_bytes // _MB,
            device="gpu" if weights.uses_gpu else "cpu",
            slots=self.context.slots,
            context_tokens=self.context.tokens_per_slot,
            context_mb=self.context.slots * self.context.tokens_per_slot * weights.kv_bytes_per_token // _MB,
            snapshots_mb=budget.snapshot_bytes // _MB,
        )

    def close(self) -> None:
        self.batcher.end_all(GenerationCancelled("The worker is shutting down."))
        self.context.close()
        self.context.weights.close()


def _plan(weights: Weights, options: LlamaCppOptions) -> MemoryBudget:
    gpu_bytes = free_gpu_bytes() if weights.uses_gpu else None
    # Weights on a CPU stay mapped: their pages count as free, but without them each token is read from the disk.
    host_bytes = free_host_bytes() - (0 if weights.uses_gpu else weights.file_bytes)
    try:
        return plan_memory(
            kv_bytes_per_token=weights.kv_bytes_per_token,
            host_bytes=max(host_bytes, 0),
            gpu_bytes=gpu_bytes,
            most_slots=options.slots,
            most_tokens=min(options.context_tokens, weights.trained_context),
        )
    except MemoryTooSmall as error:
        raise LoadFailed(ModelState.NO_MEMORY, f"the memory is too small: {error}") from error


def _make_context(weights: Weights, budget: MemoryBudget, options: LlamaCppOptions) -> Context:
    """Make the context, with half the slots each time that llama.cpp refuses: it needs more than the slots."""
    slots = budget.slots
    while True:
        try:
            return Context(
                weights,
                slots=slots,
                tokens_per_slot=budget.tokens_per_slot,
                step_tokens=options.slice_tokens,
                threads=options.threads or own_cores(),
            )
        except LoadFailed:
            if slots == 1:
                raise
            slots //= 2
