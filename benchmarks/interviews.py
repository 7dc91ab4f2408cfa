"""What a candidate waits for between an answer and the next question, and what the state machine takes.

A server on this machine stands for the model and writes a given number of tokens a second; all else is the platform.
"""

import asyncio
import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID, uuid4

from sqlmodel import Session, select

from benchmarks.client import Candidate
from benchmarks.measure import Row, percentile, print_cells, run_clients
from interview_core import interview as machine
from interview_core.db.tables import User
from interview_core.interview import Decision
from interview_core.interview_state import InterviewState, NewEvent, Outcome, SlotRule, TimeRules, fold_on
from tests.factories import make_resume
from tests.stack import Stack, run_stack
from tests.worker.providers.provider_server import Behaviour, serve_provider

SPEEDS = (5, 20)
"""Tokens a second; 5 is a large model on two cores, 20 a small one."""
_TOKEN_CHARACTERS = 2
_CANDIDATES = 3
_QUESTIONS = 3
_WORDS = (
    "캐시를",
    "대기열에",
    "배포마다",
    "색인이",
    "장애를",
    "로그에서",
    "검색과",
    "결제로",
    "인증은",
    "시험을",
    "관측하며",
    "동시에",
    "느려질",
    "무렵",
    "팀에서",
    "먼저",
    "나누어",
    "옮기고",
    "되돌린",
    "이유와",
    "근거를",
    "비교해",
    "고르신",
    "방법이",
    "고객에게",
    "어긋난",
    "수치를",
    "줄이려",
    "미뤄 둔",
    "설계와",
    "운영하던",
    "서버를",
    "화면에",
    "맡기신",
    "동료가",
    "다르게",
    "읽은",
    "요구를",
)
_ANSWER = "제가 맡은 부분을 나누어 하나씩 바꾸고, 바꿀 때마다 같은 방법으로 다시 재어 보았습니다."
_ANSWERING_S = {True: 60.0, False: 0.0}
"""Time that an answer takes: a minute, as people speak, and none at all, so that nothing can be prepared."""


@dataclass(frozen=True)
class Wait:
    first_ms: float
    whole_ms: float
    is_prepared: bool


def measure_interviews() -> None:
    """Print the waits between answer and question, and how many commands a second there may be."""
    rows = []
    for speed in SPEEDS:
        waits = asyncio.run(_measure_waits(speed))
        rows += [_row(speed, waits, is_prepared) for is_prepared in (False, True)]
    header = ["next question at", "prepared", "n", "first words p50 ms", "p95 ms", "whole p50 ms", "p95 ms"]
    print_cells("Interviews: from answer to question", header, rows)
    measure_machine()


def _row(speed: int, waits: Sequence[Wait], is_prepared: bool) -> list[str]:
    chosen = [wait for wait in waits if wait.is_prepared == is_prepared]
    first, whole = [wait.first_ms for wait in chosen], [wait.whole_ms for wait in chosen]
    figures = [statistics.median(first), percentile(first, 0.95), statistics.median(whole), percentile(whole, 0.95)]
    label = "yes" if is_prepared else "no"
    return [f"{speed} tokens/s", label, str(len(chosen)), *(f"{figure:.0f}" for figure in figures)]


async def _measure_waits(speed: int) -> list[Wait]:
    with tempfile.TemporaryDirectory() as folder, serve_provider() as provider:
        provider.behaviours = [
            Behaviour(text=_question(number), piece=_TOKEN_CHARACTERS, between_s=1 / speed) for number in range(400)
        ]
        environment = {
            "MODEL_PROVIDERS": "openai_compatible",
            "OPENAI_COMPATIBLE_URL": provider.openai_url,
            "OPENAI_COMPATIBLE_MODEL": "served-model",
            "JOB_LEASE_S": "30",
            "GPU_WORKER_THREADS": "8",
        }
        with run_stack(Path(folder), environment) as stack:
            stack.start("backend", "worker-gpu", "sweeper")
            waits = []
            for answering_s in _ANSWERING_S.values():
                found = await asyncio.gather(*(_interview(stack, answering_s) for _ in range(_CANDIDATES)))
                waits += [wait for each in found for wait in each]
            return waits


