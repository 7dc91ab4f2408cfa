"""Trials F3 and F19: the API is killed while it takes a file, and the disk is full."""

import os
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import httpx
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
