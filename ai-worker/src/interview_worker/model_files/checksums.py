"""SHA-256 of model files: what it should be, what it is, and a note that it was checked."""

import contextlib
import hashlib
import json
import os
import re
from collections.abc import Callable
from pathlib import Path

_CHUNK_BYTES = 4 * 1024 * 1024
_LINE = re.compile(r"^([0-9a-f]{64})\b", re.IGNORECASE)


def checksum_file(path: Path) -> Path:
    """Return where a file's SHA-256 stands, as `sha256sum` writes it."""
    return path.with_name(f"{path.name}.sha256")


def stated_checksum(path: Path) -> str | None:
    """Return the SHA-256 that stands beside a file; None if there is none."""
    try:
        found = _LINE.match(checksum_file(path).read_text("utf-8"))
    except (OSError, UnicodeDecodeError):
        return None
    return found.group(1).lower() if found else None


def compute_checksum(path: Path, on_bytes: Callable[[int], object]) -> str:
    """Return a file's SHA-256; `on_bytes` is told of each part, and may raise to stop.

    Raises:
        OSError: it cannot be read.
    """
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            digest.update(chunk)
            on_bytes(len(chunk))
    return digest.hexdigest()


def is_noted(path: Path, facts: os.stat_result, sha256: str) -> bool:
    """Tell whether a file of this size and time of change was found to have this SHA-256 before."""
    try:
        return bool(json.loads(_note(path).read_text("utf-8")) == _described(facts, sha256))
    except (OSError, ValueError):
        return False


def note_checked(path: Path, facts: os.stat_result, sha256: str) -> None:
    """Remember that a file was checked, where its folder can be written; `facts` are from before the check."""
    with contextlib.suppress(OSError):
        _note(path).write_text(json.dumps(_described(facts, sha256)), "utf-8")


def _note(path: Path) -> Path:
    return path.with_name(f".{path.name}.checked")


def _described(facts: os.stat_result, sha256: str) -> dict[str, int | str]:
    return {"size": facts.st_size, "mtime_ns": facts.st_mtime_ns, "sha256": sha256}
