"""Health, readiness, status, operators' pages, and when the backend refuses to start."""

import gc
import os
import subprocess
import sys
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from redis import Redis
from sqlalchemy import text
from sqlalchemy.orm import sessionmaker
from sqlmodel import Session, select

from interview_api.app import describe_app
from interview_api.settings import ApiSettings
from interview_core.contract.payloads import EvaluateAnswer, ParseResume, WriteReport
from interview_core.contract.tasks import EVALUATE_ANSWER, PARSE_RESUME, WRITE_REPORT
from interview_core.db.tables import (
    Answer,
    Evaluation,
    EvaluationStatus,
    Job,
    JobState,
    Report,
    ReportStatus,
    Resume,
    ResumeStatus,
)
from interview_core.db.workers import SWEEPER, beat
from interview_core.jobs import enqueue
from tests.api.conftest import Person, error_code
from tests.conftest import MEDIA_SECRET_KEY, SECRET_KEY
from tests.factories import answer_question, make_interview, make_resume

STATUS = "/api/v1/system/status"
JOBS = "/api/v1/operations/jobs"


def all_alive(sessions: sessionmaker[Session], details: dict[str, Any]) -> None:
    for queue in ("gpu_queue", "cpu_queue", SWEEPER):
        beat(sessions, name=f"{queue}@here", queue=queue, tasks=["x"], details=details if queue == "gpu_queue" else {})


def checks(client: TestClient) -> tuple[int, str, dict[str, bool]]:
    response = client.get("/readyz")
    body = response.json()
    return response.status_code, body["status"], {check["name"]: check["is_ok"] for check in body["checks"]}


def test_health_touches_nothing(start_app: Callable[..., TestClient], free_port: Callable[[], int]) -> None:
    port = free_port()
    client = start_app(
        database_url=f"postgresql+psycopg2://x@127.0.0.1:{port}/x", redis_url=f"redis://127.0.0.1:{port}"
    )
    assert client.get("/healthz").json() == {"status": "ok"}


def test_with_everything_there_the_backend_is_ready(client: TestClient, sessions: sessionmaker[Session]) -> None:
    all_alive(sessions, {})
    status_code, status, found = checks(client)
    assert (status_code, status) == (200, "ready"), found
    services = {"database", "migrations", "storage", "broker", "gpu_worker", "cpu_worker", "sweeper", "model", "speech"}
    assert set(found) == services


@pytest.mark.parametrize("queue", ["gpu_queue", "cpu_queue", SWEEPER])
def test_without_one_worker_the_backend_is_degraded_and_says_which(
    client: TestClient, sessions: sessionmaker[Session], session: Session, queue: str
) -> None:
    all_alive(sessions, {})
    session.execute(
        text("UPDATE worker_heartbeat SET seen_at = now() - interval '1 min' WHERE queue = :q"), {"q": queue}
    )
    session.commit()
    status_code, status, found = checks(client)
    assert (status_code, status) == (200, "degraded")
    also = {"gpu_queue": ["model"], "cpu_queue": ["speech"]}.get(queue, [])
    assert [name for name, is_ok in found.items() if not is_ok] == [queue.replace("_queue", "_worker"), *also]


@pytest.mark.parametrize(
    ("state", "reason", "is_ok"),
    [
        ("ready", None, True),
        ("not_loaded", None, True),
        ("ready", "it runs from memory; to start again it needs its file", False),
        ("missing", "put tiny.gguf into /models", False),
        ("invalid", "the file is cut off; copy it again", False),
        ("not_permitted", "COMMERCIAL_USE is on", False),
        ("no_memory", "the memory is too small", False),
        ("broken", "it failed twice in a row", False),
    ],
)
def test_a_model_that_needs_an_operator_makes_the_backend_degraded_and_says_why(
    client: TestClient, sessions: sessionmaker[Session], state: str, reason: str | None, is_ok: bool
) -> None:
    all_alive(sessions, {"model_state": state, "model_name": "tiny.gguf", "model_reason": reason})
    body = client.get("/readyz").json()
    found = next(check for check in body["checks"] if check["name"] == "model")
    assert (body["status"], found["is_ok"]) == (("ready", True) if is_ok else ("degraded", False))
    if reason is not None:
        assert reason in found["message"]
        assert ("question bank" in found["message"]) == (state != "ready")


def test_without_redis_the_backend_is_degraded(
    start_app: Callable[..., TestClient], free_port: Callable[[], int], sessions: sessionmaker[Session]
) -> None:
    all_alive(sessions, {})
    status_code, status, found = checks(start_app(redis_url=f"redis://127.0.0.1:{free_port()}/0"))
    assert (status_code, status, found["broker"]) == (200, "degraded", False)


