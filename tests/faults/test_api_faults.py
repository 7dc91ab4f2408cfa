"""Trials F5, F7, F9: what candidates see of the API while Redis or PostgreSQL is away."""

import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.samples.make_resume_pdf import make_resume_pdf
from tests.stack import Stack, wait_for

pytestmark = pytest.mark.faults

PASSWORD = "정직한 말 staple 9"


@pytest.fixture
def candidate(stack: Stack) -> Callable[[], httpx.Client]:
    """Return a function that registers and signs a candidate in."""

    def sign_in() -> httpx.Client:
        client = httpx.Client(base_url=f"{stack.api_url}/api/v1", timeout=10)
        name = f"candidate-{uuid4().hex[:10]}"
        client.post("/auth/register", json={"username": name, "password": PASSWORD}).raise_for_status()
        answer = client.post("/auth/token", data={"username": name, "password": PASSWORD}).raise_for_status()
        client.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        return client

    return sign_in


def upload(client: httpx.Client, stack: Stack) -> httpx.Response:
    path = stack.folder / "resume.pdf"
    make_resume_pdf("ko", path)
    return client.post("/resumes", files={"file": ("이력서.pdf", path.read_bytes(), "application/pdf")})


def has_error_shape(body: dict[str, Any]) -> bool:
    return body.keys() == {"detail", "error_code", "timestamp", "details", "request_id"}


def test_while_redis_is_down_uploads_are_taken_and_processed_later(
    stack: Stack, candidate: Callable[[], httpx.Client]
) -> None:
    stack.start("backend", "worker-cpu", "sweeper")
    before = candidate()
    stack.redis.kill()
    started = time.monotonic()
    answer = upload(before, stack)
    assert answer.status_code == 202
    assert time.monotonic() - started < 5
    assert candidate().get("/resumes").status_code == 200
    stack.redis.start()
    address = f"/resumes/{answer.json()['id']}"
    wait_for(lambda: before.get(address).json()["status"] == "ready", within_s=120, what="the résumé is read")


def test_while_postgresql_is_down_the_api_says_so_and_recovers_by_itself(
    stack: Stack, candidate: Callable[[], httpx.Client]
) -> None:
    stack.start("backend")
    client = candidate()
    kept = upload(client, stack).json()["id"]
    stack.postgres.kill()
    answer = client.get("/resumes")
    assert answer.status_code == 503
    assert has_error_shape(answer.json())
    assert answer.json()["error_code"] == "DATABASE_UNAVAILABLE"
    root = httpx.Client(base_url=stack.api_url, timeout=10)
    assert root.get("/readyz").status_code == 503
    assert root.get("/healthz").status_code == 200
    stack.postgres.start()
    answer = client.get("/resumes")
    assert answer.status_code == 200
    assert [item["id"] for item in answer.json()["items"]] == [kept]
    assert root.get("/readyz").status_code == 200
