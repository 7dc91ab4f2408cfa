"""An interview on the running platform, with a tiny model: what it took is its user's, and Prometheus sees it."""

import re
import socket
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from sqlmodel import select

from interview_core.db.tables import ModelUsage, User
from tests.factories import make_resume
from tests.ports import free_port
from tests.samples.make_gguf import write_gguf
from tests.stack import Stack, run_stack, wait_for

pytestmark = [pytest.mark.faults, pytest.mark.timeout(600)]

QUESTION = "주문 캐시를 무효화하는 시점은 어떻게 정하셨나요?"
ANSWER = "조회가 몰려서 Redis 캐시를 두었고 p95가 800ms에서 200ms로 줄었습니다."
PASSWORD = "파란 하늘 7개"


@pytest.fixture(scope="module")
def metrics_port() -> int:
    return free_port()


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory, metrics_port: int) -> Iterator[Stack]:
    with run_stack(tmp_path_factory.mktemp("platform"), {"GPU_METRICS_PORT": str(metrics_port)}) as stack:
        write_gguf(stack.folder / "models" / "tiny-exaone.gguf", script=QUESTION)
        (stack.folder / "dist").mkdir()
        (stack.folder / "dist" / "index.html").write_text("<title>app</title>")
        stack.environment["FRONTEND_DIST"] = str(stack.folder / "dist")
        stack.start("backend", "worker-gpu", "sweeper", "web")
        yield stack
        assert stack.untraced() == []


def sign_up(client: httpx.Client, username: str) -> dict[str, str]:
    assert client.post("/auth/register", json={"username": username, "password": PASSWORD}).status_code == 201
    token = client.post("/auth/token", data={"username": username, "password": PASSWORD}).json()["access_token"]
    return {"Authorization": f"Bearer {token}"}


def give_resume(stack: Stack, username: str) -> str:
    with stack.sessions() as session:
        user = session.exec(select(User).where(User.username == username)).one()
        return str(make_resume(session, user).id)


def hold_interview(client: httpx.Client, headers: dict[str, str], resume_id: str) -> str:
    """Answer two questions, the second of which the model asks, and wait for the report."""
    body = {"resume_id": resume_id, "target_role": "백엔드 개발자", "consents": {"scoring": True}}
    created = client.post("/interviews", json=body, headers=headers)
    assert created.status_code == 201, created.text
    interview: dict[str, Any] = created.json()
    path = f"/interviews/{interview['id']}"
    for position in (1, 2):

        def open_question(position: int = position) -> Any:
            turns = client.get(path, headers=headers).json()["turns"]
            return len(turns) == position and turns[-1]["question"]

        question = wait_for(open_question, within_s=120, what=f"question {position}")
        answered = client.post(f"{path}/answers", json={"question_id": question["id"], "text": ANSWER}, headers=headers)
        assert answered.status_code == 202, answered.text
    client.post(f"{path}/finish", headers=headers)
    wait_for(
        lambda: client.get(f"{path}/report", headers=headers).json().get("status") == "ready",
        within_s=240,
        what="the report",
    )
    return str(interview["id"])


def test_what_an_interview_took_is_its_users_and_prometheus_sees_it(stack: Stack, metrics_port: int) -> None:
    with httpx.Client(base_url=f"{stack.api_url}/api/v1", timeout=30, trust_env=False) as client:
        headers, stranger = sign_up(client, "haneul"), sign_up(client, "bada")
        interview_id = hold_interview(client, headers, give_resume(stack, "haneul"))
        own = client.get("/users/me/usage", params={"by": "interview"}, headers=headers).json()
        foreign = client.get("/users/me/usage", headers=stranger).json()

    with stack.sessions() as session:
        rows = session.exec(select(ModelUsage)).all()
        owner = session.exec(select(User.id).where(User.username == "haneul")).one()
    assert {(row.user_id, str(row.interview_id), row.provider) for row in rows} == {(owner, interview_id, "local")}
    prompts = {(row.prompt_version or "").partition(".")[0] for row in rows}
    assert {"next_question", "evaluate_answer"} <= prompts
    finished = [row for row in rows if row.prompt_version == "next_question.ko@1" and row.outcome.value == "finished"]
    assert finished
    assert all(row.tokens_in and row.tokens_out and row.model == "tiny-exaone.gguf" for row in finished)

    (item,) = own["items"]
    assert (item["interview_id"], item["requests"]) == (interview_id, len(rows))
    assert item["tokens_in"] == sum(row.tokens_in or 0 for row in rows)
    assert item["cost"] is None
    assert foreign == {"items": [], "total": 0}

    shown = httpx.get(f"http://127.0.0.1:{metrics_port}/metrics", trust_env=False).text
    written = sum(row.tokens_out or 0 for row in rows)
    assert f'interview_model_written_tokens_total{{provider="local"}} {float(written)}' in shown
    # A question that was prepared while the candidate answered was not a live one.
    assert re.search(r'interview_model_first_token_seconds_count\{priority="\w+",provider="local"\} [1-9]', shown)
    assert "haneul" not in shown
    assert interview_id not in shown
    wait_for(
        lambda: (
            stack.one(
                "SELECT details->'model_usage'->'local'->>'requests' FROM worker_heartbeat WHERE queue = 'gpu_queue'"
            )
            == str(len(rows))
        ),
        within_s=30,
        what="the worker's heartbeat with what it did",
    )


def test_the_backends_figures_are_on_its_own_port_and_not_on_the_public_one(stack: Stack, metrics_port: int) -> None:
    shown = httpx.get(f"{stack.api_url}/metrics", trust_env=False).text
    assert 'interview_workers_alive{queue="gpu_queue"} 1.0' in shown
    assert 'interview_workers_alive{queue="cpu_queue"} 0.0' in shown
    assert "interview_database_up 1.0" in shown
    for target in ("/metrics", "/api/../metrics", "/api/%2e%2e/metrics", "/media/../metrics"):
        with socket.create_connection(("127.0.0.1", stack.web_port), timeout=20) as connection:
            connection.sendall(f"GET {target} HTTP/1.1\r\nHost: web\r\nConnection: close\r\n\r\n".encode())
            answer = b"".join(iter(lambda: connection.recv(65536), b""))
        assert b"interview_" not in answer, target


def test_without_its_table_a_worker_still_asks(stack: Stack) -> None:
    """As on the way between two releases: what cannot be stored is logged and counted."""
    with stack.engine.begin() as connection:
        connection.execute(text("ALTER TABLE model_usage RENAME TO model_usage_away"))
    try:
        with httpx.Client(base_url=f"{stack.api_url}/api/v1", timeout=30, trust_env=False) as client:
            headers = sign_up(client, "byeol")
            interview_id = hold_interview(client, headers, give_resume(stack, "byeol"))
            turns = client.get(f"/interviews/{interview_id}", headers=headers).json()["turns"]
    finally:
        with stack.engine.begin() as connection:
            connection.execute(text("ALTER TABLE model_usage_away RENAME TO model_usage"))
    assert turns[1]["question"]["answered_by"]["provider"] == "llama.cpp"
    assert stack.services["worker-gpu"].said("model usage not stored")