def test_without_storage_the_backend_is_unavailable(client: TestClient, storage_url: str) -> None:
    folder = Path(unquote(urlsplit(storage_url).path))
    folder.rmdir()
    folder.write_text("a file is in the way")
    status_code, status, found = checks(client)
    assert (status_code, status, found["storage"]) == (503, "unavailable", False)


def test_with_another_schema_the_backend_is_unavailable(client: TestClient, session: Session) -> None:
    version = session.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
    session.execute(text("UPDATE alembic_version SET version_num = 'other'"))
    session.commit()
    try:
        status_code, status, found = checks(client)
    finally:
        session.execute(text("UPDATE alembic_version SET version_num = :v"), {"v": version})
        session.commit()
    assert (status_code, status, found["migrations"], found["database"]) == (503, "unavailable", False, True)


@pytest.mark.parametrize(
    ("details", "state", "can_score"),
    [
        ({"model_state": "ready", "model_name": "tiny.gguf", "model_location": "local"}, "ready", True),
        ({"model_state": "ready", "model_name": "a-model", "model_location": "remote"}, "ready", True),
        ({"model_state": "not_loaded", "model_name": "tiny.gguf"}, "not_loaded", True),
        ({"model_state": "missing", "model_name": None}, "missing", False),
        ({"model_state": "invalid", "model_name": "broken.gguf"}, "invalid", False),
        ({"model_state": "runtime_missing"}, "runtime_missing", False),
        ({"model_state": "not_permitted", "model_licence": "Some licence - NC"}, "not_permitted", False),
        ({"model_state": "no_memory"}, "no_memory", False),
        ({"model_state": "broken"}, "broken", False),
    ],
)
def test_the_status_is_what_the_workers_say(
    client: TestClient, sessions: sessionmaker[Session], details: dict[str, Any], state: str, can_score: bool
) -> None:
    all_alive(sessions, details)
    status = client.get(STATUS).json()
    assert (status["model_state"], status["model_name"]) == (state, details.get("model_name"))
    assert status["model_licence"] == details.get("model_licence")
    assert status["model_location"] == details.get("model_location")
    assert status["can_score"] is status["can_ask_with_model"] is can_score
    assert status["cpu_worker_alive"] is True
    assert status["max_upload_bytes"] == 10 * 1024 * 1024


def test_without_workers_the_status_says_so(client: TestClient) -> None:
    status = client.get(STATUS).json()
    assert (status["model_state"], status["can_score"], status["cpu_worker_alive"]) == ("worker_away", False, False)
    assert status["emotion_enabled"] is False


def test_operators_see_workers_and_jobs_without_anyones_words(
    client: TestClient, operator: Person, candidate: Person, sessions: sessionmaker[Session], session: Session
) -> None:
    all_alive(sessions, {"model_state": "missing"})
    answer_question(session, make_interview(session, candidate.row), "canary in the answer")
    workers = client.get("/api/v1/operations/workers", headers=operator.headers)
    assert [worker["queue"] for worker in workers.json()] == ["cpu_queue", "gpu_queue", SWEEPER]
    jobs = client.get(JOBS, headers=operator.headers)
    assert {job["task"] for job in jobs.json()["items"]} == {
        "answer.evaluate",
        "interview.next_question",
        "interview.prepare_question",
    }
    assert "canary" not in jobs.text
    assert client.get(f"{JOBS}?state=dead", headers=operator.headers).json() == {"items": [], "total": 0}
    assert client.get(f"{JOBS}?state=lost", headers=operator.headers).status_code == 422


def kill(session: Session) -> Job:
    job = session.exec(select(Job)).one()
    job.state, job.attempt, job.error_code = JobState.DEAD, 4, "WORKER_LOST"
    session.commit()
    return job


def test_a_dead_job_runs_again_and_its_resume_is_pending(
    client: TestClient, operator: Person, candidate: Person, session: Session
) -> None:
    resume = make_resume(session, candidate.row, status=ResumeStatus.FAILED, profile=None)
    enqueue(session, PARSE_RESUME, ParseResume(resume_id=resume.id, file=resume.file), subject_id=resume.id)
    job = kill(session)
    retried = client.post(f"{JOBS}/{job.id}/retry", headers=operator.headers)
    assert (retried.status_code, retried.json()["state"], retried.json()["attempt"]) == (202, "queued", 0)
    session.expire_all()
    assert session.exec(select(Resume)).one().status is ResumeStatus.PENDING
    again = client.post(f"{JOBS}/{job.id}/retry", headers=operator.headers)
    assert (again.status_code, error_code(again)) == (409, "CONFLICT")


