"""How many interviews a machine can hold beside a model's weights, and how much of each."""

from dataclasses import dataclass
from pathlib import Path

import psutil

_SLOTS_SHARE, _GPU_SLOTS_SHARE, _SNAPSHOTS_SHARE = 0.5, 0.85, 0.25
_LEAST_TOKENS = 1024
_TOKEN_STEP = 256
_CGROUP = Path("/sys/fs/cgroup")


@dataclass(frozen=True)
class MemoryBudget:
    slots: int
    tokens_per_slot: int
    snapshot_bytes: int


class MemoryTooSmall(Exception):
    """Not even one interview fits; the message says what is needed."""


def plan_memory(
    *, kv_bytes_per_token: int, host_bytes: int, gpu_bytes: int | None, most_slots: int, most_tokens: int
) -> MemoryBudget:
    """Divide what is free beside the loaded weights. Slots are given up before tokens per slot are.

    Raises:
        MemoryTooSmall: the memory does not hold one slot of 1,024 tokens.
    """
    for_slots = host_bytes * _SLOTS_SHARE if gpu_bytes is None else gpu_bytes * _GPU_SLOTS_SHARE
    tokens = int(for_slots / max(kv_bytes_per_token, 1))
    least = min(_LEAST_TOKENS, most_tokens)
    if tokens < least:
        needed_mb = round(least * kv_bytes_per_token / 2**20)
        raise MemoryTooSmall(f"one interview needs {needed_mb} MB and {round(for_slots / 2**20)} MB are free for it")
    return MemoryBudget(
        slots=min(max(tokens // most_tokens, 1), most_slots),
        tokens_per_slot=most_tokens if tokens >= most_tokens else max(tokens // _TOKEN_STEP * _TOKEN_STEP, least),
        snapshot_bytes=int(host_bytes * _SNAPSHOTS_SHARE),
    )


def free_host_bytes(folder: Path = _CGROUP) -> int:
    """Return how much memory this process may still take: the machine's or, if less, its container's."""
    available = psutil.virtual_memory().available
    try:
        most, used = (int((folder / name).read_text()) for name in ("memory.max", "memory.current"))
    except (OSError, ValueError):
        return available
    return min(available, max(most - used, 0))
