"""The document worker: from upload to ready by length, and résumés a minute by its processes and their pages."""

import asyncio
import itertools
import time
from pathlib import Path

from benchmarks.client import Candidate
from benchmarks.measure import Row, percentile, print_cells
from tests.samples.long_resume import make_long_resume
from tests.samples.make_resume_pdf import make_resume_pdf
from tests.samples.read_alone import read_alone
from tests.stack import Stack

REPEATS = {3: 20, 30: 6}
PAGES = (1, 3, 10, 30)
PROCESSES = (1, 2)
BATCH = {1: 24, 3: 24, 10: 8, 30: 4}
_PATIENCE_S = 600
SETTING = "CPU_WORKER_PROCESSES"


async def measure_resumes(stack: Stack) -> list[Row]:
    """Print what one candidate waits for, and what a queue of them takes; the worker is warm. Returns no more rows."""
    numbers = itertools.count()
    candidate = await Candidate(stack.api_url).register()
    first_s = await _wait(candidate, _unique(_pdf(stack, 3), numbers))
    rows = []
    for pages, repeats in REPEATS.items():
        waits = [await _wait(candidate, _unique(_pdf(stack, pages), numbers)) for _ in range(repeats)]
        file = stack.folder / "measured.pdf"
        file.write_bytes(_pdf(stack, pages))
        peak_mb = read_alone(file).peak_mb
        rows.append(
            [
                f"text PDF, {pages} pages",
                str(repeats),
                f"{percentile(waits, 0.5):.2f}",
                f"{percentile(waits, 0.95):.2f}",
                f"{peak_mb:.0f}",
            ]
        )
    print_cells("Résumés, upload to ready", ["file", "n", "p50 s", "p95 s", "peak MB of the child"], rows)
    print(f"\nThe first one after the worker's start: {first_s:.1f} s.")
    await _measure_throughput(stack, candidate, numbers)
    await candidate.close()
    return []


async def _measure_throughput(stack: Stack, candidate: Candidate, numbers: "itertools.count[int]") -> None:
    rows = []
    for processes in PROCESSES:
        stack.environment[SETTING] = str(processes)
        await asyncio.to_thread(_restart, stack)
        await asyncio.gather(*(_wait(candidate, _unique(_pdf(stack, 1), numbers)) for _ in range(2 * processes)))
        cells = []
        for pages in PAGES:
            batch = [_unique(_pdf(stack, pages), numbers) for _ in range(BATCH[pages])]
            started = time.perf_counter()
            await asyncio.gather(*(_wait(candidate, content) for content in batch))
            cells.append(f"{60 * len(batch) / (time.perf_counter() - started):.0f}")
        rows.append([str(processes), *cells])
    header = ["processes", *(f"{pages} pages" if pages > 1 else "1 page" for pages in PAGES)]
    print_cells("Résumés a minute", header, rows)


def _restart(stack: Stack) -> None:
    stack.services["worker-cpu"].stop()
    stack.start("worker-cpu")


async def _wait(candidate: Candidate, content: bytes) -> float:
    started = time.perf_counter()
    await candidate.wait_for_resume(await candidate.upload(content), within_s=_PATIENCE_S)
    return time.perf_counter() - started


def _pdf(stack: Stack, pages: int) -> bytes:
    if pages != 3:
        return make_long_resume(pages)
    path: Path = stack.folder / "resume.pdf"
    if not path.exists():
        make_resume_pdf("ko", path)
    return path.read_bytes()


def _unique(content: bytes, numbers: "itertools.count[int]") -> bytes:
    """Return the file as another one: the same one again is the known résumé."""
    return content + b"\n% " + str(next(numbers)).encode()
