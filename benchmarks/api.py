"""What candidates wait for: sign-in, lists, interviews, answers, reports, and health beside them."""

import asyncio
from collections.abc import Awaitable, Callable
from uuid import UUID

import httpx

from benchmarks.client import Candidate
from benchmarks.measure import Row, run_clients, summarize, timed
from interview_core.db.tables import User
from tests.factories import make_interview, make_resume
from tests.stack import Stack

CLIENTS = (1, 8, 32)
REPEATS = {1: 40, 8: 10, 32: 4}
LIST_ROWS = 500


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
    """Trial L3: a hundred sign-ins at once, and what health costs meanwhile."""
    candidates = await asyncio.gather(*(Candidate(stack.api_url).register() for _ in range(20)))
    async with httpx.AsyncClient(base_url=stack.api_url, timeout=60) as probe:
        alone = [await timed(lambda: probe.get("/healthz")) for _ in range(100)]
        sign_ins = asyncio.gather(*(timed(candidates[n % 20].sign_in) for n in range(100)))
        beside: list[float] = []
        while not sign_ins.done():
            beside.append(await timed(lambda: probe.get("/healthz")))
            await asyncio.sleep(0.02)
        waits = await sign_ins
    await asyncio.gather(*(candidate.close() for candidate in candidates))
    return [
        summarize("100 sign-ins at once (L3)", 100, waits, max(waits), f"slowest {max(waits):.2f} s"),
        summarize("health, nothing else", 1, alone, sum(alone)),
        summarize("health beside the sign-ins", 1, beside, sum(beside)),
    ]


async def _ready_resume(stack: Stack, candidate: Candidate) -> str:
    user_id = UUID((await candidate.call("GET", "/users/me"))["id"])
    with stack.sessions() as session:
        return str(make_resume(session, session.get_one(User, user_id)).id)
