"""Live events in Redis streams. PostgreSQL holds the truth; a stream only makes it live, so a lost one is no error."""

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

import structlog
from redis import Redis
from redis.asyncio import Redis as AsyncRedis
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)

MAX_EVENTS = 4000
EXPIRES_S = 24 * 3600
START = "0-0"


class Stream(StrEnum):
    RESUME = "resume"
    INTERVIEW = "interview"
    LEARNING_PATH = "learning_path"
    QUESTION_SET = "question_set"


class EventKind(StrEnum):
    """Every kind of event that reaches a browser."""

    SNAPSHOT = "snapshot"
    DEGRADED = "degraded"
    PROGRESS = "progress"
    READY = "ready"
    FAILED = "failed"
    QUESTION_STARTED = "question.started"
    QUESTION_TOKEN = "question.token"  # noqa: S105  a token of text
    QUESTION_RESET = "question.reset"
    QUESTION_READY = "question.ready"
    QUESTION_FAILED = "question.failed"
    INTERVIEW_FINISHED = "interview.finished"
    REPORT_PROGRESS = "report.progress"
    REPORT_READY = "report.ready"
    REPORT_FAILED = "report.failed"
    REVIEW_ANSWERED = "review.answered"
    TRANSCRIPT_SEGMENT = "transcript.segment"
    TRANSCRIPT_READY = "transcript.ready"
    TRANSCRIPT_FAILED = "transcript.failed"
    SPEECH_READY = "speech.ready"
    BASELINE_READY = "baseline.ready"


@dataclass(frozen=True)
class Event:
    id: str
    kind: str
    data: dict[str, Any]


def stream_name(stream: Stream, subject_id: UUID) -> str:
    return f"events:{stream.value}:{subject_id}"


def frame_slot(interview_id: UUID) -> str:
    """Return the Redis key that holds an interview's newest video frame, packed by `frames`."""
    return f"frame:{interview_id}"


def frame_in_flight(interview_id: UUID) -> str:
    """Return the Redis key that exists while a frame of the interview is being analysed."""
    return f"frame-in-flight:{interview_id}"


class EventWriter:
    """Appends events from a service that is not async."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    def append(self, stream: Stream, subject_id: UUID, kind: EventKind, data: dict[str, Any]) -> None:
        """Append an event; when Redis is away the event is dropped, since every reader starts from a snapshot."""
        name = stream_name(stream, subject_id)
        try:
            pipeline = self._redis.pipeline(transaction=False)
            pipeline.xadd(
                name,
                {"kind": kind.value, "data": json.dumps(data, ensure_ascii=False)},
                maxlen=MAX_EVENTS,
                approximate=True,
            )
            pipeline.expire(name, EXPIRES_S)
            pipeline.execute()
        except RedisError as error:
            log.warning("event dropped", stream=stream.value, kind=kind.value, error=type(error).__name__)

    def erase(self, stream: Stream, subject_id: UUID) -> None:
        """Remove a subject's events; when Redis is away they go by themselves after `EXPIRES_S`."""
        try:
            self._redis.delete(stream_name(stream, subject_id))
        except RedisError as error:
            log.warning("events not erased", stream=stream.value, error=type(error).__name__)


class EventReader:
    """Reads events in an async service. Every method raises RedisError when Redis is away."""

    def __init__(self, redis: AsyncRedis) -> None:
        self._redis = redis

    async def last_id(self, stream: Stream, subject_id: UUID) -> str:
        """Return the id of the newest event, or `START` of an empty stream."""
        entries = await self._redis.xrevrange(stream_name(stream, subject_id), count=1)
        return _text(entries[0][0]) if entries else START

    async def holds(self, stream: Stream, subject_id: UUID, event_id: str) -> bool:
        """Tell whether nothing after this event has been trimmed away."""
        if event_id == START:
            return int(await self._redis.xlen(stream_name(stream, subject_id))) < MAX_EVENTS
        return bool(await self._redis.xrange(stream_name(stream, subject_id), min=event_id, max=event_id, count=1))

    async def read(self, stream: Stream, subject_id: UUID, after_id: str, *, wait_ms: int | None) -> list[Event]:
        """Return the events after an id, waiting up to `wait_ms` for the first; None: those that are there."""
        reply = await self._redis.xread({stream_name(stream, subject_id): after_id}, count=200, block=wait_ms)
        return [_event(entry) for _, entries in _items(reply) for entry in entries]


def _items(reply: Any) -> list[tuple[Any, Any]]:
    return list(reply.items()) if isinstance(reply, dict) else list(reply or [])


def _event(entry: tuple[Any, dict[Any, Any]]) -> Event:
    event_id, fields = entry
    named = {_text(key): _text(value) for key, value in fields.items()}
    return Event(id=_text(event_id), kind=named["kind"], data=json.loads(named["data"]))


def _text(value: bytes | str | None) -> str:
    return value.decode() if isinstance(value, bytes) else value or ""


def check_event_id(event_id: str) -> bool:
    """Tell whether a Last-Event-ID has the form of a Redis stream id, such as 1700000000000-0."""
    head, _, tail = event_id.partition("-")
    return len(event_id) <= 41 and head.isascii() and head.isdigit() and tail.isascii() and tail.isdigit()
