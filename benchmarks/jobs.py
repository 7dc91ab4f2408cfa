"""Workers: a résumé from upload to ready, and short jobs beside a long one (trial L5)."""

import asyncio
import time

from benchmarks.client import Candidate
from benchmarks.measure import Row, summarize
from tests.faults.work import quick_jobs
from tests.samples.make_resume_pdf import make_resume_pdf
from tests.stack import Stack, wait_for

RESUMES = 10


async def measure_resumes(stack: Stack) -> list[Row]:
    """A résumé of several pages, one after another with warm workers."""
    candidate = await Candidate(stack.api_url).register()
    path = stack.folder / "resume.pdf"
    make_resume_pdf("ko", path)
    waits = []
    for number in range(RESUMES + 1):
        pdf = path.read_bytes() + f"\n% {number}".encode()
        started = time.perf_counter()
        await candidate.wait_for_resume(await candidate.upload(pdf))
        waits.append(time.perf_counter() - started)
    await candidate.close()
    warm = waits[1:]
    return [
        summarize("résumé, upload to ready", 1, warm, sum(warm), f"the first, with the model loading: {waits[0]:.1f} s")
    ]


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
