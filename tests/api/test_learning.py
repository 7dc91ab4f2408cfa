"""Learning paths over HTTP: asked for, limited, kept, marked, deleted."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from fastapi.testclient import TestClient
from redis import Redis
from sqlalchemy import text
from sqlmodel import Session, select

from interview_core.db.tables import (
    Interview,
    Job,
    JobState,
    LearningItem,
    LearningPath,
    Report,
    ReportStatus,
    Resume,
    ResumeStatus,
    WritingStatus,
)
from interview_core.streams import EventKind, EventWriter, Stream, stream_name
from tests.api.conftest import Person, Server, error_code, make_signed_in, sign_in_as
from tests.api.test_live import stream
from tests.factories import LINK, answer_question, make_interview, make_learning_path, make_resume

PATH = "/api/v1/learning-paths"


@pytest.fixture
def resume(candidate: Person, session: Session) -> Resume:
    return make_resume(session, candidate.row)


def ask(client: TestClient, person: Person, resume: Resume, **changes: Any) -> Any:
    return client.post(PATH, json={"resume_id": str(resume.id), **changes}, headers=person.headers)


def test_a_path_is_asked_for_with_its_job_and_takes_the_role_of_the_resume(
    client: TestClient, candidate: Person, resume: Resume, session: Session
) -> None:
    response = ask(client, candidate, resume)
    assert response.status_code == 202, response.text
    made = response.json()
    assert (made["status"], made["items"], made["target_role"]) == ("pending", [], "백엔드 개발자")
    job = session.exec(select(Job)).one()
    assert (job.task, job.queue, job.payload) == ("learning.write_path", "gpu_queue", {"learning_path_id": made["id"]})


def finished(session: Session, person: Person, *, status: ReportStatus) -> Interview:
    interview = make_interview(session, person.row, make_resume(session, person.row))
    answer_question(session, interview, "캐시를 두었습니다.")
    session.execute(
        text("UPDATE interview SET status = 'finished', job_description = 'Kafka를 씁니다.' WHERE id = :id"),
        {"id": interview.id},
    )
    session.add(Report(interview_id=interview.id, status=status))
    session.commit()
    return interview


def test_an_interviews_report_gives_role_and_job(
    client: TestClient, candidate: Person, resume: Resume, session: Session
) -> None:
    interview = finished(session, candidate, status=ReportStatus.READY)
    made = ask(client, candidate, resume, interview_id=str(interview.id)).json()
    assert (made["interview_id"], made["job_description"]) == (str(interview.id), "Kafka를 씁니다.")


@pytest.mark.parametrize(
    ("make", "status", "code"),
    [
        (lambda session, person: finished(session, person, status=ReportStatus.RUNNING), 409, "REPORT_NOT_READY"),
        (lambda session, person: make_interview(session, person.row), 409, "INTERVIEW_NOT_FINISHED"),
        (lambda session, person: Interview(id=uuid4()), 404, "INTERVIEW_NOT_FOUND"),
    ],
)
def test_a_report_that_is_not_there_is_said(
    client: TestClient,
    candidate: Person,
    resume: Resume,
    session: Session,
    make: Callable[[Session, Person], Interview],
    status: int,
    code: str,
) -> None:
    interview_id = str(make(session, candidate).id)
    response = ask(client, candidate, resume, interview_id=interview_id)
    assert (response.status_code, error_code(response)) == (status, code)


def test_anothers_interview_is_not_there(
    client: TestClient, candidate: Person, stranger: Person, resume: Resume, session: Session
) -> None:
    foreign = finished(session, stranger, status=ReportStatus.READY)
    response = ask(client, candidate, resume, interview_id=str(foreign.id))
    assert (response.status_code, error_code(response)) == (404, "INTERVIEW_NOT_FOUND")


def test_without_any_role_one_is_asked_for(client: TestClient, candidate: Person, session: Session) -> None:
    nameless = make_resume(session, candidate.row, profile={"skills": ["Python"]})
    response = ask(client, candidate, nameless)
    assert (response.status_code, error_code(response)) == (422, "VALIDATION_FAILED")
    assert ask(client, candidate, nameless, target_role="간호사").status_code == 202


def test_a_days_share_is_each_users_own_and_refusals_do_not_count(
    start_app: Callable[..., TestClient], session: Session
) -> None:
    client = start_app(rate_limit_learning_paths_user_per_day=2)
    one, other = sign_in_as(client), sign_in_as(client)
    resume = make_resume(session, one.row)
    unread = make_resume(session, one.row, status=ResumeStatus.PENDING)
    assert [ask(client, one, unread).status_code for _ in range(3)] == [409] * 3
    assert [ask(client, one, resume).status_code for _ in range(3)] == [202, 202, 429]
    refused = ask(client, one, resume)
    assert error_code(refused) == "RATE_LIMITED"
    assert 3600 < int(refused.headers["Retry-After"]) <= 86_400
    assert ask(client, other, make_resume(session, other.row)).status_code == 202


def test_the_last_ten_are_kept_of_each_user(
    client: TestClient,
    candidate: Person,
    stranger: Person,
    resume: Resume,
    session: Session,
    redis: Redis,
    events: EventWriter,
) -> None:
    others = make_learning_path(session, stranger.row, make_resume(session, stranger.row))
    ids = [ask(client, candidate, resume).json()["id"] for _ in range(11)]
    events.append(Stream.LEARNING_PATH, UUID(ids[1]), EventKind.PROGRESS, {})
    assert redis.exists(stream_name(Stream.LEARNING_PATH, UUID(ids[1])))
    newest = ask(client, candidate, resume).json()["id"]
    listed = client.get(f"{PATH}?limit=100", headers=candidate.headers).json()
    assert [item["id"] for item in listed["items"]] == [newest, *reversed(ids[2:])]
    assert session.get(LearningPath, others.id) is not None
    gone = session.exec(select(Job.state).where(Job.subject_id == UUID(ids[1]))).one()
    assert gone is JobState.CANCELLED
    assert not redis.exists(stream_name(Stream.LEARNING_PATH, UUID(ids[1])))


def test_an_item_is_marked_as_done_and_the_mark_taken_back(
    client: TestClient, candidate: Person, resume: Resume, session: Session
) -> None:
    path = make_learning_path(session, candidate.row, resume)
    item = client.get(f"{PATH}/{path.id}", headers=candidate.headers).json()["items"][0]
    assert (item["type"], item["link"]["url"], item["resources"], item["done_at"]) == (
        "strength", LINK["url"], [], None,
    )  # fmt: skip
    address = f"{PATH}/{path.id}/items/{item['id']}"
    first = client.put(address, json={"is_done": True}, headers=candidate.headers).json()["done_at"]
    again = client.put(address, json={"is_done": True}, headers=candidate.headers).json()["done_at"]
    assert first is not None
    assert again == first
    assert client.put(address, json={"is_done": False}, headers=candidate.headers).json()["done_at"] is None
    elsewhere = make_learning_path(session, candidate.row, resume)
    response = client.put(
        f"{PATH}/{elsewhere.id}/items/{item['id']}", json={"is_done": True}, headers=candidate.headers
    )
    assert (response.status_code, error_code(response)) == (404, "LEARNING_ITEM_NOT_FOUND")


def test_a_failed_path_can_be_written_again(
    client: TestClient, candidate: Person, resume: Resume, session: Session
) -> None:
    failed = make_learning_path(session, candidate.row, resume, status=WritingStatus.FAILED, error_code="internal")
    response = client.post(f"{PATH}/{failed.id}/retry", headers=candidate.headers)
    assert (response.status_code, response.json()["status"]) == (202, "pending")
    again = client.post(f"{PATH}/{failed.id}/retry", headers=candidate.headers)
    assert (again.status_code, error_code(again)) == (409, "NOT_FAILED")


def test_deleting_a_path_takes_its_items_its_job_and_its_events(
    client: TestClient, candidate: Person, resume: Resume, session: Session, redis: Redis, events: EventWriter
) -> None:
    made = UUID(ask(client, candidate, resume).json()["id"])
    ready = make_learning_path(session, candidate.row, resume)
    for path_id in (made, ready.id):
        events.append(Stream.LEARNING_PATH, path_id, EventKind.PROGRESS, {})
        assert client.delete(f"{PATH}/{path_id}", headers=candidate.headers).status_code == 204
        assert not redis.exists(stream_name(Stream.LEARNING_PATH, path_id))
    assert session.exec(select(LearningItem)).all() == []
    assert session.exec(select(Job.state)).one() is JobState.CANCELLED


def test_a_path_is_followed_live(server: Server, session: Session, events: EventWriter) -> None:
    person = make_signed_in(server.resources)
    path = make_learning_path(session, person.row, make_resume(session, person.row), status=WritingStatus.PENDING)
    with stream(server, f"{PATH}/{path.id}/events", person) as received:
        snapshot = next(received)
        assert (snapshot.kind, snapshot.data["status"]) == ("snapshot", "pending")
        session.execute(text("UPDATE learning_path SET status = 'running', percent = 20"))
        session.commit()
        events.append(Stream.LEARNING_PATH, path.id, EventKind.PROGRESS, {})
        progress = next(received)
        assert (progress.kind, progress.data["percent"]) == ("progress", 20)
        session.execute(text("UPDATE learning_path SET status = 'failed', error_code = 'internal'"))
        session.commit()
        events.append(Stream.LEARNING_PATH, path.id, EventKind.FAILED, {"error_code": "internal"})
        failed = next(received)
        assert (failed.kind, failed.data["error_code"]) == ("failed", "internal")
