"""What candidates correct of their profiles, résumés that are posted as JSON, and the text that was read."""

import unicodedata
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session, select

from interview_core.db.questions import opening_template
from interview_core.db.resumes import candidate_names, effective_profile
from interview_core.db.tables import Job, Resume, ResumeChunk, ResumeStatus
from interview_core.experience import count_months
from interview_core.profiles import JsonResume
from tests.api.conftest import Person, error_code
from tests.factories import PROFILE, make_interview, make_resume

RESUMES = "/api/v1/resumes"
BOX = {"page": 1, "box": [56.0, 40.0, 128.0, 64.0], "text": "김하늘"}
JSON_RESUME = JsonResume.model_config["json_schema_extra"]["examples"][0]  # type: ignore[index,call-overload]


@pytest.fixture
def resume(session: Session, candidate: Person) -> Resume:
    sources = {"/name": [BOX], "/employments/0/company": [BOX], "/total_experience_months": [BOX], "/skills/0": [BOX]}
    groups = {"languages": [{"name": "Python", "weight": 1}, {"name": "C++", "weight": 2}], "other": []}
    return make_resume(session, candidate.row, profile={**PROFILE, "sources": sources, "skill_groups": groups})


def correct(client: TestClient, person: Person, resume: Resume, **fields: Any) -> Any:
    return client.patch(f"{RESUMES}/{resume.id}/profile", json=fields, headers=person.headers)


def read(client: TestClient, person: Person, resume: Resume) -> dict[str, Any]:
    body: dict[str, Any] = client.get(f"{RESUMES}/{resume.id}", headers=person.headers).json()
    return body


def test_a_correction_goes_before_what_was_read_and_is_taken_back_by_null(
    client: TestClient, candidate: Person, resume: Resume
) -> None:
    corrected = correct(client, candidate, resume, name=" 김하늘빛 ", target_role="데이터 엔지니어")
    assert corrected.status_code == 200
    body = read(client, candidate, resume)
    assert body == corrected.json()
    assert (body["profile"]["name"], body["profile"]["target_role"]) == ("김하늘빛", "데이터 엔지니어")
    assert body["corrected_fields"] == ["name", "target_role"]
    assert body["profile"]["email"] == PROFILE["email"]
    body = correct(client, candidate, resume, name=None).json()
    assert (body["profile"]["name"], body["corrected_fields"]) == ("김하늘", ["target_role"])
    assert body["profile"]["target_role"] == "데이터 엔지니어"


def test_what_is_not_in_the_resume_can_be_said_to_be_absent(
    client: TestClient, candidate: Person, resume: Resume
) -> None:
    profile = correct(client, candidate, resume, phone="", certifications=[]).json()["profile"]
    assert (profile["phone"], profile["certifications"]) == (None, [])


def test_a_corrected_value_has_a_source_only_where_the_document_holds_it(
    client: TestClient, candidate: Person, resume: Resume
) -> None:
    jobs = [{"company": "새벽마켓"}, {"company": "한빛커머스", "start": "2021-03", "is_current": True}]
    profile = correct(client, candidate, resume, name="아무개", employments=jobs).json()["profile"]
    assert set(profile["sources"]) == {"/employments/1/company", "/skills/0"}


def test_the_experience_is_counted_again_from_corrected_employments(
    client: TestClient, candidate: Person, resume: Resume
) -> None:
    jobs = [
        {"company": "가", "start": "2015-01", "end": "2015-12"},
        {"company": "나", "start": "2015-07", "end": "2016-06"},
        {"company": "다", "start": "2020-01", "is_current": True},
    ]
    profile = correct(client, candidate, resume, employments=jobs).json()["profile"]
    now = count_months([("2020-01", None)], datetime.now(UTC).date())
    assert now is not None
    assert profile["total_experience_months"] == 18 + now.at_least
    assert profile["seniority"] == "senior"
    years = correct(client, candidate, resume, employments=[{"company": "가", "start": "2015", "end": "2016"}]).json()
    assert years["profile"]["total_experience_months"] is None
    bounds = (years["profile"]["experience_months_at_least"], years["profile"]["experience_months_at_most"])
    assert bounds == (2, 24)
    said = correct(client, candidate, resume, total_experience_months=14).json()["profile"]
    assert (said["total_experience_months"], said["seniority"]) == (14, "junior")
    back = correct(client, candidate, resume, employments=None, total_experience_months=None).json()["profile"]
    assert back["total_experience_months"] == PROFILE["total_experience_months"]


def test_corrected_skills_keep_their_groups(client: TestClient, candidate: Person, resume: Resume) -> None:
    groups = correct(client, candidate, resume, skills=["C++", "한글 조판"]).json()["profile"]["skill_groups"]
    assert groups["languages"] == [{"name": "C++", "weight": 2}]
    assert [skill["name"] for skill in groups["other"]] == ["한글 조판"]


@pytest.mark.parametrize(
    "fields",
    [
        {"name": "x" * 301},
        {"name": "a\x00b"},
        {"nickname": "x"},
        {"is_resume": True},
        {"sources": {}},
        {"employments": [{"role": "no company"}]},
        {"employments": [{"company": " "}]},
        {"employments": [{"company": "x", "salary": "1"}]},
        {"employments": [{"company": "x", "start": "2021-13"}]},
        {"employments": [{"company": "x", "start": "2022-03", "end": "2021"}]},
        {"employments": [{"company": "x", "end": "2022-03", "is_current": True}]},
        {"employments": [{"company": "x"}] * 101},
        {"skills": ["x"] * 301},
        {"skills": "Python"},
        {"total_experience_months": -1},
        {"total_experience_months": 10**30},
        {"summary": "x" * 6001},
    ],
    ids=lambda fields: next(iter(fields)),
)
def test_what_is_no_correction_is_refused_and_changes_nothing(
    client: TestClient, candidate: Person, resume: Resume, fields: dict[str, Any]
) -> None:
    response = correct(client, candidate, resume, **fields)
    assert (response.status_code, error_code(response)) == (422, "VALIDATION_FAILED")
    assert read(client, candidate, resume)["corrected_fields"] == []


