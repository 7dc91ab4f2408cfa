"""A model that hangs, crawls, talks garbage or is down (trial F20), and candidates who go while it writes (trial F23).

A server on this machine misbehaves on command; every limit is the product's own.
"""

import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlmodel import Session, select

from benchmarks.client import Candidate
from benchmarks.measure import print_cells
from interview_core.db.tables import User
from tests.factories import make_resume
from tests.stack import Stack, run_stack
from tests.worker.providers.provider_server import Behaviour, ProviderServer, serve_provider

_CANDIDATES = 3
_ANSWER = "제가 맡은 부분을 나누어 하나씩 바꾸고, 바꿀 때마다 같은 방법으로 다시 재어 보았습니다."
_QUESTION = "주문 캐시를 무효화하는 시점은 어떻게 정하셨고 어긋났을 때는 어떻게 알아차리셨나요?"
_LONG_S = 300
_TROUBLES = {
    "works": Behaviour(_QUESTION),
    "hangs": Behaviour(before_headers_s=_LONG_S),
    "hangs in mid-answer": Behaviour(_QUESTION, between_s=_LONG_S),
    "writes a token in 2 s": Behaviour(_QUESTION, piece=2, between_s=2),
    "writes garbage": Behaviour(body="garbage"),
    "is down": Behaviour(status=503),
}
_SLOWLY = Behaviour(_QUESTION, piece=1, between_s=0.5)
Leave = Callable[[Candidate, str], Awaitable[Any]]
_WAYS: dict[str, Leave] = {
    "ends the interview": lambda candidate, path: candidate.call("POST", f"{path}/finish"),
    "deletes the interview": lambda candidate, path: candidate.call("DELETE", path),
}


def measure_trouble() -> None:
    """Print how long candidates wait when the model is in trouble, and how soon it stops when they go."""
    rows = []
    for name, behaviour in _TROUBLES.items():
        with _platform() as (stack, provider):
            provider.behave(behaviour)
            waits, writers = asyncio.run(_wait_for_questions(stack))
            rows.append([name, str(len(waits)), f"{max(waits):.1f}", ", ".join(sorted(writers))])
    print_cells("A model in trouble", ["the model", "questions", "slowest s", "asked by"], rows)
    with _platform() as (stack, provider):
        provider.behave(_SLOWLY)
        left = [[name, f"{asyncio.run(_leave(stack, provider, leave)):.2f}"] for name, leave in _WAYS.items()]
    print_cells("A candidate goes while the model writes", ["the candidate", "the model stops after s"], left)


@contextmanager
def _platform() -> Iterator[tuple[Stack, ProviderServer]]:
    with tempfile.TemporaryDirectory() as folder, serve_provider() as provider:
        environment = {
            "MODEL_PROVIDERS": "openai_compatible",
            "OPENAI_COMPATIBLE_URL": provider.openai_url,
            "OPENAI_COMPATIBLE_MODEL": "served-model",
            "JOB_LEASE_S": "30",
            "JOB_HEARTBEAT_S": "10",
            "GPU_WORKER_THREADS": "8",
        }
        with run_stack(Path(folder), environment) as stack:
            stack.start("backend", "worker-gpu", "sweeper")
            yield stack, provider


async def _begin(stack: Stack) -> tuple[Candidate, str]:
    """Answer the first question of a new interview without consent to scores, so that only questions are asked for."""
    candidate = await Candidate(stack.api_url).register()
    body = {
        "resume_id": _resume(stack, candidate.username),
        "scenario_id": "short",
        "language": "ko",
        "target_role": "백엔드 개발자",
        "consents": {"scoring": False},
    }
    interview = await candidate.call("POST", "/interviews", json=body)
    path = f"/interviews/{interview['id']}"
    question = interview["turns"][0]["question"]["id"]
    await candidate.call("POST", f"{path}/answers", json={"question_id": question, "text": _ANSWER})
    return candidate, path


async def _wait_for_questions(stack: Stack) -> tuple[list[float], set[str]]:
    """Return how long each of several candidates waited, and who asked."""
    found = await asyncio.gather(*(_wait_for_question(stack) for _ in range(_CANDIDATES)))
    return [waited_s for waited_s, _ in found], {writer for _, writer in found}


async def _wait_for_question(stack: Stack) -> tuple[float, str]:
    candidate, path = await _begin(stack)
    started = time.perf_counter()
    turns: list[Any] = []
    while len(turns) < 2:
        await asyncio.sleep(0.05)
        turns = (await candidate.call("GET", path))["turns"]
    waited_s = time.perf_counter() - started
    await candidate.close()
    return waited_s, str(turns[1]["question"]["answered_by"]["provider"])


async def _leave(stack: Stack, provider: ProviderServer, leave: Leave) -> float:
    """Return the seconds until all of the candidate's requests to the model are closed."""
    asked = len(provider.requests)
    candidate, path = await _begin(stack)
    await _until(lambda: len(provider.requests) > asked)
    await asyncio.sleep(3)
    started = time.perf_counter()
    await leave(candidate, path)
    await _until(lambda: provider.cancelled == len(provider.requests))
    took_s = time.perf_counter() - started
    await candidate.close()
    return took_s


async def _until(is_so: Callable[[], bool]) -> None:
    while True:
        if is_so():
            return
        await asyncio.sleep(0.01)


def _resume(stack: Stack, username: str) -> str:
    with stack.sessions() as session:
        return str(make_resume(session, _user(session, username)).id)


def _user(session: Session, username: str) -> User:
    return session.exec(select(User).where(User.username == username)).one()
