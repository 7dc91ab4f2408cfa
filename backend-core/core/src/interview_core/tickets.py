"""Signed tokens: the only module that touches python-jose, which by itself accepts far too much.

It takes tokens without `exp` or `aud`, signs with an empty key, and dies of recursion on a nested header; so the
algorithm is fixed, the size is bounded, every claim is checked here, and every failure is one error.
"""

import re
import time
from typing import Any
from uuid import UUID

from jose import jwt
from pydantic import BaseModel, ConfigDict, ValidationError

from interview_core.errors import TokenInvalid
from interview_core.settings import MIN_SECRET_LENGTH

ALGORITHM = "HS256"
MAX_TOKEN_BYTES = 2048
LEEWAY_S = 30
_MAX_LIFETIME_S = 400 * 86_400
_FORM = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")


def sign_token(claims: dict[str, Any], *, secret: str, audience: str, lifetime_s: int) -> str:
    """Return a token with the claims, valid from now for `lifetime_s` seconds."""
    if len(secret) < MIN_SECRET_LENGTH:
        raise ValueError("the signing secret is too short")
    now = int(time.time())
    return str(
        jwt.encode({**claims, "aud": audience, "iat": now, "exp": now + lifetime_s}, secret, algorithm=ALGORITHM)
    )


def read_token(token: str, *, secret: str, audience: str) -> dict[str, Any]:
    """Return the claims of a token that we signed for this audience.

    Raises:
        TokenInvalid: anything at all is wrong with it.
    """
    # python-jose skips characters that are not base64, so a token with junk in it would still fit its signature.
    if len(token) > MAX_TOKEN_BYTES or not _FORM.fullmatch(token):
        raise TokenInvalid("The token is not valid; sign in again.")
    try:
        claims = jwt.decode(
            token, secret, algorithms=[ALGORITHM], audience=audience, options={"leeway": LEEWAY_S, "require_exp": True}
        )
    except (Exception, RecursionError):  # noqa: BLE001  python-jose leaks errors of every kind on hostile input
        raise TokenInvalid("The token is not valid or has expired; sign in again.") from None
    if claims.get("aud") != audience or not _has_sane_times(claims):
        raise TokenInvalid("The token is not valid; sign in again.")
    return dict(claims)


def _has_sane_times(claims: dict[str, Any]) -> bool:
    issued, expires = claims.get("iat"), claims.get("exp")
    if type(issued) is not int or type(expires) is not int:
        return False
    now = time.time()
    return issued <= now + LEEWAY_S and now - LEEWAY_S < expires <= issued + _MAX_LIFETIME_S


MEDIA_AUDIENCE = "media"
MEDIA_TICKET_LIFETIME_S = 60


class MediaTicket(BaseModel):
    """All that the media server knows and trusts about a browser that wants to connect."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    ticket_id: UUID
    interview_id: UUID
    epoch: int
    purpose: str
    may_transcribe: bool
    may_analyze_emotion: bool
    language: str
    min_silence_ms: int
    """After so much silence the page is told that the candidate pauses."""
    max_silence_ms: int
    """After so much silence an answer ends by itself; 0: only the button ends it."""


def sign_media_ticket(ticket: MediaTicket, *, secret: str) -> str:
    return sign_token(
        ticket.model_dump(mode="json"), secret=secret, audience=MEDIA_AUDIENCE, lifetime_s=MEDIA_TICKET_LIFETIME_S
    )


def read_media_ticket(token: str, *, secret: str) -> MediaTicket:
    """Return the ticket.

    Raises:
        TokenInvalid: it is forged, expired, meant for another service, or incomplete.
    """
    claims = read_token(token, secret=secret, audience=MEDIA_AUDIENCE)
    try:
        return MediaTicket.model_validate({k: v for k, v in claims.items() if k not in ("aud", "iat", "exp")})
    except ValidationError:
        raise TokenInvalid("The media ticket is not valid; ask the interview for a new one.") from None
