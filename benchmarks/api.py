"""What candidates wait for: sign-in, lists, interviews, answers, reports, and health beside them."""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from typing import TypeVar
from uuid import UUID

import httpx

from benchmarks.client import Candidate
from benchmarks.measure import Row, percentile, run_clients, summarize
from interview_core.db.tables import User
from tests.factories import make_interview, make_resume
from tests.stack import Stack

CLIENTS = (1, 8, 32)
REPEATS = {1: 40, 8: 10, 32: 4}
LIST_ROWS = 500
T = TypeVar("T")


async def measure_api(stack: Stack) -> list[Row]:
    """Sign-in, create, list, answer and report at each number of clients."""
    rows: list[Row] = []
    for clients in CLIENTS:
        candidates = await asyncio.gather(*(Candidate(stack.api_url).register() for _ in range(clients)))
        resumes = [await _ready_resume(stack, candidate) for candidate in candidates]
        rows += await _measure_with(candidates, resumes, REPEATS[clients])
        await asyncio.gather(*(candidate.close() for candidate in candidates))
    rows += await _measure_list(stack)
    return sorted(rows, key=lambda row: row.what)


async def _measure_with(candidates: list[Candidate], resumes: list[str], repeats: int) -> list[Row]:
    clients = len(candidates)
    interviews: list[list[dict[str, object]]] = [[] for _ in candidates]

    async def create(number: int) -> None:
        interviews[number].append(await candidates[number].create_interview(resumes[number]))

    async def answer(number: int) -> None:
        interview = interviews[number].pop()
        question = interview["turns"][0]["question"]["id"]  # type: ignore[index]  # parsed JSON
        body = {"question_id": question, "text": "주문 API를 맡아 Redis 캐시로 p99 지연을 40 % 줄였습니다."}
        await candidates[number].call("POST", f"/interviews/{interview['id']}/answers", json=body)
        await candidates[number].call("POST", f"/interviews/{interview['id']}/finish")
        finished[number].append(str(interview["id"]))

    async def read_report(number: int) -> None:
        await candidates[number].call("GET", f"/interviews/{finished[number][0]}/report")

    finished: list[list[str]] = [[] for _ in candidates]
    return [
        await run_clients("sign in", clients, repeats, lambda number: candidates[number].sign_in()),
        await run_clients("create interview", clients, repeats, create),
        await run_clients("answer and finish", clients, repeats, answer, "two requests"),
        await run_clients("read report", clients, repeats, read_report),
    ]


async def _measure_list(stack: Stack) -> list[Row]:
    candidate = await Candidate(stack.api_url).register()
    user_id = UUID((await candidate.call("GET", "/users/me"))["id"])
    with stack.sessions() as session:
        user = session.get_one(User, user_id)
        resume = make_resume(session, user)
        for _ in range(LIST_ROWS):
            make_interview(session, user, resume)
    rows = []
    for clients in CLIENTS:
        others = [Candidate(stack.api_url) for _ in range(clients)]
        for other in others:
            other.http.headers.update(candidate.http.headers)
        read = _list_reader(others)
        note = f"100 of {LIST_ROWS} rows"
        rows.append(await run_clients("list interviews", clients, REPEATS[clients], read, note))
        await asyncio.gather(*(other.close() for other in others))
    await candidate.close()
    return rows


def _list_reader(candidates: list[Candidate]) -> Callable[[int], Awaitable[object]]:
    return lambda number: candidates[number].call("GET", "/interviews?limit=100")


async def measure_health_beside_sign_ins(stack: Stack) -> list[Row]:
    """What health costs while others sign in one after the other, and while a hundred do so at once (trial L3)."""
    candidates = await asyncio.gather(*(Candidate(stack.api_url).register() for _ in range(32)))

    def sign_in(number: int) -> Awaitable[None]:
        return candidates[number % 32].sign_in()

    alone, _ = await _probe_health_during(stack.api_url, asyncio.sleep(3))
    rows = [summarize("health, nothing else", 1, alone, sum(alone))]
    for clients in CLIENTS:
        waits, _ = await _probe_health_during(stack.api_url, run_clients("", clients, 96 // clients, sign_in))
        rows.append(summarize("health while others sign in", clients, waits, sum(waits)))
    waits, burst = await _probe_health_during(stack.api_url, run_clients("100 sign-ins at once (L3)", 100, 1, sign_in))
    note = f"p99 {percentile(waits, 0.99) * 1000:.0f} ms"
    rows += [burst, summarize("health beside the hundred", 100, waits, sum(waits), note)]
    await asyncio.gather(*(candidate.close() for candidate in candidates))
    return rows


async def _probe_health_during(url: str, meanwhile: Awaitable[T]) -> tuple[list[float], T]:
    """Return the waits for health while something else goes on, and what that returned."""
    address = httpx.URL(url)
    probe = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "benchmarks.health_probe", address.host, str(address.port)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    await asyncio.sleep(0.5)  # the probe's own start
    result = await meanwhile
    waits, _ = await probe.communicate(b"")  # ends its standard input
    return json.loads(waits), result


async def _ready_resume(stack: Stack, candidate: Candidate) -> str:
    user_id = UUID((await candidate.call("GET", "/users/me"))["id"])
    with stack.sessions() as session:
        return str(make_resume(session, session.get_one(User, user_id)).id)