def test_a_dead_evaluation_and_a_dead_report_run_again(
    client: TestClient, operator: Person, candidate: Person, session: Session
) -> None:
    interview = make_interview(session, candidate.row)
    answer_question(session, interview, "x")
    session.execute(text("DELETE FROM job"))
    answer = session.exec(select(Answer)).one()
    session.add(Evaluation(answer_id=answer.id, status=EvaluationStatus.FAILED, not_scored_reason="evaluation_failed"))
    enqueue(session, EVALUATE_ANSWER, EvaluateAnswer(answer_id=answer.id), subject_id=interview.id)
    assert client.post(f"{JOBS}/{kill(session).id}/retry", headers=operator.headers).status_code == 202
    session.expire_all()
    assert session.exec(select(Evaluation)).all() == []
    session.execute(text("DELETE FROM job"))
    session.add(Report(interview_id=interview.id, status=ReportStatus.FAILED, error_code="WORKER_LOST"))
    enqueue(session, WRITE_REPORT, WriteReport(interview_id=interview.id), subject_id=interview.id)
    assert client.post(f"{JOBS}/{kill(session).id}/retry", headers=operator.headers).status_code == 202
    session.expire_all()
    assert session.exec(select(Report)).one().status is ReportStatus.PENDING


def test_a_dead_job_can_be_laid_aside(
    client: TestClient, operator: Person, candidate: Person, session: Session
) -> None:
    resume = make_resume(session, candidate.row)
    enqueue(session, PARSE_RESUME, ParseResume(resume_id=resume.id, file=resume.file), subject_id=resume.id)
    job = kill(session)
    assert client.post(f"{JOBS}/{job.id}/discard", headers=operator.headers).json()["state"] == "cancelled"
    assert client.post(f"{JOBS}/{job.id}/discard", headers=operator.headers).status_code == 409
    missing = client.post(f"{JOBS}/{uuid4()}/retry", headers=operator.headers)
    assert (missing.status_code, error_code(missing)) == (404, "JOB_NOT_FOUND")


def start_process(**environment: str) -> subprocess.CompletedProcess[str]:
    """Run the factory as uvicorn would, and return what it said."""
    base = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    values = {
        "DATABASE_URL": "postgresql+psycopg2://x@127.0.0.1:9/x",
        "REDIS_URL": "redis://127.0.0.1:9/0",
        "SECRET_KEY": SECRET_KEY,
        "MEDIA_SECRET_KEY": MEDIA_SECRET_KEY,
        **environment,
    }
    code = "from interview_api.app import create_app; create_app(); print('started')"
    return subprocess.run(
        [sys.executable, "-c", code],
        env={**base, **{name: value for name, value in values.items() if value}},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", ""),
        ("SECRET_KEY", "short"),
        ("SECRET_KEY", "change-me-change-me-change-me-change-me"),
        ("SECRET_KEY", "a" * 64),
        ("MEDIA_SECRET_KEY", ""),
        ("MEDIA_SECRET_KEY", "default-secret-default-secret-default"),
        ("CORS_ORIGINS", "*"),
        ("DATABASE_URL", ""),
    ],
)
def test_a_bad_setting_stops_the_start_and_is_named(tmp_path: Path, name: str, value: str) -> None:
    done = start_process(**{"STORAGE_URL": tmp_path.as_uri(), name: value})
    assert done.returncode != 0
    assert name in done.stderr
    assert "Traceback" not in done.stderr
    assert not value or value == "*" or value not in done.stderr


def test_a_redis_that_forgets_stops_the_start(tmp_path: Path, redis: Redis, redis_url: str) -> None:
    redis.config_set("maxmemory-policy", "allkeys-lru")
    try:
        done = start_process(STORAGE_URL=tmp_path.as_uri(), REDIS_URL=redis_url)
    finally:
        redis.config_set("maxmemory-policy", "noeviction")
    assert done.returncode != 0
    assert "REDIS_URL" in done.stderr
    assert "noeviction" in done.stderr


def test_with_good_settings_it_starts_before_its_services(tmp_path: Path) -> None:
    done = start_process(STORAGE_URL=tmp_path.as_uri())
    assert done.returncode == 0, done.stderr
    assert "started" in done.stdout


def test_origins_are_read_from_one_line(monkeypatch: pytest.MonkeyPatch, settings_values: dict[str, Any]) -> None:
    monkeypatch.setenv("CORS_ORIGINS", "https://a.example, https://b.example/")
    assert ApiSettings(**settings_values).cors_origins == ["https://a.example", "https://b.example"]
    monkeypatch.setenv("CORS_ORIGINS", "")
    assert ApiSettings(**settings_values).cors_origins == []


def test_the_openapi_document_is_printed_without_any_service() -> None:
    command = [sys.executable, "-m", "interview_api.openapi"]
    done = subprocess.run(command, env={"PATH": os.environ["PATH"]}, capture_output=True, check=True)
    assert b'"openapi": "3.1' in done.stdout
    assert b"/api/v1/interviews/{interview_id}/answers" in done.stdout


def test_nothing_keeps_an_application_that_has_ended() -> None:
    ended = weakref.ref(describe_app())
    gc.collect()
    assert ended() is None
