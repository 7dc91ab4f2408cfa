"""Other ways to serve the same model file: llama-cpp-python one after another, and llama.cpp's own server."""

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
            self._llama.reset()  # type: ignore[no-untyped-call]  # the library has no types
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
