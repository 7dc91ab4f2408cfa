"""How a machine's memory is divided, and what is kept of it when it is full."""

import time
from pathlib import Path

import numpy as np
import pytest

from interview_worker.engines.kv_snapshots import Snapshot, SnapshotStore
from interview_worker.engines.language_model import ModelState, ModelUnavailable
from interview_worker.engines.llama_runtime import Weights
from interview_worker.engines.local_model import LlamaCppModel, LlamaCppOptions
from interview_worker.engines.memory_budget import MemoryTooSmall, free_host_bytes, plan_memory
from tests.samples.make_gguf import write_gguf
from tests.worker.gpu.batching_rig import request, talk

GB = 2**30
EXAONE_KV = 131_072


def snapshot(*tokens: int, size: int = 100) -> Snapshot:
    return Snapshot(list(tokens), np.zeros(size, np.uint8))


def test_a_small_machine_gives_up_slots_before_it_gives_up_length() -> None:
    def plan(gb: float) -> tuple[int, int]:
        budget = plan_memory(
            kv_bytes_per_token=EXAONE_KV, host_bytes=int(gb * GB), gpu_bytes=None, most_slots=8, most_tokens=8192
        )
        return budget.slots, budget.tokens_per_slot

    assert plan(64) == (8, 8192)
    assert plan(8) == (4, 8192)
    assert plan(1) == (1, 4096)
    with pytest.raises(MemoryTooSmall, match="128 MB"):
        plan(0.2)


def test_a_gpu_holds_the_slots_and_the_host_the_snapshots() -> None:
    budget = plan_memory(
        kv_bytes_per_token=EXAONE_KV, host_bytes=8 * GB, gpu_bytes=20 * GB, most_slots=32, most_tokens=8192
    )
    assert budget.slots == 17
    assert budget.snapshot_bytes == 2 * GB


def test_a_container_may_take_no_more_than_its_limit(tmp_path: Path) -> None:
    (tmp_path / "memory.max").write_text("1000000\n")
    (tmp_path / "memory.current").write_text("400000\n")
    assert free_host_bytes(tmp_path) == 600_000
    (tmp_path / "memory.max").write_text("max\n")
    assert free_host_bytes(tmp_path) > 10_000_000


def test_a_model_knows_what_a_token_takes(tmp_path: Path) -> None:
    weights = Weights(write_gguf(tmp_path / "m.gguf"), gpu_layers=0)
    assert weights.kv_bytes_per_token == 1 * 2 * (16 + 16) * 2
    weights.close()


def test_a_machine_without_room_for_one_interview_says_so_and_does_not_try_each_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_gguf(tmp_path / "m.gguf")
    monkeypatch.setattr(Weights, "kv_bytes_per_token", 10**12)
    model = LlamaCppModel(LlamaCppOptions(tmp_path, threads=1))
    with pytest.raises(ModelUnavailable, match="memory"):
        list(model.generate(request(talk("네"))))
    assert model.status().state is ModelState.NO_MEMORY
    started = time.monotonic()
    with pytest.raises(ModelUnavailable, match="memory"):
        model.generate(request(talk("네")))
    assert time.monotonic() - started < 5
    model.close()


def test_the_least_recently_kept_snapshot_goes_first() -> None:
    store = SnapshotStore(250)
    store.keep("a", snapshot(1))
    store.keep("b", snapshot(2))
    store.keep("a", snapshot(1, 3))
    store.keep("c", snapshot(4))
    assert store.find("b") is None
    assert store.find("a") is not None
    assert store.used_bytes == 200


def test_a_pinned_head_outlasts_what_interviews_left() -> None:
    store = SnapshotStore(250)
    store.pin(snapshot(7, 8))
    for owner in "abcd":
        store.keep(owner, snapshot(1))
    assert store.pinned((7, 8)) is not None
    assert [owner for owner in "abcd" if store.find(owner)] == ["d"]


def test_more_than_all_room_is_not_kept_and_costs_nobody_else_anything() -> None:
    store = SnapshotStore(250)
    store.keep("a", snapshot(1))
    store.keep("b", snapshot(2, size=251))
    assert store.find("a") is not None
    assert store.find("b") is None


def test_what_was_taken_into_a_slot_takes_no_more_room() -> None:
    store = SnapshotStore(250)
    store.keep("a", snapshot(1))
    assert store.take("a") is not None
    assert store.take("a") is None
    assert store.used_bytes == 0


def test_only_so_many_heads_are_pinned() -> None:
    store = SnapshotStore(10_000)
    for number in range(12):
        store.pin(snapshot(number))
    assert [number for number in range(12) if store.has_pinned((number,))] == list(range(4, 12))
