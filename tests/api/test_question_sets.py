"""Question sets over HTTP: asked for, waited for, limited, written again, deleted."""

import threading
import time
from collections.abc import Callable
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi.testclient import TestClient
from redis import Redis
from sqlalchemy import text
from sqlmodel import Session, select

from interview_core.db.tables import (
    Job,
    JobState,
    QuestionSet,
    Resume,
    ResumeStatus,
    Role,
    SetQuestion,
    WritingStatus,
)
from interview_core.streams import EventKind, EventWriter, Stream, stream_name
from tests.api.conftest import Person, Server, error_code, make_signed_in, resources_of, sign_in_as
from tests.factories import make_question_set, make_resume

PATH = "/api/v1/question-sets"


@pytest.fixture
def resume(candidate: Person, session: Session) -> Resume:
    return make_resume(session, candidate.row)


def body_of(resume: Resume, **changes: Any) -> dict[str, Any]:
    return {"resume_id": str(resume.id), "target_role": "백엔드 개발자 (C++/C#)", **changes}


def add_question(session: Session, set_id: UUID, position: int = 1) -> None:
    session.add(
        SetQuestion(
            question_set_id=set_id,
            position=position,
            stage="skill",
            text="Redis를 고른 이유는 무엇인가요?",
            type="trade_off",
            difficulty="medium",
            topic="Redis",
            reason="이력서에 적은 기술을 얼마나 깊이 아는지 보려는 질문이에요.",
            source_quote="Redis",
            covers=["대안", "근거"],
            answered_by={"provider": "question_bank", "is_fallback": True, "fallback_reason": "no_model"},
        )
    )


def complete(session: Session, events: EventWriter, set_id: UUID) -> None:
    """What the worker does."""
    add_question(session, set_id)
    session.execute(
        text("UPDATE question_set SET status = 'ready', percent = 100, finished_at = now() WHERE id = :id"),
        {"id": set_id},
    )
    session.commit()
    events.append(Stream.QUESTION_SET, set_id, EventKind.READY, {})


def test_a_set_is_asked_for_with_its_job_and_read_back(
    client: TestClient, candidate: Person, resume: Resume, session: Session, events: EventWriter
) -> None:
    wanted = body_of(resume, company="한빛", job_description="Kubernetes", language="en", difficulty="hard")
    response = client.post(PATH, json=wanted, headers=candidate.headers)
    assert response.status_code == 202, response.text
    made = response.json()
    assert (made["status"], made["questions"], made["difficulty"]) == ("pending", [], "hard")
    job = session.exec(select(Job)).one()
    assert (job.task, job.queue, job.subject_id) == ("question_set.write", "gpu_queue", UUID(made["id"]))
    assert job.payload == {"question_set_id": made["id"]}

    complete(session, events, UUID(made["id"]))

    read = client.get(f"{PATH}/{made['id']}", headers=candidate.headers).json()
    assert read["status"] == "ready"
    question = read["questions"][0]
    assert (question["type"], question["topic"], question["covers"]) == ("trade_off", "Redis", ["대안", "근거"])
    assert question["answered_by"]["is_fallback"] is True
    listed = client.get(PATH, headers=candidate.headers).json()
    assert (listed["total"], listed["items"][0]["id"]) == (1, made["id"])


@pytest.mark.parametrize(
    "changes",
    [
        {"target_role": " "},
        {"language": "fr"},
        {"difficulty": "impossible"},
        {"job_description": "가" * 8001},
        {"x": 1},
    ],
)
def test_what_cannot_be_written_about_is_refused(
    client: TestClient, candidate: Person, resume: Resume, session: Session, changes: dict[str, Any]
) -> None:
    response = client.post(PATH, json=body_of(resume, **changes), headers=candidate.headers)
    assert (response.status_code, error_code(response)) == (422, "VALIDATION_FAILED")
    assert session.exec(select(QuestionSet)).all() == []


def test_a_resume_that_is_being_read_cannot_be_asked_about(
    client: TestClient, candidate: Person, session: Session
) -> None:
    unread = make_resume(session, candidate.row, status=ResumeStatus.RUNNING)
    response = client.post(PATH, json=body_of(unread), headers=candidate.headers)
    assert (response.status_code, error_code(response)) == (409, "RESUME_NOT_READY")


