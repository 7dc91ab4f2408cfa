"""Uploading, reading, downloading, processing again and deleting résumés."""

import unicodedata
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from uuid import UUID, uuid4

import httpx
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text
from sqlalchemy.orm import sessionmaker
from sqlmodel import Session, select

from interview_api.resumes.files import PDF as PDF_TYPE
from interview_api.resumes.files import display_name
from interview_core.db.tables import Interview, Job, JobState, Resume, ResumeChunk, ResumeStatus
from interview_core.jobs import Claim, LeaseLost, claim, finish
from tests.api.conftest import Person, Server, error_code, make_signed_in, resources_of, sign_in_as
from tests.factories import make_interview, make_resume

RESUMES = "/api/v1/resumes"
PDF = b"%PDF-1.7\n" + bytes(range(256)) * 4
TEXT = "김하늘\n백엔드 개발자, C++/C#, CI/CD, 95 %\n".encode()
DOCX = b"PK\x03\x04" + bytes(22) + b"word/document.xml" + bytes(64)
DOCX_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MEGABYTE = 1024 * 1024


def upload(client: TestClient, person: Person, content: bytes = PDF, name: str = "resume.pdf") -> httpx.Response:
    return client.post(RESUMES, files={"file": (name, content)}, headers=person.headers)


def stored_files(storage_url: str) -> list[Path]:
    return [path for path in Path(unquote(urlsplit(storage_url).path)).rglob("*") if path.is_file()]


def test_an_uploaded_resume_is_stored_with_its_row_and_its_job(
    client: TestClient, candidate: Person, session: Session, storage_url: str
) -> None:
    response = upload(client, candidate, PDF, "이력서.pdf")
    assert response.status_code == 202
    body = response.json()
    assert (body["status"], body["step"], body["percent"]) == ("pending", "upload", 0)
    assert (body["filename"], body["media_type"], body["size_bytes"]) == ("이력서.pdf", "application/pdf", len(PDF))
    resume = session.exec(select(Resume)).one()
    assert resume.file == f"resumes/{body['id']}/original.pdf"
    assert [path.read_bytes() for path in stored_files(storage_url)] == [PDF]
    job = session.exec(select(Job)).one()
    assert (job.task, job.state, job.subject_id) == ("resume.parse", JobState.QUEUED, resume.id)
    assert job.payload == {"resume_id": body["id"], "file": resume.file}


def test_a_worker_is_woken_through_redis(client: TestClient, candidate: Person, redis: Any) -> None:
    upload(client, candidate)
    assert redis.llen("cpu_queue") == 1
    assert b"resume.pdf" not in redis.lindex("cpu_queue", 0)


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (PDF, "application/pdf"),
        (b"\xef\xbb\xbf\n%PDF-1.4 after a mark", "application/pdf"),
        (b"\x00junk before%PDF-1.4", "application/pdf"),
        (TEXT, "text/plain"),
        (b"\xef\xbb\xbf" + TEXT, "text/plain"),
        (("한" * 300_000).encode(), "text/plain"),
        (b"it mentions %PDF-1.4 in words", "text/plain"),
        (DOCX, DOCX_TYPE),
        (b"PK\x03\x04" + bytes(300_000 - 3) + b"word/document.xml", DOCX_TYPE),
        (OLD_OFFICE + "EncryptedPackage".encode("utf-16-le"), DOCX_TYPE),
        (b"\x89PNG\r\n\x1a\n" + bytes(64), "image/png"),
        (b"\xff\xd8\xff\xe0" + bytes(64), "image/jpeg"),
        (b"\xff\xd8\xff\xe0 a picture and %PDF-1.4", "image/jpeg"),
        (b"%PDF-1.4 and a zip PK\x03\x04 word/document.xml", "application/pdf"),
    ],
    ids=[
        "pdf", "pdf after a mark", "pdf after junk", "text", "text with a mark", "long text", "text about PDF", "docx",
        "docx with its names far inside", "docx with a password", "png", "jpeg", "jpeg and pdf", "pdf and zip",
    ],
)  # fmt: skip
def test_the_type_is_what_the_content_says(
    client: TestClient, candidate: Person, content: bytes, media_type: str
) -> None:
    response = client.post(RESUMES, files={"file": ("photo.png", content, "image/png")}, headers=candidate.headers)
    assert (response.status_code, response.json()["media_type"]) == (202, media_type)


