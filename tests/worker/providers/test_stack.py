"""The platform's real processes with no model file: a provider asks, and when it babbles or hangs the bank does."""

import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from sqlmodel import select

from interview_core.db.tables import Question, User
from tests.factories import make_resume
from tests.stack import Stack, run_stack, wait_for
from tests.worker.providers.conftest import KEY
from tests.worker.providers.provider_server import HANG_S, Behaviour, ProviderServer, serve_provider

pytestmark = [pytest.mark.faults, pytest.mark.timeout(600)]

QUESTION = "주문 캐시를 무효화하는 시점은 어떻게 정하셨나요?"
GARBAGE = "무엇이든 물어보세요"
ANSWER = "조회가 몰려서 Redis 캐시를 두었고 p95가 800ms에서 200ms로 줄었습니다."


@pytest.fixture(scope="module")
def provider() -> Iterator[ProviderServer]:
    with serve_provider() as server:
        server.behave(Behaviour(QUESTION))
        yield server


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory, provider: ProviderServer) -> Iterator[Stack]:
    settings = {
        "MODEL_PROVIDERS": "openai_compatible",
        "OPENAI_COMPATIBLE_URL": provider.openai_url,
        "OPENAI_COMPATIBLE_MODEL": "served",
        "OPENAI_COMPATIBLE_API_KEY": KEY,
    }
    with run_stack(tmp_path_factory.mktemp("platform"), settings) as stack:
        stack.start("backend", "worker-gpu", "sweeper")
        yield stack
        assert stack.untraced() == []


class Candidate:
    """A person in an interview, seen over HTTP."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._client = httpx.Client(base_url=f"{stack.api_url}/api/v1", timeout=30, trust_env=False)
        account = {"username": "haneul", "password": "파란 하늘 7개"}
        assert self._client.post("/auth/register", json=account).status_code == 201
        token = self._client.post("/auth/token", data=account).json()["access_token"]
        self._client.headers["Authorization"] = f"Bearer {token}"
        with stack.sessions() as session:
            resume = make_resume(session, session.exec(select(User)).one())
            body = {"resume_id": str(resume.id), "target_role": "백엔드 개발자", "consents": {"scoring": False}}
        self._path = f"/interviews/{self._client.post('/interviews', json=body).json()['id']}"

    def status(self) -> dict[str, Any]:
        status: dict[str, Any] = self._client.get("/system/status").json()
        return status

    def answer_question(self, position: int) -> None:
        question = wait_for(lambda: self._question(position), within_s=60, what=f"question {position}")
        answered = self._client.post(f"{self._path}/answers", json={"question_id": question["id"], "text": ANSWER})
        assert answered.status_code == 202, answered.text

    def wait_for_question(self, position: int, within_s: float) -> Question:
        wait_for(lambda: self._question(position), within_s=within_s, what=f"question {position}")
        with self._stack.sessions() as session:
            return session.exec(select(Question).where(Question.position == position)).one()

    def _question(self, position: int) -> Any:
        turns = self._client.get(self._path).json()["turns"]
        return len(turns) == position and turns[-1]["question"]


def test_an_interview_on_a_provider_alone_and_on_the_bank_when_it_talks_garbage_or_hangs(
    stack: Stack, provider: ProviderServer
) -> None:
    candidate = Candidate(stack)
    wait_for(lambda: candidate.status()["model_state"] == "ready", within_s=90, what="the provider's library")
    status = candidate.status()
    assert (status["model_name"], status["model_location"], status["can_score"]) == ("served", "local", True)

    candidate.answer_question(1)
    asked = candidate.wait_for_question(2, within_s=60)
    assert asked.text == QUESTION
    assert (asked.answered_by["provider"], asked.answered_by["is_fallback"]) == ("openai_compatible", False)

    provider.behave(Behaviour(body=f"<html>{GARBAGE}\x00</html>"))
    before = len(provider.requests)
    candidate.answer_question(2)
    asked = candidate.wait_for_question(3, within_s=60)
    assert len(provider.requests) > before
    assert asked.answered_by["is_fallback"] is True
    assert GARBAGE not in asked.text

    provider.behave(Behaviour(before_headers_s=HANG_S))
    candidate.answer_question(3)
    started = time.monotonic()
    asked = candidate.wait_for_question(4, within_s=60)
    assert time.monotonic() - started < HANG_S
    assert asked.answered_by["is_fallback"] is True
    assert asked.answered_by["fallback_reason"] == "model_timeout"
    wait_for(lambda: provider.cancelled, within_s=5, what="the hung request's end")

    figures = stack.one("SELECT details->'model_providers'->0->>'name' FROM worker_heartbeat WHERE queue = 'gpu_queue'")
    assert figures == "openai_compatible"
    log = stack.services["worker-gpu"].log_file.read_text("utf-8", "replace")
    assert "provider ready" in log
    assert KEY not in log
    assert ANSWER not in log
    assert QUESTION not in log
