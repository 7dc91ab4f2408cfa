"""The figures at /metrics, and that they name nobody."""

import math
import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text
from sqlalchemy.orm import sessionmaker
from sqlmodel import Session

from interview_core import jobs
from interview_core.contract.payloads import ParseResume
from interview_core.contract.tasks import PARSE_RESUME
from interview_core.db.workers import SWEEPER, beat
from interview_core.jobs import enqueue
from tests.api.conftest import Person, Server, make_signed_in
from tests.factories import make_interview, make_resume

STATES = ("queued", "running", "dead")
QUEUES = ("cpu_queue", "gpu_queue", "sweeper")


def figures(client: TestClient | httpx.Client) -> dict[str, float]:
    response = client.get("/metrics")
    assert response.status_code == 200
    assert response.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    samples = (line.rpartition(" ") for line in response.text.splitlines() if not line.startswith("#"))
    return {name: float(value) for name, _, value in samples}


def requests_of(found: dict[str, float]) -> dict[str, float]:
    return {name: value for name, value in found.items() if name.startswith("interview_http_requests_total")}


def test_requests_are_counted_by_the_template_of_their_route(
    client: TestClient, candidate: Person, session: Session
) -> None:
    interview = make_interview(session, candidate.row)
    for path in (f"/api/v1/interviews/{interview.id}", f"/api/v1/interviews/{uuid4()}", "/nothing/김하늘"):
        client.get(path, headers=candidate.headers)
    client.request("PROPFIND", "/api/v1/interviews")

    found = figures(client)

    route = 'route="/interviews/{interview_id}"'
    assert found[f'interview_http_requests_total{{method="GET",{route},status="200"}}'] == 1
    assert found[f'interview_http_requests_total{{method="GET",{route},status="404"}}'] == 1
    assert found[f'interview_http_request_seconds_count{{method="GET",{route}}}'] == 2
    assert found['interview_http_requests_total{method="GET",route="unmatched",status="404"}'] == 1
    assert sum(value for name, value in requests_of(found).items() if 'method="other"' in name) == 1


def test_no_figure_names_a_person_or_a_thing(client: TestClient, candidate: Person, session: Session) -> None:
    resume = make_resume(session, candidate.row)
    enqueue(session, PARSE_RESUME, ParseResume(resume_id=resume.id, file=resume.file), subject_id=resume.id)
    session.commit()
    client.get(f"/api/v1/resumes/{resume.id}", headers=candidate.headers)
    client.get(f"/api/v1/resumes/{resume.id}/{candidate.row.username}", headers=candidate.headers)

    shown = client.get("/metrics").text

    assert not re.search(r"[0-9a-f]{8}-[0-9a-f]{4}-", shown)
    assert candidate.row.username not in shown
    assert "127.0.0.1" not in shown


def test_jobs_are_counted_by_task_and_state_with_the_age_of_the_oldest(
    client: TestClient, candidate: Person, session: Session
) -> None:
    resume = make_resume(session, candidate.row)
    payload = ParseResume(resume_id=resume.id, file=resume.file)
    waiting, taken, dead, later = (enqueue(session, PARSE_RESUME, payload, subject_id=resume.id) for _ in range(4))
    session.commit()
    session.execute(text("UPDATE job SET run_after = now() - interval '90 s' WHERE id = :id"), {"id": waiting})
    session.execute(text("UPDATE job SET run_after = now() + interval '1 h' WHERE id = :id"), {"id": later})
    session.commit()
    jobs.claim(session, taken, lease_s=60)
    claim = jobs.claim(session, dead, lease_s=60)
    assert claim is not None
    jobs.give_up(session, claim, code="INTERNAL", message="broken")
    session.commit()

    found = figures(client)

    states = {state: found[f'interview_jobs{{state="{state}",task="resume.parse"}}'] for state in STATES}
    assert states == {"queued": 2, "running": 1, "dead": 1}
    assert found['interview_jobs{state="dead",task="report.write"}'] == 0
    assert 90 <= found['interview_oldest_job_seconds{queue="cpu_queue"}'] < 150
    assert found['interview_oldest_job_seconds{queue="gpu_queue"}'] == 0


def test_workers_and_the_age_of_their_last_sign_of_life(
    client: TestClient, sessions: sessionmaker[Session], session: Session
) -> None:
    for name, queue in (("a", "cpu_queue"), ("b", "cpu_queue"), ("c", SWEEPER)):
        beat(sessions, name=name, queue=queue, tasks=[], details={})
    session.execute(text("UPDATE worker_heartbeat SET seen_at = now() - interval '70 s' WHERE name IN ('b', 'c')"))
    session.commit()

    found = figures(client)

    alive = {queue: found[f'interview_workers_alive{{queue="{queue}"}}'] for queue in QUEUES}
    assert alive == {"cpu_queue": 1, "gpu_queue": 0, "sweeper": 0}
    ages = {queue: found[f'interview_heartbeat_age_seconds{{queue="{queue}"}}'] for queue in QUEUES}
    assert ages["cpu_queue"] < 15
    assert 70 <= ages["sweeper"] < 130
    assert math.isinf(ages["gpu_queue"])


def test_without_the_database_the_rest_is_shown(
    start_app: Callable[..., TestClient], free_port: Callable[[], int]
) -> None:
    client = start_app(database_url=f"postgresql+psycopg2://x@127.0.0.1:{free_port()}/x")
    client.get("/healthz")

    found = figures(client)

    assert found["interview_database_up"] == 0
    assert found['interview_http_requests_total{method="GET",route="/healthz",status="200"}'] == 1
    assert not [name for name in found if name.startswith("interview_jobs")]


@pytest.mark.timeout(60)
def test_open_event_streams_are_counted(server: Server, session: Session) -> None:
    person = make_signed_in(server.resources)
    interview = make_interview(session, person.row)
    with httpx.Client(base_url=server.url, timeout=20) as client:
        assert figures(client)["interview_event_streams"] == 0
        path = f"/api/v1/interviews/{interview.id}/events"
        with client.stream("GET", path, headers=person.headers) as stream:
            lines: Any = stream.iter_lines()
            next(lines)
            with httpx.Client(base_url=server.url, timeout=20) as other:
                assert figures(other)["interview_event_streams"] == 1


def test_the_figures_are_no_part_of_the_documented_interface(client: TestClient) -> None:
    assert "/metrics" not in client.get("/openapi.json").json()["paths"]
    assert client.get("/api/metrics").status_code == 404
