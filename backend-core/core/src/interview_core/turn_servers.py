"""TURN, a relay for browsers that cannot reach the media server: coturn's REST credentials, which need no accounts."""

import base64
import hashlib
import hmac
import time
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, Field, model_validator
from pydantic_settings import NoDecode

from interview_core.settings import Settings, StrongSecret

LIFETIME_S = 4 * 3600
"""Longer than an interview: a relay that was granted is refused its extension once its credentials are too old."""


def _split(value: object) -> object:
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


def _check(url: str) -> str:
    if not url.startswith(("stun:", "turn:", "turns:")):
        raise ValueError("name servers as browsers know them, such as turn:turn.example.com:3478?transport=udp")
    return url


class TurnSettings(Settings):
    turn_urls: Annotated[list[str], NoDecode, BeforeValidator(_split), Field(default_factory=list)]
    """Addresses of the relay as browsers reach it, separated by commas; none: no relay."""

    turn_secret: StrongSecret | None = None
    """Shared with the relay (`static-auth-secret` of coturn)."""

    @model_validator(mode="after")
    def _check_together(self) -> "TurnSettings":
        for url in self.turn_urls:
            _check(url)
        if self.turn_secret is None and any(not url.startswith("stun:") for url in self.turn_urls):
            raise ValueError("TURN_SECRET is needed with TURN_URLS")
        return self


class IceServer(BaseModel):
    """What a browser puts into `RTCConfiguration.iceServers`."""

    urls: list[str]
    username: str | None = None
    credential: str | None = None


def make_ice_servers(settings: TurnSettings, interview_id: UUID) -> list[IceServer]:
    """Return the relay with credentials for one interview that are good for `LIFETIME_S`; none where there is none."""
    if not settings.turn_urls:
        return []
    if settings.turn_secret is None:
        return [IceServer(urls=settings.turn_urls)]
    username = f"{int(time.time()) + LIFETIME_S}:{interview_id}"
    secret = settings.turn_secret.get_secret_value().encode()
    # SHA-1 is what the relay expects (draft-uberti-behave-turn-rest); HMAC with it is not broken.
    digest = hmac.new(secret, username.encode(), hashlib.sha1).digest()
    return [IceServer(urls=settings.turn_urls, username=username, credential=base64.b64encode(digest).decode())]