def test_an_hours_share_is_each_users_own_and_refusals_do_not_count(
    start_app: Callable[..., TestClient], session: Session
) -> None:
    client = start_app(rate_limit_question_sets_user_per_hour=2)
    one, other = sign_in_as(client), sign_in_as(client)
    resume = make_resume(session, one.row)
    unread = make_resume(session, one.row, status=ResumeStatus.RUNNING)
    assert [client.post(PATH, json=body_of(unread), headers=one.headers).status_code for _ in range(3)] == [409] * 3
    assert [client.post(PATH, json=body_of(resume), headers=one.headers).status_code for _ in range(2)] == [202] * 2
    refused = client.post(PATH, json=body_of(resume), headers=one.headers)
    assert (refused.status_code, error_code(refused)) == (429, "RATE_LIMITED")
    assert 1 <= int(refused.headers["Retry-After"]) <= 3600
    assert len(session.exec(select(QuestionSet)).all()) == 2
    others = make_resume(session, other.row)
    assert client.post(PATH, json=body_of(others), headers=other.headers).status_code == 202


def ask_batch(client: TestClient, person: Person, resumes: list[Resume]) -> Any:
    body = {"resume_ids": [str(resume.id) for resume in resumes], "target_role": "백엔드 개발자"}
    return client.post(f"{PATH}/batch", json=body, headers=person.headers)


def test_a_batch_takes_one_worker_at_a_time_and_goes_on_when_one_is_deleted(
    client: TestClient, candidate: Person, session: Session
) -> None:
    response = ask_batch(client, candidate, [make_resume(session, candidate.row) for _ in range(3)])
    assert response.status_code == 202, response.text
    batch_id = response.json()["batch_id"]
    listed = client.get(f"{PATH}?batch_id={batch_id}", headers=candidate.headers).json()
    assert (listed["total"], {item["status"] for item in listed["items"]}) == (3, {"pending"})
    first = session.exec(select(Job)).one().subject_id
    assert client.delete(f"{PATH}/{first}", headers=candidate.headers).status_code == 204
    session.expire_all()
    queued = session.exec(select(Job.subject_id).where(Job.state == JobState.QUEUED)).one()
    assert queued != first


def test_a_batch_counts_each_of_its_sets_except_for_operators(
    start_app: Callable[..., TestClient], session: Session
) -> None:
    client = start_app(rate_limit_question_sets_user_per_hour=3)
    one, operator = sign_in_as(client), sign_in_as(client, role=Role.OPERATOR)
    resumes = [make_resume(session, one.row) for _ in range(4)]
    assert (ask_batch(client, one, resumes).status_code, ask_batch(client, one, resumes[:2]).status_code) == (422, 202)
    assert ask_batch(client, one, resumes[:2]).status_code == 429
    assert client.post(PATH, json=body_of(resumes[0]), headers=one.headers).status_code == 202
    many = [make_resume(session, operator.row) for _ in range(4)]
    assert ask_batch(client, operator, many).status_code == 202


def test_a_batch_with_one_resume_that_cannot_be_asked_about_stores_nothing(
    client: TestClient, candidate: Person, stranger: Person, session: Session
) -> None:
    own, foreign = make_resume(session, candidate.row), make_resume(session, stranger.row)
    response = ask_batch(client, candidate, [own, foreign])
    assert (response.status_code, error_code(response)) == (404, "RESUME_NOT_FOUND")
    assert ask_batch(client, candidate, [own, own]).status_code == 422
    assert session.exec(select(QuestionSet)).all() == []


def later(seconds: float, action: Callable[[], None]) -> threading.Thread:
    def run() -> None:
        time.sleep(seconds)
        action()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def wait_for_set(session: Session) -> UUID:
    for _ in range(200):
        if found := session.exec(select(QuestionSet.id)).first():
            return found
        session.rollback()
        time.sleep(0.05)
    raise AssertionError("no question set was made")


def test_who_waits_gets_the_questions_in_the_response(server: Server, session: Session, events: EventWriter) -> None:
    person = make_signed_in(server.resources)
    resume = make_resume(session, person.row)
    worker = later(0.3, lambda: complete(session, events, wait_for_set(session)))
    response = httpx.post(f"{server.url}{PATH}?wait=20", json=body_of(resume), headers=person.headers, timeout=30)
    worker.join()
    assert response.status_code == 201, response.text
    assert [question["topic"] for question in response.json()["questions"]] == ["Redis"]


def test_who_waits_hears_of_an_end_whose_event_was_lost(server: Server, session: Session, redis: Redis) -> None:
    person = make_signed_in(server.resources)
    resume = make_resume(session, person.row)

    def fail() -> None:
        session.execute(
            text("UPDATE question_set SET status = 'failed', error_code = 'expired' WHERE id = :id"),
            {"id": wait_for_set(session)},
        )
        session.commit()

    worker = later(0.1, fail)
    response = httpx.post(f"{server.url}{PATH}?wait=20", json=body_of(resume), headers=person.headers, timeout=30)
    worker.join()
    assert (response.status_code, response.json()["status"], response.json()["error_code"]) == (
        201, "failed", "expired",
    )  # fmt: skip


