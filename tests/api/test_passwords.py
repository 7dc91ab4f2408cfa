"""Invariant 11 where it costs most: hashing takes tens of milliseconds of processor time."""

import subprocess
import sys
import threading

import pytest

from interview_api.auth.passwords import Passwords


class Watched(Passwords):
    """Notes in which thread it hashes."""

    def __init__(self) -> None:
        super().__init__(threads=1)
        self.threads: list[int] = []

    def hash_now(self, password: str) -> str:
        self.threads.append(threading.get_ident())
        return super().hash_now(password)

    def _fits(self, password: str, password_hash: str) -> bool:
        self.threads.append(threading.get_ident())
        return super()._fits(password, password_hash)


async def test_passwords_are_never_hashed_on_the_event_loop() -> None:
    passwords = Watched()
    kept = await passwords.hash("정직한 말 staple 9")
    assert await passwords.verify("정직한 말 staple 9", kept)
    assert not await passwords.verify("정직한 말 staple 9", None)
    assert len(passwords.threads) == 3
    assert threading.get_ident() not in passwords.threads
    passwords.close()


_HASH_UNPRIVILEGED = """
import asyncio, os
from interview_api.auth.passwords import Passwords
passwords = Passwords(threads=1)
if os.getuid() == 0:
    os.setuid(65534)  # once everything is imported, which may lie where only root can read
print(asyncio.run(passwords.hash("정직한 말 staple 9"))[:9])
passwords.close()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="niceness belongs to a thread on Linux only")
def test_passwords_are_hashed_by_a_user_whose_process_was_started_nicer_than_that() -> None:
    command = ["nice", "-n", "10", sys.executable, "-c", _HASH_UNPRIVILEGED]
    run = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert run.stdout.strip() == "$argon2id", run.stderr