@pytest.mark.parametrize(
    "content",
    [
        b"GIF89a" + bytes(64),
        b"PK\x03\x04" + bytes(64),
        OLD_OFFICE + bytes(64),
        b"\xff\xfe\x00\x00",
        "김하늘".encode("cp949"),
        b"text\x00with NUL",
        b"\xed\xa0\x80 half a surrogate",
        "끝이 잘림".encode()[:-1],
    ],
    ids=["gif", "zip", "old word", "utf-32", "cp949", "nul", "surrogate", "cut off"],
)
def test_what_is_of_no_kind_that_is_read_is_refused(
    client: TestClient, candidate: Person, session: Session, storage_url: str, content: bytes
) -> None:
    response = upload(client, candidate, content, "resume.pdf")
    assert (response.status_code, error_code(response)) == (415, "UNSUPPORTED_FILE_TYPE")
    assert session.exec(select(Resume)).all() == []
    assert stored_files(storage_url) == []


def test_an_empty_file_is_refused(client: TestClient, candidate: Person) -> None:
    response = upload(client, candidate, b"")
    assert (response.status_code, error_code(response)) == (422, "EMPTY_FILE")


@pytest.mark.parametrize("size", [10 * MEGABYTE + 1, 11 * MEGABYTE])
def test_a_file_above_the_limit_is_refused(
    client: TestClient, candidate: Person, session: Session, storage_url: str, size: int
) -> None:
    response = upload(client, candidate, b"%PDF-" + bytes(size - 5))
    assert (response.status_code, error_code(response)) == (413, "FILE_TOO_LARGE")
    assert session.exec(select(Job)).all() == []
    assert stored_files(storage_url) == []


def test_a_file_at_the_limit_is_taken(client: TestClient, candidate: Person) -> None:
    assert upload(client, candidate, b"%PDF-" + bytes(10 * MEGABYTE - 5)).status_code == 202


def test_an_endless_upload_is_stopped_while_it_is_read(server: Server) -> None:
    person = make_signed_in(server.resources)
    sent = 0

    def endless() -> Iterator[bytes]:
        nonlocal sent
        yield b'--edge\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n%PDF-'
        while sent < 400 * MEGABYTE:
            sent += MEGABYTE
            yield bytes(MEGABYTE)

    headers = {**person.headers, "Content-Type": "multipart/form-data; boundary=edge"}
    try:
        response = httpx.post(f"{server.url}{RESUMES}", content=endless(), headers=headers, timeout=60)
        assert (response.status_code, error_code(response)) == (413, "FILE_TOO_LARGE")
    except (httpx.WriteError, httpx.ReadError):
        pass  # the connection was closed under the writer
    assert sent < 40 * MEGABYTE


@pytest.mark.parametrize(
    ("headers", "content"),
    [
        ({"Content-Type": "multipart/form-data"}, b"no boundary"),
        ({"Content-Type": "multipart/form-data; boundary=edge"}, b"not what it says"),
        ({"Content-Type": "multipart/form-data; boundary=edge"}, b"--edge\r\n" + b"X: " + b"y" * 100_000),
        ({"Content-Type": "application/json"}, b"{}"),
        ({"Content-Type": "application/pdf"}, PDF),
        ({}, b""),
    ],
    ids=["no boundary", "no parts", "long header", "json", "bare pdf", "nothing"],
)
def test_a_broken_form_is_refused(
    client: TestClient, candidate: Person, headers: dict[str, str], content: bytes
) -> None:
    response = client.post(RESUMES, content=content, headers={**candidate.headers, **headers})
    assert response.status_code in (400, 422)
    assert error_code(response) in ("BAD_REQUEST", "VALIDATION_FAILED")


def test_a_form_of_ten_thousand_parts_and_one_of_two_files_are_refused(client: TestClient, candidate: Person) -> None:
    part = b'--edge\r\nContent-Disposition: form-data; name="x"\r\n\r\n1\r\n'
    headers = {**candidate.headers, "Content-Type": "multipart/form-data; boundary=edge"}
    many = client.post(RESUMES, content=part * 10_000 + b"--edge--\r\n", headers=headers)
    assert (many.status_code, error_code(many)) == (400, "BAD_REQUEST")
    two = client.post(RESUMES, files=[("file", ("a.pdf", PDF)), ("file", ("b.pdf", PDF))], headers=candidate.headers)
    assert (two.status_code, error_code(two)) == (400, "BAD_REQUEST")


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\kim\\resume.pdf", "resume.pdf"),
        (unicodedata.normalize("NFD", "이력서.pdf"), "이력서.pdf"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("a\u200bb\tc.pdf", "abc.pdf"),
        ("...", "resume.pdf"),
        ("x" * 4000 + ".pdf", "x" * 251 + ".pdf"),
        ('quo"te.pdf', 'quo"te.pdf'),
    ],
)
def test_a_filename_is_shown_without_tricks(client: TestClient, candidate: Person, given: str, shown: str) -> None:
    assert display_name(given, PDF_TYPE) == shown
    body = upload(client, candidate, PDF, given).json()
    assert len(body["filename"]) <= 255
    assert "/" not in body["filename"]


