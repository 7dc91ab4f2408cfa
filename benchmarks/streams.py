"""Event streams: how long an event takes from Redis to many browsers (trial L2)."""

import asyncio
import time
from uuid import UUID

from benchmarks.api import _ready_resume
from benchmarks.client import Candidate
from benchmarks.measure import Row, summarize
from interview_core.streams import EventKind, EventWriter, Stream
from tests.stack import Stack

EVENTS = 20


async def measure_streams(stack: Stack) -> list[Row]:
    """One interview watched by 100 and by 300 readers."""
    candidate = await Candidate(stack.api_url).register()
    interview = await candidate.create_interview(await _ready_resume(stack, candidate))
    rows = []
    for readers in (100, 300):
        rows.append(await _measure_readers(stack, candidate, str(interview["id"]), readers))
        await asyncio.sleep(2)
    await candidate.close()
    return rows


async def _measure_readers(stack: Stack, candidate: Candidate, interview_id: str, readers: int) -> Row:
    lags: list[float] = []
    ready = asyncio.Semaphore(0)

    async def read() -> None:
        reader = Candidate(stack.api_url)
        reader.http.headers.update(candidate.http.headers)
        seen = 0
        async for kind, data in reader.events(f"/interviews/{interview_id}/events"):
            if kind == EventKind.SNAPSHOT:
                ready.release()
            elif kind == EventKind.QUESTION_TOKEN:
                lags.append(time.time() - float(data["text"]))
                seen += 1
                if seen == EVENTS:
                    break
        await reader.close()

    tasks = [asyncio.create_task(read()) for _ in range(readers)]
    for _ in range(readers):
        await ready.acquire()
    events = EventWriter(stack.redis_client)
    started = time.perf_counter()
    for _ in range(EVENTS):
        data = {"position": 1, "text": repr(time.time())}
        events.append(Stream.INTERVIEW, UUID(interview_id), EventKind.QUESTION_TOKEN, data)
        await asyncio.sleep(0.2)
    await asyncio.gather(*tasks)
    return summarize("event to reader", readers, lags, time.perf_counter() - started, "5 events per second each")
