"""What fifty users see of the API (trial L1), also while the worker reads the corpus of bad PDF files (trial L6)."""

import asyncio
import time
from collections.abc import Sequence
from itertools import count
from uuid import UUID

import httpx

from benchmarks.client import Candidate
from benchmarks.measure import Row, percentile, summarize, timed
from interview_core.db.tables import User
from tests.factories import make_resume
from tests.samples.bad_documents import make_bad_documents
from tests.stack import Stack

USERS = 50
THINK_S = 0.5
"""Between a user's answer and next request: each of the fifty makes about two requests a second."""
PHASE_S = 75
ROUNDS = 2
"""Alone and beside the files in turn, so that a machine that grows busier is not taken for their effect."""
_PAUSE_S = 0.25


async def measure_beside_bad_documents(stack: Stack) -> list[Row]:
    """Reads and writes of the API, alone, then while every bad PDF is uploaded and read, over and over."""
    candidates = await asyncio.gather(*(Candidate(stack.api_url).register() for _ in range(USERS)))
    resumes = [await _ready_resume(stack, candidate) for candidate in candidates]
    files = [bad.make() for bad in make_bad_documents() if bad.name.startswith("pdf:")]
    uploader = await Candidate(stack.api_url).register()
    rows = []
    for _ in range(ROUNDS):
        rows.append(await _use(candidates, resumes, "reads and writes, nothing else"))
        sent: list[int] = []
        uploading = asyncio.create_task(_upload(uploader, files, sent))
        await asyncio.sleep(2)
        note = f"{len(files)} kinds of bad PDF"
        rows.append(await _use(candidates, resumes, "reads and writes, bad files are read", note))
        uploading.cancel()
        await asyncio.gather(uploading, return_exceptions=True)
        if not sent:
            raise RuntimeError("no bad file was taken")
    await asyncio.gather(*(candidate.close() for candidate in (*candidates, uploader)))
    return rows


async def _use(candidates: Sequence[Candidate], resumes: Sequence[str], what: str, note: str = "") -> Row:
    turns = count()

    async def one(number: int) -> None:
        candidate, path = candidates[number], f"/resumes/{resumes[number]}"
        match next(turns) % 4:
            case 0:
                await candidate.call("PATCH", f"{path}/profile", json={"target_role": "백엔드 개발자"})
            case 1:
                await candidate.call("GET", "/resumes")
            case 2:
                await candidate.call("GET", path)
            case _:
                await candidate.call("GET", "/interviews")

    waits: list[float] = []
    until = time.perf_counter() + PHASE_S

    async def user(number: int) -> None:
        await asyncio.sleep(THINK_S * number / USERS)
        while time.perf_counter() < until:
            waits.append(await timed(lambda: one(number)))
            await asyncio.sleep(THINK_S)

    took_s = await timed(lambda: asyncio.gather(*map(user, range(USERS))))
    slow = f"p99 {percentile(waits, 0.99) * 1000:.0f} ms, none failed"
    return summarize(what, USERS, waits, took_s, f"{slow}; {note}" if note else slow)


async def _upload(candidate: Candidate, files: Sequence[bytes], sent: list[int]) -> None:
    for number in count():
        content = files[number % len(files)] + b"\n%% %d" % number
        response = await candidate.http.post("/api/v1/resumes", files={"file": ("resume.pdf", content)})
        if response.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
            response.raise_for_status()
        sent.append(response.status_code)
        await asyncio.sleep(_PAUSE_S)


async def _ready_resume(stack: Stack, candidate: Candidate) -> str:
    user_id = UUID((await candidate.call("GET", "/users/me"))["id"])
    with stack.sessions() as session:
        return str(make_resume(session, session.get_one(User, user_id)).id)
