"""Trials F3, F19 and B4: the API is killed while it takes a file, the disk is full, and forms are broken."""

import os
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import httpx
import psutil
import pytest

from interview_core.orphans import OrphanCleaner
from interview_core.storage import Storage
from tests.stack import Stack

pytestmark = pytest.mark.faults

PASSWORD = "정직한 말 staple 9"
MEGABYTE = 1024 * 1024


@pytest.fixture
def candidate(stack: Stack) -> Callable[[], httpx.Client]:
    """Return a function that registers and signs a candidate in."""

    def sign_in() -> httpx.Client:
        client = httpx.Client(base_url=f"{stack.api_url}/api/v1", timeout=20)
        name = f"candidate-{uuid4().hex[:10]}"
        client.post("/auth/register", json={"username": name, "password": PASSWORD}).raise_for_status()
        answer = client.post("/auth/token", data={"username": name, "password": PASSWORD}).raise_for_status()
        client.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        return client

    return sign_in


def files_in(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in (folder / "resumes").rglob("*") if path.is_file()}


def keys_in(stack: Stack) -> set[str]:
    return set(stack.one("SELECT array_agg(file) FROM resume") or [])


def test_after_kills_during_uploads_no_row_lacks_its_file_and_no_file_stays_without_a_row(
    stack: Stack, candidate: Callable[[], httpx.Client]
) -> None:
    folder = stack.folder / "uploads"
    stack.start("backend")
    for round_number in range(10):
        client = candidate()
        sending = threading.Thread(target=send_many, args=(client, round_number))
        sending.start()
        time.sleep(0.05 + round_number * 0.04)
        stack.services["backend"].kill()
        sending.join()
        stack.start("backend")

    assert keys_in(stack) <= files_in(folder)
    client = candidate()
    stored = upload(client, 7).json()["id"]
    stack.services["backend"].kill()
    stack.start("backend")
    assert upload(client, 7).json()["id"] == stored

    for path in (folder / "resumes").rglob("*"):
        os.utime(path, (time.time() - 660, time.time() - 660))
    cleaner = OrphanCleaner(stack.sessions, Storage(folder.as_uri()), pause=timedelta(0))
    for _ in range(10):
        cleaner.clean()
    assert files_in(folder) == keys_in(stack)


def send_many(client: httpx.Client, round_number: int) -> None:
    for number in range(20):
        content = b"%PDF-1.7\n" + f"{round_number} {number}".encode() * 200_000
        try:
            client.post("/resumes", files={"file": ("resume.pdf", content)})
        except httpx.HTTPError:
            return


@pytest.fixture
def small_disk(stack: Stack) -> Iterator[Path]:
    """The platform's storage on a disk of three megabytes."""
    disk = stack.folder / "uploads"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(disk)]
    if os.geteuid() != 0 or subprocess.run(mount, check=False).returncode != 0:
        pytest.skip("only root may mount a small disk")
    try:
        yield disk
    finally:
        subprocess.run(["umount", "--lazy", str(disk)], check=True)


def test_a_full_disk_is_said_leaves_nothing_behind_and_can_be_emptied(
    stack: Stack, small_disk: Path, candidate: Callable[[], httpx.Client]
) -> None:
    stack.start("backend")
    client = candidate()
    kept = [upload(client, number) for number in range(2)]
    assert [answer.status_code for answer in kept] == [202, 202]

    refused = upload(client, 2)

    assert refused.status_code == 507
    assert refused.json().keys() == {"detail", "error_code", "timestamp", "details", "request_id"}
    assert refused.json()["error_code"] == "STORAGE_FULL"
    assert files_in(small_disk) == keys_in(stack)
    assert client.get("/resumes").json()["total"] == 2

    erased = client.delete(f"/resumes/{kept[0].json()['id']}")
    assert erased.status_code == 204
    assert upload(client, 3).status_code == 202
    assert files_in(small_disk) == keys_in(stack)


