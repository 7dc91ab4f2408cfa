"""What candidates see of the API while Redis is away for a minute (trial F7)."""

import asyncio
import itertools
import time
from collections.abc import Awaitable, Callable

from benchmarks.client import Candidate
from benchmarks.measure import Row, summarize, timed
from tests.samples.bad_documents import text_pdf
from tests.stack import Stack

OUTAGE_S = 60


async def measure_outage(stack: Stack) -> list[Row]:
    """Upload, start interviews, list and sign in without Redis; everything that was taken is done once it is back."""
    candidate = await Candidate(stack.api_url).register()
    known = await candidate.upload(text_pdf(pages=1))
    await candidate.wait_for_resume(known)
    numbers, uploaded = itertools.count(), list[str]()

    async def upload() -> None:
        uploaded.append(await candidate.upload(text_pdf(pages=1) + b"\n%% %d" % next(numbers)))

    calls: dict[str, Callable[[], Awaitable[object]]] = {
        "upload a résumé": upload,
        "create interview": lambda: candidate.create_interview(known),
        "list résumés": lambda: candidate.call("GET", "/resumes"),
        "sign in": candidate.sign_in,
    }
    waits: dict[str, list[float]] = {what: [] for what in calls}
    await asyncio.to_thread(stack.redis.kill)
    started = time.perf_counter()
    while time.perf_counter() - started < OUTAGE_S:
        for what, call in calls.items():
            waits[what].append(await timed(call))
        await asyncio.sleep(1)
    took_s = time.perf_counter() - started
    await asyncio.to_thread(stack.redis.start)
    back = await timed(lambda: asyncio.gather(*(candidate.wait_for_resume(resume_id, 300) for resume_id in uploaded)))
    await candidate.close()
    note = f"slowest {{:.0f}} ms; all {len(uploaded)} uploads were read {back:.0f} s after"
    return [
        summarize(f"{what}, Redis away for {took_s:.0f} s", 1, values, took_s, note.format(max(values) * 1000))
        for what, values in waits.items()
    ]
