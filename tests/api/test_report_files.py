"""A report as JSON and as a PDF over HTTP."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session, select

from interview_core.db.tables import FrameAnalysis, Interview, Job, JobState, PdfState, Report, ReportPdf, ReportStatus
from interview_core.errors import NotFound
from interview_core.job_failures import settle
from interview_core.jobs import DeadJob
from interview_worker.cpu.printed_report import print_report
from interview_worker.engines.typst_engine import TypstTypesetter
from tests.api.conftest import Person, error_code, resources_of, sign_in_as
from tests.factories import emotion_consent, forge, make_interview
from tests.report_factories import TALK, make_report


@pytest.fixture
def interview(client: TestClient, candidate: Person, session: Session) -> Interview:
    return make_report(session, candidate.row)


def path(interview: Interview, action: str) -> str:
    return f"/api/v1/interviews/{interview.id}/report/{action}"


def finish_pdf(client: TestClient, session: Session, interview: Interview) -> ReportPdf:
    """What the worker does."""
    session.expire_all()
    pdf = session.get_one(ReportPdf, interview.id)
    pdf.state, pdf.source, pdf.file = PdfState.READY, None, f"reports/{interview.id}/{pdf.request_id}.pdf"
    pdf.size_bytes, pdf.pages, pdf.finished_at = 9, 2, datetime.now(UTC)
    resources_of(client).storage.put(pdf.file, b"%PDF-1.7 ")
    session.add(pdf)
    session.commit()
    return pdf


def jobs(session: Session) -> list[Job]:
    session.expire_all()
    return list(session.exec(select(Job).where(Job.task == "report.render_pdf")).all())


def test_the_export_is_the_whole_report_with_what_it_is_about(
    client: TestClient, candidate: Person, interview: Interview
) -> None:
    response = client.get(path(interview, "export"), headers=candidate.headers)
    body = response.json()
    report = client.get(f"/api/v1/interviews/{interview.id}/report", headers=candidate.headers).json()
    assert (body["format"], body["version"], body["candidate"]) == ("interview-report", 1, candidate.row.display_name)
    assert body["report"] == report
    assert body["interview"]["scenario_title"] == "짧은 면접"
    assert [turn["answer"]["text"] for turn in body["report"]["turns"]] == [said.text or "" for said in TALK]
    assert response.headers["content-disposition"].startswith("attachment; filename=")


def test_what_is_exported_can_be_set_as_a_pdf(client: TestClient, candidate: Person, interview: Interview) -> None:
    export: dict[str, Any] = client.get(path(interview, "export"), headers=candidate.headers).json()
    printed = print_report(export)
    assert [item["question"] for item in printed["answers"]] == [said.question for said in TALK]
    assert printed["overall"]["figure"] == "71"
    assert TypstTypesetter().typeset(printed, made_at=datetime.now(UTC)).pages >= 2


def test_a_pdf_is_asked_for_once_and_then_downloaded(
    client: TestClient, candidate: Person, interview: Interview, session: Session
) -> None:
    headers = candidate.headers
    assert client.get(path(interview, "pdf"), headers=headers).json()["state"] == "none"
    early = client.get(path(interview, "pdf/file"), headers=headers)
    assert (early.status_code, error_code(early)) == (409, "PDF_NOT_READY")
    for _ in range(2):
        asked = client.post(path(interview, "pdf"), json={"utc_offset_min": 540}, headers=headers)
        assert (asked.status_code, asked.json()["state"]) == (202, "pending")
    assert len(jobs(session)) == 1
    assert session.get_one(ReportPdf, interview.id).utc_offset_min == 540
    finish_pdf(client, session, interview)
    assert client.post(path(interview, "pdf"), headers=headers).json()["state"] == "ready"
    assert client.get(path(interview, "pdf"), headers=headers).json()["pages"] == 2
    file = client.get(path(interview, "pdf/file"), headers=headers)
    assert (file.content, file.headers["content-type"]) == (b"%PDF-1.7 ", "application/pdf")
    assert len(jobs(session)) == 1


def test_a_report_that_was_written_again_needs_another_pdf(
    client: TestClient, candidate: Person, interview: Interview, session: Session
) -> None:
    client.post(path(interview, "pdf"), headers=candidate.headers)
    first = finish_pdf(client, session, interview).request_id
    report = session.get_one(Report, interview.id)
    assert report.finished_at is not None
    report.finished_at += timedelta(minutes=1)
    session.commit()
    assert client.get(path(interview, "pdf"), headers=candidate.headers).json()["state"] == "none"
    assert client.get(path(interview, "pdf/file"), headers=candidate.headers).status_code == 409
    assert client.post(path(interview, "pdf"), headers=candidate.headers).json()["state"] == "pending"
    session.expire_all()
    assert session.get_one(ReportPdf, interview.id).request_id != first
    assert len(jobs(session)) == 2


def test_a_pdf_that_could_not_be_made_says_so_and_can_be_asked_for_again(
    client: TestClient, candidate: Person, interview: Interview, session: Session
) -> None:
    client.post(path(interview, "pdf"), headers=candidate.headers)
    job = jobs(session)[0]
    settle(session, DeadJob(job_id=job.id, task=job.task, payload=job.payload, error_code="EXPIRED"))
    session.commit()
    body = client.get(path(interview, "pdf"), headers=candidate.headers).json()
    assert (body["state"], body["error_code"]) == ("failed", "expired")
    assert session.get_one(ReportPdf, interview.id).source is None
    assert client.post(path(interview, "pdf"), headers=candidate.headers).json()["state"] == "pending"


@pytest.mark.parametrize("status", [ReportStatus.PENDING, ReportStatus.RUNNING, ReportStatus.FAILED])
def test_only_a_finished_report_becomes_a_pdf(
    client: TestClient, candidate: Person, session: Session, status: ReportStatus
) -> None:
    interview = make_report(session, candidate.row, status=status, overall=None)
    response = client.post(path(interview, "pdf"), headers=candidate.headers)
    assert (response.status_code, error_code(response)) == (409, "REPORT_NOT_READY")
    assert client.get(path(interview, "export"), headers=candidate.headers).json()["report"]["status"] == status.value


def test_an_interview_that_goes_on_has_neither(client: TestClient, candidate: Person, session: Session) -> None:
    interview = make_interview(session, candidate.row)
    for method, action in (("GET", "export"), ("POST", "pdf")):
        response = client.request(method, path(interview, action), headers=candidate.headers)
        assert (response.status_code, error_code(response)) == (409, "INTERVIEW_NOT_FINISHED")


@pytest.mark.parametrize("offset", [-721, 841, 1.5, "x", None])
def test_an_offset_that_no_clock_has_is_refused(
    client: TestClient, candidate: Person, interview: Interview, offset: Any
) -> None:
    response = client.post(path(interview, "pdf"), json={"utc_offset_min": offset}, headers=candidate.headers)
    assert response.status_code == 422


def test_with_the_interview_its_pdf_goes_too(
    client: TestClient, candidate: Person, interview: Interview, session: Session
) -> None:
    client.post(path(interview, "pdf"), headers=candidate.headers)
    file = finish_pdf(client, session, interview).file
    assert file is not None
    assert client.delete(f"/api/v1/interviews/{interview.id}", headers=candidate.headers).status_code == 204
    session.expire_all()
    assert session.exec(select(ReportPdf)).all() == []
    with pytest.raises(NotFound):
        resources_of(client).storage.read(file)


@pytest.fixture
def watched(start_app: Callable[..., TestClient], session: Session) -> tuple[TestClient, Person, Interview]:
    """A finished practice whose candidate let the camera be looked at, on a server that may."""
    client = start_app(emotion_enabled=True)
    person = sign_in_as(client)
    interview = make_report(session, person.row)
    frame = FrameAnalysis(
        interview_id=interview.id, epoch=1, frame_ms=1000, is_face_found=True, is_facing=True, luminance=120.0,
        emotion={"happy": 0.73, "neutral": 0.27},
    )  # fmt: skip
    forge(session, frame, emotion_consent(interview))
    return client, person, interview


def test_what_is_taken_away_has_the_coaching_without_expressions(
    watched: tuple[TestClient, Person, Interview], session: Session
) -> None:
    client, person, interview = watched
    on_page = client.get(f"/api/v1/interviews/{interview.id}/delivery", headers=person.headers).json()
    assert on_page["picture"]["emotion"], "the page shows them to the candidate"
    export = client.get(path(interview, "export"), headers=person.headers).json()
    client.post(path(interview, "pdf"), headers=person.headers)
    session.expire_all()
    source = session.get_one(ReportPdf, interview.id).source
    assert source is not None
    for delivery in (export["delivery"], source["delivery"]):
        assert delivery["is_scored"] is False
        assert (delivery["picture"]["facing_share"], delivery["picture"]["lighting"]) == (1.0, "good")
        assert "happy" not in str(delivery)


def test_nothing_of_the_camera_is_taken_away_where_it_may_not_be_looked_at(
    client: TestClient, candidate: Person, session: Session
) -> None:
    """The server does not look at pictures, whatever an older version of it stored."""
    interview = make_report(session, candidate.row)
    frame = FrameAnalysis(interview_id=interview.id, epoch=1, frame_ms=1000, is_face_found=True, is_facing=True)
    forge(session, frame, emotion_consent(interview))
    delivery = client.get(path(interview, "export"), headers=candidate.headers).json()["delivery"]
    assert (delivery["picture"], delivery["no_picture"]) == (None, "not_allowed")


@pytest.mark.parametrize("purpose", ["emotion", "transcription"])
def test_a_consent_that_is_withdrawn_takes_the_pdf_with_it(
    watched: tuple[TestClient, Person, Interview], session: Session, purpose: str
) -> None:
    client, person, interview = watched
    consents = f"/api/v1/interviews/{interview.id}/consents"
    given = dict.fromkeys(("emotion", "transcription", "recording", "scoring"), True)
    assert client.put(consents, json=given, headers=person.headers).status_code == 200
    client.post(path(interview, "pdf"), headers=person.headers)
    file = finish_pdf(client, session, interview).file
    assert file is not None
    assert client.put(consents, json=given | {purpose: False}, headers=person.headers).status_code == 200
    assert client.get(path(interview, "pdf"), headers=person.headers).json()["state"] == "none"
    with pytest.raises(NotFound):
        resources_of(client).storage.read(file)
    client.post(path(interview, "pdf"), headers=person.headers)
    session.expire_all()
    source = session.get_one(ReportPdf, interview.id).source
    assert source is not None
    assert (source["delivery"]["picture"] is None) == (purpose == "emotion")


def test_a_pdf_in_the_making_stops_when_the_consent_goes(
    watched: tuple[TestClient, Person, Interview], session: Session
) -> None:
    client, person, interview = watched
    client.post(path(interview, "pdf"), headers=person.headers)
    consents = f"/api/v1/interviews/{interview.id}/consents"
    assert client.put(consents, json={}, headers=person.headers).status_code == 200
    assert [job.state for job in jobs(session)] == [JobState.CANCELLED]
