"""Settings of the media server."""

from pathlib import Path
from typing import Annotated

from pydantic import Field, field_validator
from pydantic_settings import NoDecode

from interview_core.settings import BrokerSettings, DatabaseSettings, MediaTicketSettings, StorageSettings
from interview_core.turn_servers import TurnSettings


class MediaSettings(BrokerSettings, DatabaseSettings, StorageSettings, MediaTicketSettings, TurnSettings):
    """What the media server reads."""

    media_max_peers: int = Field(default=8, ge=1)
    """Browsers connected at once; eight with video fill one core."""

    media_max_lag_ms: int = Field(default=150, ge=1)
    """From this lateness of the process on nobody more is admitted, and video is reduced."""

    media_frame_interval_ms: int = Field(default=1000, ge=100)
    """Time between two frames of an interview that are looked at."""

    media_silence_limit_s: float = Field(default=3.5, gt=0)
    """A browser that sends nothing for this long is let go; it comes back within a second."""

    media_segment_s: float = Field(default=6, ge=1, le=25)
    """From this length on what is said is cut at the next short pause."""

    media_segment_max_s: float = Field(default=15, ge=2, le=28)
    """Speech without a pause is cut after this time."""

    media_unstored_mb: int = Field(default=64, ge=1)
    """Memory for speech that waits while storage or database are away."""

    media_pause_after_s: float = Field(default=60, gt=0)
    """An interview whose connection broke off and did not come back for this long is paused."""

    media_turn_model: str = ""
    """A Smart Turn v3 network in `models_dir` that helps to tell when an answer is over; empty: silence alone does."""

    models_dir: Path = Path("ai_models")

    cors_origins: Annotated[list[str], NoDecode] = Field(default_factory=list)
    """Other origins whose pages may call, separated by commas; none when the web app and this server share one."""

    @field_validator("cors_origins", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value
