"""Hashing passwords with argon2id, a few at a time and never on the event loop."""

import secrets

from anyio import CapacityLimiter, to_thread
from passlib.hash import argon2

_MEMORY_KIB = 19 * 1024


class Passwords:
    """Hashes and checks passwords in threads of its own, so that many sign-ins leave the other requests alone."""

    def __init__(self, *, threads: int) -> None:
        self._scheme = argon2.using(type="ID", memory_cost=_MEMORY_KIB, time_cost=2, parallelism=1)
        self._limiter = CapacityLimiter(threads)
        self._decoy: str = self._scheme.hash(secrets.token_hex())

    async def hash(self, password: str) -> str:
        return str(await to_thread.run_sync(self._scheme.hash, password, limiter=self._limiter))

    async def verify(self, password: str, password_hash: str | None) -> bool:
        """Tell whether the password fits; without a hash it takes the same time and never fits."""
        fits = await to_thread.run_sync(self._fits, password, password_hash or self._decoy, limiter=self._limiter)
        return fits and password_hash is not None

    def hash_now(self, password: str) -> str:
        """Hash in the caller's thread."""
        return str(self._scheme.hash(password))

    def _fits(self, password: str, password_hash: str) -> bool:
        try:
            return bool(self._scheme.verify(password, password_hash))
        except ValueError:
            return False