def test_the_same_file_again_is_the_known_resume(client: TestClient, candidate: Person, session: Session) -> None:
    first = upload(client, candidate, PDF, "one.pdf")
    again = upload(client, candidate, PDF, "two.pdf")
    assert again.status_code == 200
    assert again.json() == first.json()
    assert len(session.exec(select(Job)).all()) == 1


def test_the_same_file_of_two_people_is_two_resumes(client: TestClient, candidate: Person, stranger: Person) -> None:
    assert upload(client, candidate).json()["id"] != upload(client, stranger).json()["id"]


def test_the_same_file_ten_times_at_once_is_one_resume(server: Server, session: Session, storage_url: str) -> None:
    person = make_signed_in(server.resources)

    def send(_: int) -> httpx.Response:
        return httpx.post(f"{server.url}{RESUMES}", files={"file": ("a.pdf", PDF)}, headers=person.headers, timeout=30)

    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(send, range(10)))
    assert sorted(answer.status_code for answer in answers) == [200] * 9 + [202]
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert len(session.exec(select(Job)).all()) == 1
    assert len(stored_files(storage_url)) == 1


def test_an_upload_succeeds_while_redis_is_away(
    start_app: Callable[..., TestClient], free_port: Callable[[], int], session: Session
) -> None:
    client = start_app(redis_url=f"redis://127.0.0.1:{free_port()}/0")
    person = sign_in_as(client)
    assert upload(client, person).status_code == 202
    assert session.exec(select(Job.state)).one() is JobState.QUEUED
    assert client.get(RESUMES, headers=person.headers).json()["total"] == 1


def test_an_upload_that_cannot_be_stored_leaves_nothing(
    start_app: Callable[..., TestClient], tmp_path: Path, session: Session
) -> None:
    client = start_app(storage_url=(tmp_path / "store").as_uri())
    person = sign_in_as(client)
    (tmp_path / "store").rmdir()
    (tmp_path / "store").write_text("a file is in the way")
    response = upload(client, person)
    assert (response.status_code, error_code(response)) == (503, "STORAGE_UNAVAILABLE")
    assert session.exec(select(Resume)).all() == []


def test_an_upload_that_cannot_be_committed_leaves_no_file(
    client: TestClient, candidate: Person, session: Session, storage_url: str
) -> None:
    session.execute(text("CREATE TABLE job_away AS TABLE job"))
    session.execute(text("ALTER TABLE job RENAME TO job_hidden"))
    session.commit()
    try:
        response = upload(client, candidate)
        assert (response.status_code, error_code(response)) == (500, "INTERNAL")
        assert stored_files(storage_url) == []
        assert session.exec(select(Resume)).all() == []
    finally:
        session.rollback()
        session.execute(text("ALTER TABLE job_hidden RENAME TO job"))
        session.execute(text("DROP TABLE job_away"))
        session.commit()


def test_resumes_are_listed_newest_first_in_pages(client: TestClient, candidate: Person) -> None:
    ids = [upload(client, candidate, TEXT + str(n).encode()).json()["id"] for n in range(3)]
    page = client.get(RESUMES, params={"limit": 2, "offset": 1}, headers=candidate.headers).json()
    assert page["total"] == 3
    assert [item["id"] for item in page["items"]] == [ids[1], ids[0]]


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "offset=-1", "offset=99999999999999999999", "limit=x"])
def test_page_sizes_have_bounds(client: TestClient, candidate: Person, query: str) -> None:
    response = client.get(f"{RESUMES}?{query}", headers=candidate.headers)
    assert (response.status_code, error_code(response)) == (422, "VALIDATION_FAILED")


def test_a_ready_resume_shows_its_profile(client: TestClient, candidate: Person, session: Session) -> None:
    resume = make_resume(session, candidate.row)
    body = client.get(f"{RESUMES}/{resume.id}", headers=candidate.headers).json()
    assert body["profile"]["name"] == "김하늘"
    assert body["profile"]["skills"] == ["Python", "C++", "Redis", "PostgreSQL", "CI/CD"]
    assert body["profile"]["employments"][0]["end"] is None
    assert body["error"] is None


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("encrypted", "encrypted"),
        ("expired", "expired"),
        ("ocr_missing", "ocr_missing"),
        ("some_new_code", "internal"),
        (None, "internal"),
    ],
)
def test_a_failed_resume_says_why(
    client: TestClient, candidate: Person, session: Session, stored: str | None, shown: str
) -> None:
    resume = make_resume(session, candidate.row, status=ResumeStatus.FAILED, profile=None)
    resume.error_code = stored
    session.commit()
    body = client.get(f"{RESUMES}/{resume.id}", headers=candidate.headers).json()
    assert (body["status"], body["error"]) == ("failed", {"code": shown})


