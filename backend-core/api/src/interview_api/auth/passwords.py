"""Hashing passwords with argon2id, a few at a time and never on the event loop."""

import asyncio
import os
import secrets
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import cache

from passlib.hash import argon2

_MEMORY_KIB = 19 * 1024
_NICENESS = 3
_SCHEME = argon2.using(type="ID", memory_cost=_MEMORY_KIB, time_cost=2, parallelism=1)


class Passwords:
    """Hashes and checks passwords in threads of its own, so that many sign-ins leave the other requests alone.

    `turn` is held for a whole sign-in: a hundred that arrive at once would otherwise crowd the shared threads
    and the interpreter lock with look-ups that then wait for a hashing thread all the same.
    """

    def __init__(self, *, threads: int) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="passwords", initializer=_give_way)
        self.turn = asyncio.Semaphore(2 * threads)
        self._decoy = _decoy_hash()

    async def hash(self, password: str) -> str:
        return await asyncio.get_running_loop().run_in_executor(self._pool, self.hash_now, password)

    async def verify(self, password: str, password_hash: str | None) -> bool:
        """Tell whether the password fits; without a hash it takes the same time and never fits."""
        loop = asyncio.get_running_loop()
        fits = await loop.run_in_executor(self._pool, self._fits, password, password_hash or self._decoy)
        return fits and password_hash is not None

    def hash_now(self, password: str) -> str:
        """Hash in the caller's thread."""
        return str(_SCHEME.hash(password))

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _fits(self, password: str, password_hash: str) -> bool:
        try:
            return bool(_SCHEME.verify(password, password_hash))
        except ValueError:
            return False


@cache
def _decoy_hash() -> str:
    """Return the hash that is checked where there is no account."""
    return str(_SCHEME.hash(secrets.token_hex()))


def _give_way() -> None:
    """Let the event loop have the processor first; on Linux niceness belongs to a thread."""
    if sys.platform != "linux":
        return
    thread = threading.get_native_id()
    # Only root may become less nice, and the platform may have been started under `nice`.
    wanted = max(_NICENESS, os.getpriority(os.PRIO_PROCESS, thread))
    with suppress(PermissionError):
        os.setpriority(os.PRIO_PROCESS, thread, wanted)