def test_waiting_ends_with_the_same_set_still_in_work(server: Server, session: Session) -> None:
    person = make_signed_in(server.resources)
    resume = make_resume(session, person.row)
    began = time.monotonic()
    response = httpx.post(f"{server.url}{PATH}?wait=1", json=body_of(resume), headers=person.headers, timeout=30)
    assert 1 <= time.monotonic() - began < 25
    assert (response.status_code, response.json()["status"]) == (202, "pending")
    read = httpx.get(f"{server.url}{PATH}/{response.json()['id']}", headers=person.headers)
    assert read.json()["status"] == "pending"


def test_those_who_wait_hold_no_database_connection_and_block_nobody(
    start_server: Callable[..., Server], session: Session
) -> None:
    server = start_server(database_pool_size=1)
    person = make_signed_in(server.resources)
    resume = make_resume(session, person.row)
    statuses: list[int] = []

    def wait() -> None:
        url = f"{server.url}{PATH}?wait=6"
        statuses.append(httpx.post(url, json=body_of(resume), headers=person.headers, timeout=40).status_code)

    waiting = [threading.Thread(target=wait) for _ in range(8)]
    for thread in waiting:
        thread.start()
        time.sleep(0.1)
    time.sleep(1)
    began = time.monotonic()
    for _ in range(5):
        assert httpx.get(f"{server.url}{PATH}", headers=person.headers, timeout=20).status_code == 200
    assert time.monotonic() - began < 4
    held = server.resources.engine.pool.checkedout()  # type: ignore[attr-defined]  # a QueuePool
    assert held == 0
    for thread in waiting:
        thread.join()
    assert statuses == [202] * 8


def test_a_failed_set_can_be_written_again_and_a_ready_one_cannot(
    client: TestClient, candidate: Person, resume: Resume, session: Session
) -> None:
    failed = make_question_set(session, candidate.row, resume, status=WritingStatus.FAILED, error_code="expired")
    add_question(session, failed.id)
    session.commit()
    response = client.post(f"{PATH}/{failed.id}/retry", headers=candidate.headers)
    assert response.status_code == 202, response.text
    assert (response.json()["status"], response.json()["error_code"]) == ("pending", None)
    assert len(response.json()["questions"]) == 1
    assert session.exec(select(Job.state).where(Job.subject_id == failed.id)).one() is JobState.QUEUED
    ready = make_question_set(session, candidate.row, resume)
    refused = client.post(f"{PATH}/{ready.id}/retry", headers=candidate.headers)
    assert (refused.status_code, error_code(refused)) == (409, "NOT_FAILED")


def test_without_its_resume_a_failed_set_stays_failed(
    client: TestClient, candidate: Person, resume: Resume, session: Session
) -> None:
    failed = make_question_set(session, candidate.row, resume, status=WritingStatus.FAILED)
    resources_of(client).storage.put(resume.file, b"%PDF-1.7")
    assert client.delete(f"/api/v1/resumes/{resume.id}", headers=candidate.headers).status_code == 204
    session.expire_all()
    response = client.post(f"{PATH}/{failed.id}/retry", headers=candidate.headers)
    assert (response.status_code, error_code(response)) == (404, "RESUME_NOT_FOUND")
    read = client.get(f"{PATH}/{failed.id}", headers=candidate.headers).json()
    assert read["resume_id"] is None


def test_deleting_a_set_takes_its_questions_its_job_and_its_events(
    client: TestClient, candidate: Person, resume: Resume, session: Session, redis: Redis, events: EventWriter
) -> None:
    made = client.post(PATH, json=body_of(resume), headers=candidate.headers).json()
    set_id = UUID(made["id"])
    add_question(session, set_id)
    session.commit()
    events.append(Stream.QUESTION_SET, set_id, EventKind.PROGRESS, {})
    assert client.delete(f"{PATH}/{set_id}", headers=candidate.headers).status_code == 204
    assert session.exec(select(SetQuestion)).all() == []
    assert session.exec(select(Job.state)).one() is JobState.CANCELLED
    assert not redis.exists(stream_name(Stream.QUESTION_SET, set_id))
    assert client.get(f"{PATH}/{set_id}", headers=candidate.headers).status_code == 404