def test_the_original_is_downloaded_as_it_was_and_never_shown_in_the_page(
    client: TestClient, candidate: Person
) -> None:
    resume_id = upload(client, candidate, PDF, '이력서 "최종".pdf').json()["id"]
    response = client.get(f"{RESUMES}/{resume_id}/original", headers=candidate.headers)
    assert response.content == PDF
    assert response.headers["content-type"] == "application/pdf"
    disposition = response.headers["content-disposition"]
    assert disposition.startswith('attachment; filename="')
    assert unquote(disposition.partition("UTF-8''")[2]).endswith(".pdf")
    assert response.headers["x-content-type-options"] == "nosniff"


def test_an_original_that_is_gone_is_not_found(client: TestClient, candidate: Person, session: Session) -> None:
    resume = make_resume(session, candidate.row)
    response = client.get(f"{RESUMES}/{resume.id}/original", headers=candidate.headers)
    assert (response.status_code, error_code(response)) == (404, "FILE_NOT_FOUND")


@pytest.mark.parametrize("status", [ResumeStatus.PENDING, ResumeStatus.RUNNING])
def test_a_resume_that_is_being_read_is_not_read_twice(
    client: TestClient, candidate: Person, session: Session, status: ResumeStatus
) -> None:
    resume = make_resume(session, candidate.row, status=status)
    response = client.post(f"{RESUMES}/{resume.id}/reprocess", headers=candidate.headers)
    assert (response.status_code, error_code(response)) == (409, "RESUME_BUSY")


@pytest.mark.parametrize("status", [ResumeStatus.READY, ResumeStatus.FAILED])
def test_a_finished_resume_can_be_read_again(
    client: TestClient, candidate: Person, session: Session, status: ResumeStatus
) -> None:
    resume = make_resume(session, candidate.row, status=status)
    response = client.post(f"{RESUMES}/{resume.id}/reprocess", headers=candidate.headers)
    assert response.status_code == 202
    assert (response.json()["status"], response.json()["percent"]) == ("pending", 0)
    assert session.exec(select(Job.task)).one() == "resume.parse"


def test_deleting_a_resume_takes_everything_but_the_interviews(
    client: TestClient, candidate: Person, session: Session, sessions: sessionmaker[Session], storage_url: str
) -> None:
    resume_id = UUID(upload(client, candidate).json()["id"])
    session.add(ResumeChunk(resume_id=resume_id, position=0, section="skills", page=1, text="Python"))
    interview = make_interview(session, candidate.row, session.get_one(Resume, resume_id))
    with sessions() as other:
        running = claim(other, session.exec(select(Job.id).where(Job.task == "resume.parse")).one(), lease_s=30)
    assert isinstance(running, Claim)
    assert client.delete(f"{RESUMES}/{resume_id}", headers=candidate.headers).status_code == 204
    session.expire_all()
    assert stored_files(storage_url) == []
    assert session.exec(select(ResumeChunk)).all() == []
    assert session.exec(select(Job.state).where(Job.id == running.job_id)).one() is JobState.CANCELLED
    assert session.exec(select(Interview)).one().resume_id is None
    with sessions() as other, pytest.raises(LeaseLost):
        finish(other, running)
    read = client.get(f"/api/v1/interviews/{interview.id}", headers=candidate.headers).json()
    assert read["resume_id"] is None
    assert client.delete(f"{RESUMES}/{resume_id}", headers=candidate.headers).status_code == 404


@pytest.mark.parametrize("resume_id", ["x", "1", "00000000-0000-0000-0000-00000000000g", "%00"])
def test_an_id_that_is_none_is_refused(client: TestClient, candidate: Person, resume_id: str) -> None:
    response = client.get(f"{RESUMES}/{resume_id}", headers=candidate.headers)
    assert (response.status_code, error_code(response)) == (422, "VALIDATION_FAILED")


def test_an_unknown_id_is_not_found(client: TestClient, candidate: Person) -> None:
    response = client.get(f"{RESUMES}/{uuid4()}", headers=candidate.headers)
    assert (response.status_code, error_code(response)) == (404, "RESUME_NOT_FOUND")


def test_a_session_of_the_pool_is_back_after_every_request(client: TestClient, candidate: Person) -> None:
    pool: Any = resources_of(client).engine.pool
    for _ in range(30):
        client.get(RESUMES, headers=candidate.headers)
        client.get(f"{RESUMES}/{uuid4()}", headers=candidate.headers)
        upload(client, candidate, b"\x00")
    assert pool.checkedout() == 0