def test_composed_and_decomposed_letters_are_the_same_correction(
    client: TestClient, candidate: Person, resume: Resume
) -> None:
    assert (
        correct(client, candidate, resume, name=unicodedata.normalize("NFD", "김하늘빛")).json()["profile"]["name"]
        == "김하늘빛"
    )


def test_a_resume_that_was_not_read_cannot_be_corrected(
    client: TestClient, candidate: Person, session: Session
) -> None:
    pending = make_resume(session, candidate.row, status=ResumeStatus.PENDING, profile=None)
    response = correct(client, candidate, pending, name="x")
    assert (response.status_code, error_code(response)) == (409, "RESUME_NOT_READY")


def test_corrections_outlast_a_new_reading(
    client: TestClient, candidate: Person, resume: Resume, session: Session
) -> None:
    correct(client, candidate, resume, name="김하늘빛")
    assert client.post(f"{RESUMES}/{resume.id}/reprocess", headers=candidate.headers).status_code == 202
    session.refresh(resume)
    resume.profile = {**PROFILE, "name": "또 다르게 읽은 이름"}
    session.commit()
    assert read(client, candidate, resume)["profile"]["name"] == "김하늘빛"


def test_questions_use_the_corrected_name_and_hide_both(
    client: TestClient, candidate: Person, resume: Resume, session: Session
) -> None:
    correct(client, candidate, resume, name="하늘빛")
    session.refresh(resume)
    interview = make_interview(session, candidate.row, resume)
    question = opening_template(session, interview)
    assert "하늘빛" in question.text
    assert "김하늘" not in question.text.replace("하늘빛", "")
    assert candidate_names(resume) == ["김하늘", "하늘빛"]
    assert (effective_profile(resume) or {})["name"] == "하늘빛"


def test_a_resume_as_json_takes_the_way_of_a_file(client: TestClient, candidate: Person, session: Session) -> None:
    response = client.post(f"{RESUMES}/json", json=JSON_RESUME, headers=candidate.headers)
    assert response.status_code == 202
    row = session.exec(select(Resume)).one()
    assert (row.media_type, row.filename) == ("application/json", "resume.json")
    assert session.exec(select(Job.task)).one() == "resume.parse"
    original = client.get(f"{RESUMES}/{row.id}/original", headers=candidate.headers)
    assert original.content == response.request.content
    assert original.headers["content-type"] == "application/json"


def test_the_same_json_is_the_known_resume(client: TestClient, candidate: Person, session: Session) -> None:
    first = client.post(f"{RESUMES}/json", json=JSON_RESUME, headers=candidate.headers)
    second = client.post(f"{RESUMES}/json", json=JSON_RESUME, headers=candidate.headers)
    assert (second.status_code, second.json()["id"]) == (200, first.json()["id"])
    assert len(session.exec(select(Job)).all()) == 1


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"name": "김하늘", "contact": {"email": "a@b.kr"}},
        {"summary": "x", "photo": "…"},
        {"summary": "x", "skills": {"dancing": ["Tango"]}},
        {"summary": "x" * 6001},
        {"employments": [{"company": "x", "start": "yesterday"}]},
    ],
    ids=["nothing", "only contact", "unknown field", "unknown group", "too long", "no date"],
)
def test_json_that_is_no_resume_is_refused(
    client: TestClient, candidate: Person, session: Session, body: dict[str, Any]
) -> None:
    response = client.post(f"{RESUMES}/json", json=body, headers=candidate.headers)
    assert (response.status_code, error_code(response)) == (422, "VALIDATION_FAILED")
    assert session.exec(select(Resume)).all() == []


def test_json_that_is_uploaded_as_a_file_is_text(client: TestClient, candidate: Person) -> None:
    files = {"file": ("resume.json", BytesIO(b'{"name": "x"}'))}
    response = client.post(RESUMES, files=files, headers=candidate.headers)
    assert response.json()["media_type"] == "text/plain"


def test_passages_are_the_text_in_its_order(
    client: TestClient, candidate: Person, stranger: Person, resume: Resume, session: Session
) -> None:
    for position in (1, 0):
        session.add(ResumeChunk(resume_id=resume.id, position=position, section="skills", page=1, text=f"{position}"))
    session.commit()
    response = client.get(f"{RESUMES}/{resume.id}/passages", headers=candidate.headers)
    assert [item["text"] for item in response.json()["items"]] == ["0", "1"]
    other = client.get(f"{RESUMES}/{resume.id}/passages", headers=stranger.headers)
    assert (other.status_code, error_code(other)) == (404, "RESUME_NOT_FOUND")


def test_the_documentations_example_is_a_resume(client: TestClient, candidate: Person) -> None:
    schema = client.get("/openapi.json").json()["components"]["schemas"]["JsonResume"]
    example = schema["examples"][0]
    assert client.post(f"{RESUMES}/json", json=example, headers=candidate.headers).status_code == 202
