"""Running a number of clients side by side, and percentiles of what they waited."""

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One line of a table; times in milliseconds."""

    what: str
    clients: int
    count: int
    p50_ms: float
    p95_ms: float
    per_s: float
    note: str = ""


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which `share` (0 to 1) of the values lie; of no values NaN."""
    if not values:
        return float("nan")
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]


def summarize(what: str, clients: int, waits_s: Sequence[float], took_s: float, note: str = "") -> Row:
    return Row(
        what,
        clients,
        len(waits_s),
        statistics.median(waits_s) * 1000 if waits_s else float("nan"),
        percentile(waits_s, 0.95) * 1000,
        len(waits_s) / took_s if took_s else float("nan"),
        note,
    )


async def timed(call: Callable[[], Awaitable[object]]) -> float:
    """Return how many seconds a call took."""
    started = time.perf_counter()
    await call()
    return time.perf_counter() - started


async def run_clients(
    what: str, clients: int, repeats: int, call: Callable[[int], Awaitable[object]], note: str = ""
) -> Row:
    """Let `clients` call at once, each `repeats` times in a row; `call` is given the client's number."""
    waits: list[float] = []

    async def client(number: int) -> None:
        for _ in range(repeats):
            waits.append(await timed(lambda: call(number)))  # noqa: PERF401  in the order in which they end

    took_s = await timed(lambda: asyncio.gather(*(client(number) for number in range(clients))))
    return summarize(what, clients, waits, took_s, note)


def print_table(title: str, rows: Sequence[Row]) -> None:
    """Print rows as a Markdown table."""
    print(f"\n### {title}\n")
    print("| what | clients | n | p50 ms | p95 ms | per s | |")
    print("|---|--:|--:|--:|--:|--:|---|")
    for row in rows:
        print(
            f"| {row.what} | {row.clients} | {row.count} | {row.p50_ms:.1f} | {row.p95_ms:.1f} |"
            f" {row.per_s:.1f} | {row.note} |",
            flush=True,
        )


def print_cells(title: str, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print a Markdown table of other columns."""
    print(f"\n### {title}\n")
    print(f"| {' | '.join(header)} |")
    print(f"|---|{'--:|' * (len(header) - 1)}")
    for row in rows:
        print(f"| {' | '.join(row)} |", flush=True)
