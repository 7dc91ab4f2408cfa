"""What works of speech here, told by the processes of the pool to their parent, which reports it with its heartbeat."""

import json
from typing import Any

import structlog
from redis import Redis
from redis.exceptions import RedisError

from interview_worker.engines.speech_recognition import OFF, RecogniserState, RecogniserStatus
from interview_worker.engines.speech_synthesis import find_espeak
from interview_worker.settings import CpuWorkerSettings

log = structlog.get_logger(__name__)

_BOARD = "speech-recogniser"
_FETCHING = "speech-recogniser-fetching"
_DAY_S, _FETCH_S = 86_400, 3600
REPEATED_S = 300
"""A machine without a network may have one later."""


def tell_status(redis: Redis, status: RecogniserStatus) -> None:
    """Leave what a recogniser says about itself; when Redis is away nobody hears it, and nothing else happens."""
    told = {"state": status.state.value, "model": status.model, "reason": status.reason}
    try:
        redis.set(_BOARD, json.dumps(told), ex=_DAY_S)
    except RedisError as error:
        log.warning("recogniser's state not told", error=type(error).__name__)


def claim_fetch(redis: Redis) -> bool:
    """Tell whether this process is the one that fetches the weights."""
    return bool(redis.set(_FETCHING, 1, nx=True, ex=_FETCH_S))


def keep_fetch(redis: Redis) -> None:
    """Go on being that process until shortly after the next attempt."""
    redis.set(_FETCHING, 1, ex=2 * REPEATED_S)


def release_fetch(redis: Redis) -> None:
    redis.delete(_FETCHING)


def describe_speech(redis: Redis, settings: CpuWorkerSettings) -> dict[str, Any]:
    """Return what the worker reports about speech."""
    recogniser: dict[str, Any] = {"state": RecogniserState.NOT_LOADED.value, "model": None, "reason": None}
    if settings.speech_model == OFF:
        recogniser["state"] = RecogniserState.OFF.value
    else:
        try:
            told = redis.get(_BOARD)
        except RedisError:
            told = None
        recogniser.update(json.loads(told) if isinstance(told, bytes) else {})
    return {"recogniser": recogniser, "voice_engine": _voice_engine(settings)}


def _voice_engine(settings: CpuWorkerSettings) -> str | None:
    if settings.speech_synthesis_url:
        return "openai_compatible"
    return "espeak-ng" if find_espeak() else None