def upload(client: httpx.Client, number: int) -> httpx.Response:
    content = b"%PDF-1.7\n" + bytes([number]) * (5 * MEGABYTE // 4)
    return client.post("/resumes", files={"file": ("resume.pdf", content)})


def part(name: str, content: bytes = b"1") -> bytes:
    return b'--edge\r\nContent-Disposition: form-data; name="' + name.encode() + b'"\r\n\r\n' + content + b"\r\n"


def stream_of_a_hundred_megabytes() -> Iterator[bytes]:
    yield b'--edge\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n%PDF-'
    for _ in range(100):
        yield bytes(MEGABYTE)


FORM = {"Content-Type": "multipart/form-data; boundary=edge"}
FILE_HEAD = b'--edge\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n'
BROKEN: dict[str, Callable[[httpx.Client], httpx.Response]] = {
    "no boundary": lambda client: client.post(
        "/resumes", content=part("file"), headers={"Content-Type": "multipart/form-data"}
    ),
    "ten thousand parts": lambda client: client.post(
        "/resumes", content=part("x") * 10_000 + b"--edge--\r\n", headers=FORM
    ),
    "a part's header of a megabyte": lambda client: client.post(
        "/resumes", content=FILE_HEAD + b"X: " + b"y" * MEGABYTE + b"\r\n\r\n%PDF-\r\n--edge--\r\n", headers=FORM
    ),
    "cut off": lambda client: client.post("/resumes", content=FILE_HEAD + b"\r\n%PDF-1.7", headers=FORM),
    "a hundred megabytes": lambda client: client.post(
        "/resumes", content=stream_of_a_hundred_megabytes(), headers=FORM
    ),
    "two files": lambda client: client.post(
        "/resumes", files=[("file", ("a.pdf", b"%PDF-1")), ("file", ("b.pdf", b"%PDF-2"))]
    ),
}


def answer_to_wrong_length(client: httpx.Client, length: int) -> bytes:
    """Send a form of some hundred bytes that says it has another length, and return what comes until the end."""
    address = client.base_url
    head = (
        f"POST {address.path}resumes HTTP/1.1\r\nHost: {address.host}\r\nConnection: close\r\n"
        f"Authorization: {client.headers['Authorization']}\r\nContent-Type: {FORM['Content-Type']}\r\n"
        f"Content-Length: {length}\r\n\r\n"
    )
    with socket.create_connection((address.host, address.port or 80), timeout=60) as connection:
        body = FILE_HEAD + b"\r\n%PDF-1.7" + bytes(200) + b"\r\n--edge--\r\n"
        connection.sendall(head.encode() + body)
        if length > len(body):
            connection.shutdown(socket.SHUT_WR)
        try:
            return b"".join(iter(lambda: connection.recv(65536), b""))
        except ConnectionResetError:
            return b""


def test_broken_forms_are_refused_and_leave_the_api_as_small_as_it_was(
    stack: Stack, candidate: Callable[[], httpx.Client]
) -> None:
    """Trial B4."""
    stack.start("backend")
    client = candidate()
    assert upload(client, 1).status_code == 202
    backend = psutil.Process(stack.services["backend"].pid)
    before = backend.memory_info().rss

    for name, send in BROKEN.items():
        try:
            refused = send(client)
        except (httpx.WriteError, httpx.ReadError, httpx.RemoteProtocolError):
            continue  # closed under the writer
        assert 400 <= refused.status_code < 500, name
        assert refused.json()["error_code"], name
    for length in (60, 5_000_000):
        answer = answer_to_wrong_length(client, length)
        # Nobody is there any more to whom a form that never ended could be refused.
        assert answer.startswith(b"HTTP/1.1 4") or (length > 60 and not answer), answer[:200]

    assert backend.memory_info().rss - before <= 20 * MEGABYTE
    assert client.get("/resumes").json()["total"] == 1
