"""What a candidate allows at this moment, where the media server looks once a second: a Redis key per interview.

It can only take away from what the ticket of a connection allows. The truth is in PostgreSQL, and what is stored is
checked against it again; without Redis a withdrawal reaches a connection through its page.
"""

import structlog
from pydantic import BaseModel, ConfigDict, ValidationError
from redis import Redis
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)

EXPIRES_S = 24 * 3600


class MediaConsents(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    transcription: bool
    recording: bool
    emotion: bool


def consents_key(interview_id: object) -> str:
    return f"media-consents:{interview_id}"


def publish_consents(redis: Redis, interview_id: object, consents: MediaConsents) -> None:
    """Let the media server know within a second; when Redis is away it learns it from the page, or the next ticket."""
    try:
        redis.set(consents_key(interview_id), consents.model_dump_json(), ex=EXPIRES_S)
    except RedisError as error:
        log.warning("consents not published", interview_id=str(interview_id), error=type(error).__name__)


def read_consents(packed: bytes | str | None) -> MediaConsents | None:
    """Return what a key holds; None: nothing. What makes no sense allows nothing."""
    if packed is None:
        return None
    try:
        return MediaConsents.model_validate_json(packed)
    except ValidationError:
        log.warning("consents not understood")
        return MediaConsents(transcription=False, recording=False, emotion=False)
