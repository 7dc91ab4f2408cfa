"""Search over one's own résumés, from the request to the worker and back."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session

from interview_core.db.tables import ResumeClaim
from tests.api.conftest import Person, error_code
from tests.factories import make_resume
from tests.stack import Stack, run_stack, wait_for

RESUME = """김서연
백엔드 개발자
경력
한빛커머스 백엔드 개발자 2021.03 ~ 현재
- Kafka로 주문과 정산을 분리해 정산 지연을 6시간에서 20분으로 단축
- 장애 대응 절차를 만들고 평균 복구 시간을 48분에서 15분으로 줄임
학력
한국대학교 컴퓨터공학과 학사 2013.03 ~ 2018.02
기술
Java, Kafka, Redis
"""


def test_without_a_worker_search_says_so_in_time(client: TestClient, candidate: Person) -> None:
    began = time.monotonic()
    response = client.post("/api/v1/resumes/search", json={"query": "캐시"}, headers=candidate.headers)

    assert (response.status_code, error_code(response)) == (503, "SEARCH_UNAVAILABLE")
    assert time.monotonic() - began < 4


@pytest.mark.parametrize(
    "body", [{}, {"query": ""}, {"query": "a" * 401}, {"query": "a\x00"}, {"query": "a", "limit": 21}]
)
def test_a_search_that_breaks_a_rule_is_refused(body: dict, client: TestClient, candidate: Person) -> None:
    response = client.post("/api/v1/resumes/search", json=body, headers=candidate.headers)
    assert (response.status_code, error_code(response)) == (422, "VALIDATION_FAILED")


def test_anothers_resume_is_not_searched(
    client: TestClient, candidate: Person, stranger: Person, session: Session
) -> None:
    resume = make_resume(session, stranger.row)
    body = {"query": "캐시", "resume_id": str(resume.id)}
    response = client.post("/api/v1/resumes/search", json=body, headers=candidate.headers)
    assert (response.status_code, error_code(response)) == (404, "RESUME_NOT_FOUND")


def test_claims_are_listed_in_order_to_their_owner_alone(
    client: TestClient, candidate: Person, stranger: Person, session: Session
) -> None:
    resume = make_resume(session, candidate.row)
    source = {"page": 1, "box": [1.0, 2.0, 3.0, 4.0], "text": "지연 40% 감소"}
    for position, text in enumerate(("지연 40% 감소", "온보딩을 담당")):
        session.add(
            ResumeClaim(
                resume_id=resume.id,
                position=position,
                kind="experience",
                about="한빛커머스",
                text=text,
                has_figure=position == 0,
                page=1,
                sources=[source],
            )
        )
    session.commit()

    shown = client.get(f"/api/v1/resumes/{resume.id}/claims", headers=candidate.headers)

    assert [claim["text"] for claim in shown.json()["items"]] == ["지연 40% 감소", "온보딩을 담당"]
    assert shown.json()["items"][0]["sources"] == [source]
    assert client.get(f"/api/v1/resumes/{resume.id}/claims", headers=stranger.headers).status_code == 404


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    folder: Path = tmp_path_factory.mktemp("search")
    with run_stack(folder) as stack:
        stack.start("backend", "worker-cpu", "sweeper")
        # Nobody has sent anything yet: the models load by themselves.
        wait_for(
            lambda: stack.services["worker-cpu"].said("worker process warm"), within_s=90, what="the worker is warm"
        )
        yield stack


def test_an_uploaded_resume_is_found_by_meaning(stack: Stack) -> None:
    with httpx.Client(base_url=f"{stack.api_url}/api/v1", timeout=20) as http:
        credentials = {"username": "seoyeon", "password": "파란 하늘 7개"}
        http.post("/auth/register", json=credentials).raise_for_status()
        token = http.post("/auth/token", data=credentials).json()["access_token"]
        http.headers["Authorization"] = f"Bearer {token}"
        resume_id = http.post("/resumes", files={"file": ("이력서.txt", RESUME.encode())}).json()["id"]
        wait_for(
            lambda: http.get(f"/resumes/{resume_id}").json()["status"] == "ready",
            within_s=90,
            what="the résumé is ready",
        )

        began = time.monotonic()
        found = http.post("/resumes/search", json={"query": "한국대학교 컴퓨터공학과", "limit": 2})
        took_s = time.monotonic() - began
        replies: list[int] = []
        several = [
            threading.Thread(
                target=lambda: replies.append(http.post("/resumes/search", json={"query": "Kafka 정산"}).status_code)
            )
            for _ in range(4)
        ]
        for thread in several:
            thread.start()
        for thread in several:
            thread.join()
        claims = {claim["id"]: claim["text"] for claim in http.get(f"/resumes/{resume_id}/claims").json()["items"]}

    assert found.status_code == 200, found.text
    items = found.json()["items"]
    assert "한국대학교" in items[0]["text"]
    assert (items[0]["section"], items[0]["page"], items[0]["resume_id"]) == ("education", 1, resume_id)
    assert items[0]["score"] >= items[1]["score"]
    assert took_s < 10
    assert replies == [200] * 4
    assert any("정산 지연" in text for text in claims.values())
    assert stack.redis_client.keys("query*") == []
