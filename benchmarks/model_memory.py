"""What model files of several sizes take to start and to hold, and how many interviews then fit."""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.measure import print_cells
from interview_worker.engines.memory_budget import MemoryTooSmall, plan_memory
from tests.samples.make_gguf import FULL

GB = 2**30
FREE_GB = (1, 2, 4, 8, 16, 32)
MOST_SLOTS, MOST_TOKENS = 64, 8192
KV_BYTES = FULL.layers * FULL.kv_heads * (FULL.width // FULL.heads) * 2 * 2
"""What one token of EXAONE 3.5 7.8B takes: a key and a value of two bytes each."""

# A process of its own for each file: what one has taken, another would find.
START = """
import json, sys, time
from pathlib import Path
from uuid import uuid4
import psutil
from interview_worker.engines.language_model import GenerationRequest, Limits, Message, ModelState, Priority, Role
from interview_worker.engines.local_model import LlamaCppModel, LlamaCppOptions
from tests.samples.make_gguf import SENTENCES

def rss_mb():
    return psutil.Process().memory_info().rss / 2**20

def ask(text):
    messages, limits = [Message(Role.USER, text)], Limits(4, 0, 600)
    return model.generate(GenerationRequest(messages, limits, Priority.LIVE_QUESTION, session=uuid4()))

before_mb, started = rss_mb(), time.perf_counter()
model = LlamaCppModel(LlamaCppOptions(Path(sys.argv[1])))
model.warm_up()
while model.status().state is not ModelState.READY:
    time.sleep(0.002)
ready_ms = (time.perf_counter() - started) * 1000
list(ask("?"))
first_ms = (time.perf_counter() - started) * 1000
loaded_mb, figures = rss_mb(), model.figures()
for running in [ask(f"{number} {SENTENCES * 20}") for number in range(figures.slots)]:
    list(running)
facts = {
    "ready_ms": ready_ms,
    "first_ms": first_ms,
    "before_mb": before_mb,
    "loaded_mb": loaded_mb,
    "busy_mb": rss_mb(),
    "slots": figures.slots,
    "tokens": figures.tokens_per_slot,
    "kept": figures.snapshot_tokens / 2000,
}
model.close()
print(json.dumps(facts))
"""


def measure_memory(paths: Sequence[Path]) -> None:
    """Print what each file takes on this machine, and what the default model would leave room for on others."""
    rows = []
    for path in paths:
        command = [sys.executable, "-c", START, str(path.parent)]
        facts = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()[-1])
        rows.append([f"{path.stat().st_size / 2**20:.0f}", *(f"{value:.0f}" for value in facts.values())])
    header = ["file MB", "ready ms", "first token ms", "process before MB", "loaded MB", "all slots in use MB"]
    fits = ["interviews at once", "tokens each", "kept, of 2,000 tokens"]
    print_cells("Model: start and memory, with the product's options", [*header, *fits], rows)
    print_cells(
        f"Model: what fits of EXAONE 3.5 7.8B ({KV_BYTES / 1024:.0f} KB a token), by the plan for a machine",
        ["free beside the weights", "CPU: interviews × tokens", "GPU: interviews × tokens"],
        [[f"{free} GB", _planned(free, is_gpu=False), _planned(free, is_gpu=True)] for free in FREE_GB],
    )


def _planned(free_gb: int, *, is_gpu: bool) -> str:
    try:
        plan = plan_memory(
            kv_bytes_per_token=KV_BYTES,
            host_bytes=free_gb * GB,
            gpu_bytes=free_gb * GB if is_gpu else None,
            most_slots=MOST_SLOTS,
            most_tokens=MOST_TOKENS,
        )
    except MemoryTooSmall:
        return "none"
    return f"{plan.slots} × {plan.tokens_per_slot}"
