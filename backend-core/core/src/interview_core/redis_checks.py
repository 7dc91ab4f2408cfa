"""Refuses a Redis that would lose messages silently."""

import structlog
from redis import Redis
from redis.exceptions import RedisError

from interview_core.errors import InterviewError

log = structlog.get_logger(__name__)


class RedisUnsafe(InterviewError):
    code = "REDIS_UNSAFE"


def check_redis(redis_url: str) -> None:
    """Check that a reachable Redis keeps what it is given; one that is away is checked at the next start.

    Raises:
        RedisUnsafe: its maxmemory-policy evicts keys, so messages and events would vanish under memory pressure.
    """
    try:
        with Redis.from_url(redis_url, socket_connect_timeout=2, socket_timeout=2) as redis:
            policy = redis.config_get("maxmemory-policy").get("maxmemory-policy", "")
    except RedisError as error:
        log.warning("redis not checked", error=type(error).__name__)
        return
    if policy != "noeviction":
        raise RedisUnsafe(
            f"REDIS_URL: this Redis has maxmemory-policy {policy!r}, which deletes messages when memory is short."
            " Set `maxmemory-policy noeviction` and start again."
        )
