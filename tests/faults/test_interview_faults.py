"""A whole interview whose worker, backend and Redis are killed in turn: no answer is lost, and a report comes."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlmodel import select

from interview_core.db.tables import User
from tests.factories import make_resume
from tests.stack import Stack, wait_for

pytestmark = pytest.mark.faults

PASSWORD = "정직한 말 staple 9"
KILLS = {3: "worker-gpu", 6: "backend", 9: "redis"}
"""By the number of the answer after which it happens."""


def sign_in(stack: Stack) -> tuple[httpx.Client, str]:
    """A candidate who is signed in, and the id of a résumé that has been read."""
    client = httpx.Client(base_url=f"{stack.api_url}/api/v1", timeout=30)
    name = f"candidate-{uuid4().hex[:10]}"
    client.post("/auth/register", json={"username": name, "password": PASSWORD}).raise_for_status()
    answer = client.post("/auth/token", data={"username": name, "password": PASSWORD}).raise_for_status()
    client.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
    with stack.sessions() as session:
        resume = make_resume(session, session.exec(select(User).where(User.username == name)).one())
    return client, str(resume.id)


def kill(stack: Stack, victim: str) -> None:
    if victim == "redis":
        stack.redis.kill()
        stack.redis.start()
        return
    stack.services[victim].kill()
    stack.restart(victim)


def read(client: httpx.Client, path: str) -> dict[str, Any] | None:
    """The interview, or None while nobody answers."""
    try:
        response = client.get(path)
    except httpx.HTTPError:
        return None
    return dict(response.json()) if response.status_code == 200 else None


def is_ready_for_an_answer(client: httpx.Client, path: str) -> dict[str, Any] | None:
    interview = read(client, path)
    is_open = interview is not None and (interview["status"] == "finished" or interview["turns"][-1]["answer"] is None)
    return interview if is_open else None


def send(client: httpx.Client, path: str, body: dict[str, str]) -> bool:
    """Send an answer, again and again as a page does; the same answer counts once."""
    try:
        return client.post(f"{path}/answers", json=body).status_code == 202
    except httpx.HTTPError:
        return False


@pytest.mark.timeout(600)
def test_an_interview_that_is_killed_in_the_middle_again_and_again_ends_in_a_report_of_every_answer(
    stack: Stack,
) -> None:
    stack.start("backend", "worker-gpu", "sweeper")
    client, resume_id = sign_in(stack)
    body = {"resume_id": resume_id, "target_role": "백엔드 개발자", "scenario_id": "standard", "language": "ko"}
    interview = client.post("/interviews", json=body).raise_for_status().json()
    path = f"/interviews/{interview['id']}"
    said: list[str] = []

    def wait(condition: Callable[[], Any], what: str) -> Any:
        return wait_for(condition, within_s=120, what=what)

    while interview["status"] != "finished":
        said.append(f"{len(said) + 1}번째 답변으로, 제가 맡은 부분을 하나씩 바꾸고 다시 재어 보았습니다.")
        answer = {"question_id": interview["turns"][-1]["question"]["id"], "text": said[-1]}
        wait(lambda answer=answer: send(client, path, answer), f"answer {len(said)} is taken")
        if victim := KILLS.get(len(said)):
            kill(stack, victim)
        interview = wait(lambda: is_ready_for_an_answer(client, path), f"the question after answer {len(said)}")
        assert len(said) <= 40

    assert interview["finish_reason"] == "plan_done"
    assert [turn["answer"]["text"] for turn in interview["turns"]] == said
    assert {topic["state"] for topic in interview["topics"]} == {"done"}
    assert len(interview["topics"]) == 15
    assert len({turn["question"]["text"] for turn in interview["turns"]}) == len(said)
    report = wait(
        lambda: (found := read(client, f"{path}/report")) and found["status"] == "ready" and found,
        "the report is ready",
    )
    assert [turn["answer"]["text"] for turn in report["turns"]] == said
    assert report["overall_score"] is None
    with stack.sessions() as session:
        asked = (
            "SELECT count(*) - count(DISTINCT payload->>'position') FROM interview_event WHERE kind = 'question_asked'"
        )
        assert session.connection().exec_driver_sql(asked).scalar_one() == 0
