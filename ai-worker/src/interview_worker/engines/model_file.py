"""The model file in a folder: which one it is, and whether it may and can be used. Nothing here loads it."""

import contextlib
import os
import sys
import threading
import time
from dataclasses import dataclass, replace
from pathlib import Path

import structlog

from interview_worker.engines.gguf_file import (
    DEFAULT_MODEL_FILE,
    GgufHeader,
    GgufInvalid,
    find_model_file,
    read_header,
)
from interview_worker.engines.language_model import ModelState, ModelStatus
from interview_worker.engines.llama_runtime import is_installed
from interview_worker.model_files.catalogue import (
    Catalogue,
    CatalogueInvalid,
    CatalogueMissing,
    Licence,
    load_catalogue,
)
from interview_worker.model_files.checksums import (
    compute_checksum,
    is_noted,
    note_checked,
    stated_checksum,
)

log = structlog.get_logger(__name__)

UNKNOWN_LICENCE = "unknown"
_IDLE_PRIORITY = 19


@dataclass(frozen=True)
class ModelFile:
    """A file as it was when it was looked at; one that was replaced or written to is another."""

    path: Path
    facts: os.stat_result

    @property
    def mark(self) -> tuple[str, int, int, int]:
        return str(self.path), self.facts.st_ino, self.facts.st_size, self.facts.st_mtime_ns


class _Closed(Exception):
    """Nobody wants to know any more."""


@dataclass(frozen=True)
class _Verdict:
    file: ModelFile
    status: ModelStatus
    until: float = float("inf")

    def holds_for(self, file: ModelFile) -> bool:
        return self.file.mark == file.mark and time.monotonic() < self.until


class ModelFolder:
    """Finds the model file, and remembers what is known about it until another takes its place.

    Where the file's SHA-256 is known, it is computed once, behind everything else; a file with another one is refused
    from then on.
    """

    def __init__(self, folder: Path, file_name: str, *, is_commercial: bool) -> None:
        self._folder = folder
        self._file_name = file_name
        self._is_commercial = is_commercial
        self._lock = threading.Lock()
        self._verdict: _Verdict | None = None
        self._last_checked: ModelFile | None = None
        self._is_closed = threading.Event()

    def find(self) -> ModelFile | None:
        path = find_model_file(self._folder, self._file_name)
        with contextlib.suppress(OSError):
            return ModelFile(path, path.stat()) if path is not None else None
        return None

    def missing(self) -> ModelStatus:
        wanted = self._file_name or DEFAULT_MODEL_FILE
        reason = f"put {wanted} into {self._folder}, or run `make model`"
        return ModelStatus(ModelState.MISSING, None, reason)

    def status(self, file: ModelFile) -> ModelStatus:
        """Return whether the file can be loaded, as far as is known."""
        with self._lock:
            before = self._verdict
            if before is not None and before.holds_for(file):
                return before.status
            status = self._look_at(file)
            if before is not None and before.file.mark == file.mark and status.is_usable:
                status = replace(status, reason=f"{before.status.reason}; the next request tries it again")
            self._verdict = _Verdict(file, status)
            return status

    def refuse(self, file: ModelFile, state: ModelState, reason: str, *, for_s: float = float("inf")) -> None:
        """Take back that a file can be used, for a while or as long as it stays the same."""
        with self._lock:
            if self._verdict is not None and self._verdict.file.mark == file.mark:
                status = ModelStatus(state, file.path.name, reason, self._verdict.status.licence)
                self._verdict = _Verdict(file, status, time.monotonic() + for_s)
        log.error("model refused", model=file.path.name, state=state.value, reason=reason)

    def close(self) -> None:
        self._is_closed.set()

    def _look_at(self, file: ModelFile) -> ModelStatus:
        name = file.path.name
        try:
            header = read_header(file.path)
            catalogue = self._catalogue()
        except GgufInvalid as error:
            return ModelStatus(ModelState.INVALID, name, str(error))
        except CatalogueInvalid as error:
            reason = f"COMMERCIAL_USE is on, and licences cannot be looked up: {error}"
            return ModelStatus(ModelState.NOT_PERMITTED, name, reason)
        licence = catalogue.licence_of(name, name=header.name, licences=header.licences)
        said = licence.name if licence else stated_licence(header)
        if licence is not None and licence.non_commercial and self._is_commercial:
            return ModelStatus(ModelState.NOT_PERMITTED, name, refusal(licence), said)
        if not is_installed():
            return ModelStatus(ModelState.RUNTIME_MISSING, name, "install the extra `gpu` (llama-cpp-python)", said)
        self._check_behind(file, catalogue)
        return ModelStatus(ModelState.NOT_LOADED, name, None, said)

    def _catalogue(self) -> Catalogue:
        try:
            return load_catalogue(self._folder)
        except CatalogueInvalid as error:
            if self._is_commercial:
                raise
            if not isinstance(error, CatalogueMissing):
                log.warning("model catalogue not read", reason=str(error))
            return Catalogue()

    def _check_behind(self, file: ModelFile, catalogue: Catalogue) -> None:
        known = catalogue.model_of(file.path.name)
        wanted = (known.sha256 if known else None) or stated_checksum(file.path)
        is_begun = self._last_checked is not None and self._last_checked.mark == file.mark
        if wanted and not is_begun and not is_noted(file.path, file.facts, wanted):
            self._last_checked = file
            check = threading.Thread(target=self._check, args=(file, wanted), name="model-checksum", daemon=True)
            check.start()

    def _check(self, file: ModelFile, wanted: str) -> None:
        if sys.platform == "linux":
            # There a thread has a priority of its own, and a candidate may be waiting for a question.
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _IDLE_PRIORITY)
        started = time.monotonic()
        try:
            found = compute_checksum(file.path, self._stop_when_closed)
        except (OSError, _Closed):
            return
        if found == wanted:
            note_checked(file.path, file.facts, wanted)
            log.info("model checked", model=file.path.name, took_s=round(time.monotonic() - started, 1))
        else:
            self.refuse(file, ModelState.INVALID, "its SHA-256 is not the one it should have; download it again")

    def _stop_when_closed(self, _count: int) -> None:
        if self._is_closed.is_set():
            raise _Closed


def stated_licence(header: GgufHeader) -> str:
    """Return what a file itself says of its licence."""
    return next((value for value in reversed(header.licences) if value), UNKNOWN_LICENCE)


def refusal(licence: Licence) -> str:
    """Say why a commercial deployment does not use a model."""
    return f"COMMERCIAL_USE is on, and {licence.name} does not permit it ({licence.link}); use another model"
