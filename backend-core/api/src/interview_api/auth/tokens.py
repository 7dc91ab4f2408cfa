"""Access tokens are signed and short-lived; refresh tokens are opaque, and each follows from the one before."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from uuid import UUID

from interview_api.settings import ApiSettings
from interview_core.errors import TokenInvalid
from interview_core.tickets import read_token, sign_token

ACCESS_AUDIENCE = "interview-api"


@dataclass(frozen=True)
class AccessClaims:
    user_id: UUID
    session_id: UUID


def sign_access_token(claims: AccessClaims, settings: ApiSettings) -> str:
    return sign_token(
        {"sub": str(claims.user_id), "sid": str(claims.session_id)},
        secret=settings.secret_key.get_secret_value(),
        audience=ACCESS_AUDIENCE,
        lifetime_s=settings.access_token_lifetime_s,
    )


def read_access_token(token: str, settings: ApiSettings) -> AccessClaims:
    """Return what the token claims, or raise TokenInvalid."""
    claims = read_token(token, secret=settings.secret_key.get_secret_value(), audience=ACCESS_AUDIENCE)
    user_id, session_id = _as_uuid(claims.get("sub")), _as_uuid(claims.get("sid"))
    if user_id is None or session_id is None:
        raise TokenInvalid("The token is not valid; sign in again.")
    return AccessClaims(user_id, session_id)


@dataclass(frozen=True)
class RefreshToken:
    """The cookie's content: which login session, and a secret that only its holder knows."""

    session_id: UUID
    secret: str

    @classmethod
    def new(cls, session_id: UUID) -> "RefreshToken":
        return cls(session_id, secrets.token_hex(32))

    @classmethod
    def parse(cls, text: str | None) -> "RefreshToken | None":
        """Return the token, or None of a text that never was one."""
        session_part, _, secret = (text or "").partition(".")
        session_id = _as_uuid(session_part)
        is_hex = len(secret) == 64 and all(letter in "0123456789abcdef" for letter in secret)
        return cls(session_id, secret) if session_id and is_hex else None

    def next(self, settings: ApiSettings) -> "RefreshToken":
        """Return the successor, the same however often it is asked, so two tabs that refresh at once agree."""
        key = settings.secret_key.get_secret_value().encode()
        return RefreshToken(self.session_id, hmac.new(key, b"refresh:" + self.secret.encode(), "sha256").hexdigest())

    def hash(self) -> str:
        return hashlib.sha256(self.secret.encode()).hexdigest()

    def __str__(self) -> str:
        return f"{self.session_id}.{self.secret}"


def _as_uuid(value: object) -> UUID | None:
    try:
        return UUID(value) if isinstance(value, str) and len(value) == 36 else None
    except ValueError:
        return None
