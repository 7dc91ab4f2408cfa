"""Settings of the backend."""

from typing import Annotated

from pydantic import BeforeValidator, Field, field_validator
from pydantic_settings import NoDecode

from interview_core.settings import (
    BrokerSettings,
    DatabaseSettings,
    Environment,
    InterviewSettings,
    MediaTicketSettings,
    StorageSettings,
    StrongSecret,
)
from interview_core.turn_servers import TurnSettings


def _split(value: object) -> object:
    return [item.strip() for item in value.split(",") if item.strip()] if isinstance(value, str) else value


class ApiSettings(
    DatabaseSettings, BrokerSettings, StorageSettings, MediaTicketSettings, InterviewSettings, TurnSettings
):
    """What the backend reads from the environment."""

    secret_key: StrongSecret
    """Signs access tokens."""

    media_url: str = "http://localhost:3000"
    """Address at which browsers reach the media server: the web app passes /media/ on."""

    cors_origins: Annotated[list[str], NoDecode, BeforeValidator(_split), Field(default_factory=list)]
    """Origins that may call with credentials, separated by commas; none when the page is served from the same one."""

    access_token_lifetime_s: int = Field(default=900, ge=1)
    refresh_token_lifetime_s: int = Field(default=30 * 86_400, ge=1)
    refresh_grace_s: float = Field(default=10, ge=0)
    """How long a rotated refresh token still works, for two tabs that refresh at once."""

    cookie_secure: bool = True
    """In production the refresh cookie travels over https only; switch off for a trial on plain http."""

    max_upload_bytes: int = Field(default=10 * 1024 * 1024, ge=1)
    max_recording_bytes: int = Field(default=25 * 1024 * 1024, ge=1)
    max_body_bytes: int = Field(default=512 * 1024, ge=1024)
    max_streams: int = Field(default=300, ge=1)
    """Event streams that one process holds open."""

    password_threads: int = Field(default=2, ge=1)
    """Passwords hashed at once; each takes a core and 19 MiB for some 40 ms."""

    rate_limit_address_per_min: int = Field(default=100, ge=1)
    rate_limit_sign_in_address_per_min: int = Field(default=10, ge=1)
    rate_limit_sign_in_account_per_min: int = Field(default=5, ge=1)

    rate_limit_question_sets_user_per_hour: int = Field(default=10, ge=1)
    rate_limit_learning_paths_user_per_day: int = Field(default=20, ge=1)

    speech_doubtful_below: float = Field(default=0.5, ge=0, le=1)
    """Words that the recogniser is less sure of than this are marked."""

    emotion_enabled: bool = False
    """Whether candidates may let emotions be analysed in practice interviews."""

    @property
    def is_cookie_secure(self) -> bool:
        return self.cookie_secure and self.environment is Environment.PRODUCTION

    @field_validator("cors_origins")
    @classmethod
    def _refuse_any_origin(cls, origins: list[str]) -> list[str]:
        if any("*" in origin or not origin.startswith(("http://", "https://")) for origin in origins):
            raise ValueError("name each origin in full, such as https://interview.example.com; * is refused")
        return [origin.rstrip("/") for origin in origins]
