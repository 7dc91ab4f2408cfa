"""Settings that more than one service reads. Secrets have no default: without them nothing starts."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import AfterValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from interview_core.errors import InterviewError

MIN_SECRET_LENGTH = 32
_WEAK = ("change", "secret", "password", "example", "default", "your")


class Environment(StrEnum):
    DEVELOPMENT = "development"
    PRODUCTION = "production"


def _check_secret(secret: SecretStr) -> SecretStr:
    value = secret.get_secret_value()
    if len(value) < MIN_SECRET_LENGTH:
        raise ValueError(
            f"needs at least {MIN_SECRET_LENGTH} random characters, for example from `openssl rand -hex 32`"
        )
    if len(set(value)) < 10 or any(word in value.lower() for word in _WEAK):
        raise ValueError("looks like a placeholder; use random characters, for example from `openssl rand -hex 32`")
    return secret


StrongSecret = Annotated[SecretStr, AfterValidator(_check_secret)]
"""A secret that is long enough and no placeholder."""


class Settings(BaseSettings):
    """Base of every service's settings: read from the environment, extra variables ignored."""

    model_config = SettingsConfigDict(extra="ignore", env_ignore_empty=True, frozen=True)

    environment: Environment = Environment.PRODUCTION
    log_level: str = "INFO"
    log_format: str = Field(default="json", pattern="^(json|console)$")


class DatabaseSettings(Settings):
    database_url: str
    """postgresql+psycopg2://user:password@host:port/name"""

    database_pool_size: int = 10
    """Connections kept per process; as many again may open under load."""


class BrokerSettings(Settings):
    redis_url: str
    """redis://host:port/0 — broker, event streams and rate limits."""


class StorageSettings(Settings):
    storage_url: str = Field(default_factory=lambda: (Path.cwd() / "uploads").as_uri())
    """Where files are kept: file:///folder or s3://bucket/prefix."""


class JobSettings(Settings):
    """Times of the job contract, in seconds."""

    job_lease_s: float = 30
    job_heartbeat_s: float = 10
    job_sweep_s: float = 5
    job_backoff_s: float = 2
    job_republish_s: float = 15


class InterviewSettings(Settings):
    """How long an interview waits for its candidate, in seconds; an interview keeps what held when it began."""

    interview_grace_s: float = Field(default=180, ge=0)
    """An answer in the making is waited for this long after the time is over."""
    interview_pause_limit_s: float = Field(default=86_400, ge=60)
    """A pause that lasts longer ends the interview."""


class MediaTicketSettings(Settings):
    media_secret_key: StrongSecret
    """Signs the tickets with which the media server admits a browser; shared by backend and media server."""


class SettingsInvalid(InterviewError):
    code = "SETTINGS_INVALID"


S = TypeVar("S", bound=Settings)


def load_settings(settings: type[S]) -> S:
    """Read settings from the environment.

    Raises:
        SettingsInvalid: names each variable that is missing or refused, and never shows its value.
    """
    try:
        return settings()
    except ValidationError as error:
        problems = [f"{'.'.join(map(str, item['loc'])).upper()}: {item['msg']}" for item in error.errors()]
        raise SettingsInvalid("Not started. Mend these settings (see .env.example): " + "; ".join(problems)) from None