def _question(number: int) -> str:
    """A question for each generation, of about 35 tokens, in other words than any before."""
    words = Random(number).sample(_WORDS, 14)
    return " ".join([*words, "어떻게 보셨나요?"])


async def _interview(stack: Stack, answering_s: float) -> list[Wait]:
    candidate = await Candidate(stack.api_url).register()
    resume_id = _resume(stack, candidate.username)
    body = {"resume_id": resume_id, "scenario_id": "short", "language": "ko", "target_role": "백엔드 개발자"}
    interview = await candidate.call("POST", "/interviews", json=body)
    path = f"/interviews/{interview['id']}"
    for _ in range(_QUESTIONS):
        await asyncio.sleep(answering_s)
        question = interview["turns"][-1]["question"]
        await candidate.call("POST", f"{path}/answers", json={"question_id": question["id"], "text": _ANSWER})
        interview = await _next(candidate, path)
    await candidate.close()
    waits = [turn["question"]["waiting"] for turn in interview["turns"][1:] if not turn["question"]["is_follow_up"]]
    return [Wait(wait["first_text_ms"], wait["whole_ms"], wait["is_prepared"]) for wait in waits]


async def _next(candidate: Candidate, path: str) -> dict[str, Any]:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        interview: dict[str, Any] = await candidate.call("GET", path)
        if interview["turns"][-1]["answer"] is None:
            return interview
        await asyncio.sleep(0.1)
    raise RuntimeError("no question came within a minute")


def _resume(stack: Stack, username: str) -> str:
    with stack.sessions() as session:
        return str(make_resume(session, _user(session, username)).id)


def _user(session: Session, username: str) -> User:
    return session.exec(select(User).where(User.username == username)).one()


def measure_machine() -> None:
    """Print how many commands a second the state machine decides."""
    commands, took_s = 0, 0.0
    for _ in range(40):
        started = time.perf_counter()
        commands += _run_through()
        took_s += time.perf_counter() - started
    rows = [["answer, decide, ask: 15 topics with 2 follow-ups each", f"{commands}", f"{commands / took_s:,.0f}"]]
    print_cells("Interviews: the state machine alone", ["commands", "n", "per s"], rows)


def _run_through() -> int:
    now = datetime.now(UTC)
    state, commands = InterviewState(), 0

    def take(events: list[NewEvent]) -> InterviewState:
        nonlocal commands
        commands += 1
        return fold_on(state, events)

    slots = [SlotRule(True, 2, 600)] * 15
    state = take(machine.start(slots, TimeRules(1e6, 60, 600), uuid4(), now))
    while not state.is_finished:
        now += timedelta(seconds=20)
        open_turn = state.open_turn
        if open_turn is None:
            raise RuntimeError("no question is open")
        state = take(machine.answer(state, open_turn.question_id, uuid4(), Outcome.ANSWERED, now))
        state = take(machine.decide(state, Decision(True, "vague", "rules"), now))
        if state.pending is not None:
            state = take(machine.ask(state, state.pending.position, UUID(int=commands), now))
    return commands


async def measure_commands(stack: Stack) -> list[Row]:
    """Repeats, pauses and their end through the API, each one transaction on an interview of its own."""
    clients = 8
    candidates = [await Candidate(stack.api_url).register() for _ in range(clients)]
    interviews = []
    for candidate in candidates:
        body = {"resume_id": _resume(stack, candidate.username), "target_role": "백엔드 개발자"}
        interviews.append(await candidate.call("POST", "/interviews", json=body))

    async def command(number: int, action: str) -> None:
        question = interviews[number]["turns"][0]["question"]["id"]
        body = {"question_id": question} if action == "repeat" else None
        await candidates[number].call("POST", f"/interviews/{interviews[number]['id']}/{action}", json=body)

    async def pause_and_resume(number: int) -> None:
        await command(number, "pause")
        await command(number, "resume")

    rows = [
        await run_clients("repeat the question", clients, 15, lambda number: command(number, "repeat")),
        await run_clients("pause and resume", clients, 15, pause_and_resume, "two commands each"),
    ]
    for candidate in candidates:
        await candidate.close()
    return rows
