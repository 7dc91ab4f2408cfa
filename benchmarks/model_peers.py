"""Other ways to serve the same model file: llama-cpp-python one after another, llama.cpp's own server, and nobody.

`Bare` only decodes. That is the most that an engine could keep of what this build of llama.cpp gives on this machine.
"""

import contextlib
import importlib.util
import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psutil

from interview_worker.engines.llama_runtime import Context, Feed, Outcome, Weights

SERVER = """
import sys
import xllamacpp

parameters = xllamacpp.CommonParams()
parameters.model.path, slots, context, threads = sys.argv[1], *map(int, sys.argv[2:])
parameters.n_parallel, parameters.n_ctx = slots, slots * context
parameters.n_batch = parameters.n_ubatch = 512
parameters.cpuparams.n_threads = parameters.cpuparams_batch.n_threads = threads
parameters.port = 0
server = xllamacpp.Server(parameters)
print(server.listening_address, flush=True)
sys.stdin.read()
"""


@dataclass
class Timing:
    """What some requests took together."""

    tokens: int = 0
    wall_s: float = 0.0
    cpu_s: float = 0.0
    first_token_ms: list[float] = field(default_factory=list)


class Serial:
    """One `Llama` that answers one prompt after another, each from the start."""

    def __init__(self, path: Path, *, context: int, threads: int) -> None:
        from llama_cpp import Llama

        self._llama = Llama(
            str(path), n_ctx=context, n_batch=512, n_threads=threads, n_threads_batch=threads, verbose=False
        )

    def run(self, prompts: Sequence[Sequence[int]], max_tokens: int) -> Timing:
        timing, started, cpu = Timing(), time.perf_counter(), time.process_time()
        for prompt in prompts:
            self._llama.reset()
            for count, _ in enumerate(self._llama.generate(list(prompt), temp=0.0), 1):
                if count == 1:
                    timing.first_token_ms.append((time.perf_counter() - started) * 1000)
                if count >= max_tokens:
                    break
            timing.tokens += count
        timing.wall_s, timing.cpu_s = time.perf_counter() - started, time.process_time() - cpu
        return timing

    def close(self) -> None:
        self._llama.close()


class Bare:
    """Decodes prompts and then tokens that nobody chose, all requests in step; nothing is sampled or handed out."""

    def __init__(self, weights: Weights, *, slots: int, context: int, threads: int) -> None:
        self._context = Context(weights, slots=slots, tokens_per_slot=context, step_tokens=512, threads=threads)

    def run(self, prompts: Sequence[Sequence[int]], max_tokens: int) -> Timing:
        self._context.clear()
        timing, started, cpu = Timing(), time.perf_counter(), time.process_time()
        for group in self._groups(prompts):
            self._decode([Feed(slot, 0, prompts[slot], wants_next=True) for slot in group])
            timing.first_token_ms += [(time.perf_counter() - started) * 1000] * len(group)
        for count in range(1, max_tokens):
            self._decode(
                [
                    Feed(slot, len(prompt) + count - 1, prompt[-1:], wants_next=True)
                    for slot, prompt in enumerate(prompts)
                ]
            )
        timing.tokens = max_tokens * len(prompts)
        timing.wall_s, timing.cpu_s = time.perf_counter() - started, time.process_time() - cpu
        return timing

    def close(self) -> None:
        self._context.close()

    def _groups(self, prompts: Sequence[Sequence[int]]) -> Iterator[range]:
        """Yield the numbers of prompts that fit into a pass together."""
        at_once = max(self._context.good_pass // max(map(len, prompts)), 1)
        for first in range(0, len(prompts), at_once):
            yield range(first, min(first + at_once, len(prompts)))

    def _decode(self, feeds: Sequence[Feed]) -> None:
        if self._context.decode(feeds)[0] is not Outcome.DONE:
            raise RuntimeError("llama.cpp did not decode")


def library_build() -> str:
    """Return what the installed library was compiled for."""
    import llama_cpp

    facts = llama_cpp.llama_print_system_info().decode().partition(":")[2]
    used = [name for name, _, value in (fact.strip().partition(" = ") for fact in facts.split("|")) if value == "1"]
    return f"llama-cpp-python {llama_cpp.__version__}, compiled to use {', '.join(used)}"


def has_server() -> bool:
    return importlib.util.find_spec("xllamacpp") is not None


class LlamaServer:
    """llama.cpp's own server in a process of its own; it comes with the package xllamacpp."""

    def __init__(self, address: str, process: psutil.Process) -> None:
        self._address = address
        self._process = process

    def run(self, prompts: Sequence[Sequence[int]], max_tokens: int) -> Timing:
        timing, started, cpu = Timing(), time.perf_counter(), self._cpu_s()
        threads = [threading.Thread(target=self._ask, args=(prompt, max_tokens, timing)) for prompt in prompts]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        timing.wall_s, timing.cpu_s = time.perf_counter() - started, self._cpu_s() - cpu
        return timing

    def _ask(self, prompt: Sequence[int], max_tokens: int, timing: Timing) -> None:
        body = {
            "prompt": list(prompt),
            "n_predict": max_tokens,
            "temperature": 0,
            "stream": True,
            "cache_prompt": False,
            "ignore_eos": True,
        }
        started, has_text = time.perf_counter(), False
        with httpx.stream("POST", f"{self._address}/completion", json=body, timeout=600) as response:
            response.raise_for_status()
            for line in response.iter_lines():
                if not line.startswith("data: "):
                    continue
                if not has_text:
                    has_text = True
                    timing.first_token_ms.append((time.perf_counter() - started) * 1000)
                event = json.loads(line.removeprefix("data: "))
                if event.get("stop"):
                    timing.tokens += event["tokens_predicted"]

    def _cpu_s(self) -> float:
        times = self._process.cpu_times()
        return times.user + times.system


@contextlib.contextmanager
def llama_server(path: Path, *, slots: int, context: int, threads: int) -> Iterator[LlamaServer]:
    """Start the server and stop it afterwards."""
    command = [sys.executable, "-c", SERVER, str(path), str(slots), str(context), str(threads)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as child:
        try:
            if child.stdout is None:
                raise RuntimeError("the server's output is not piped")
            address = next(line.strip() for line in child.stdout if line.startswith("http"))
            yield LlamaServer(address, psutil.Process(child.pid))
        finally:
            child.kill()
