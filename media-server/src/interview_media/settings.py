"""Settings of the media server."""

from typing import Annotated

from pydantic import Field, field_validator
from pydantic_settings import NoDecode

from interview_core.settings import BrokerSettings, MediaTicketSettings


class MediaSettings(BrokerSettings, MediaTicketSettings):
    """What the media server reads."""

    media_max_peers: int = Field(default=8, ge=1)
    """Browsers connected at once; eight with video fill one core."""

    media_frame_interval_ms: int = Field(default=1000, ge=100)
    """Time between two frames of an interview that are looked at."""

    media_silence_limit_s: float = Field(default=10, gt=0)
    """A browser that sends nothing for this long is let go."""

    cors_origins: Annotated[list[str], NoDecode] = Field(default_factory=list)
    """Other origins whose pages may call, separated by commas; none when the web app and this server share one."""

    @field_validator("cors_origins", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value
