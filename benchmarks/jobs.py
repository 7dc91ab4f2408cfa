"""Workers: short jobs beside a long one (trial L5)."""

import asyncio
import time

from benchmarks.measure import Row, summarize
from tests.faults.work import quick_jobs
from tests.stack import Stack, wait_for


def measure_short_jobs_beside_a_long_one(stack: Stack) -> list[Row]:
    """One thread of the GPU worker is held; eight short jobs must not wait for it."""
    long_job = quick_jobs(stack, 1)[0]
    answer = stack.one("SELECT payload->>'answer_id' FROM job WHERE id = :id", id=long_job)
    with stack.locked("answer", answer):
        started = time.perf_counter()
        jobs = quick_jobs(stack, 8)
        taken = "SELECT count(*) FROM job WHERE id = ANY(:jobs) AND started_at IS NOT NULL"
        wait_for(lambda: stack.one(taken, jobs=jobs) == len(jobs), within_s=60, what="the short jobs start")
        took_s = time.perf_counter() - started
    waited = "SELECT extract(epoch FROM started_at - created_at) FROM job WHERE id = :id"
    waits = [float(stack.one(waited, id=job)) for job in jobs]
    return [summarize("short job starts beside a long one (L5)", 1, waits, took_s)]


async def run_in_thread(stack: Stack) -> list[Row]:
    return await asyncio.to_thread(measure_short_jobs_beside_a_long_one, stack)
