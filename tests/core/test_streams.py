"""Event streams in a real Redis."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from redis import Redis
from redis.asyncio import Redis as AsyncRedis

from interview_core.streams import (
    EXPIRES_S,
    START,
    EventKind,
    EventReader,
    EventWriter,
    Stream,
    check_event_id,
    stream_name,
)


async def test_events_are_read_in_order_after_a_position(redis_url: str, events: EventWriter) -> None:
    subject = uuid4()
    for number in range(3):
        events.append(Stream.RESUME, subject, EventKind.PROGRESS, {"percent": number, "text": "C++/C#, 95 %, 한글"})
    async with AsyncRedis.from_url(redis_url) as redis:
        reader = EventReader(redis)
        everything = await reader.read(Stream.RESUME, subject, START, wait_ms=100)
        assert [event.data["percent"] for event in everything] == [0, 1, 2]
        assert everything[0].data["text"] == "C++/C#, 95 %, 한글"
        rest = await reader.read(Stream.RESUME, subject, everything[1].id, wait_ms=100)
        assert rest == everything[2:]
        assert await reader.last_id(Stream.RESUME, subject) == everything[2].id
        assert await reader.holds(Stream.RESUME, subject, everything[0].id)
        assert await reader.read(Stream.RESUME, subject, everything[2].id, wait_ms=50) == []


async def test_an_empty_stream_is_at_its_start(redis_url: str) -> None:
    async with AsyncRedis.from_url(redis_url) as redis:
        reader = EventReader(redis)
        assert await reader.last_id(Stream.INTERVIEW, uuid4()) == START
        assert not await reader.holds(Stream.INTERVIEW, uuid4(), "1-1")


def test_a_stream_expires(redis: Redis, events: EventWriter) -> None:
    subject = uuid4()
    events.append(Stream.RESUME, subject, EventKind.READY, {})
    assert 0 < redis.ttl(stream_name(Stream.RESUME, subject)) <= EXPIRES_S


def test_an_event_is_dropped_quietly_while_redis_is_away(free_port: Callable[[], int]) -> None:
    away = Redis(port=free_port(), socket_connect_timeout=0.2)
    EventWriter(away).append(Stream.RESUME, uuid4(), EventKind.READY, {})


@pytest.mark.parametrize(
    ("event_id", "is_one"),
    [
        ("0-0", True), ("1700000000000-12", True), ("", False), ("-", False), ("$", False), ("1", False), ("1-", False),
        ("x-1", False), ("1-x", False), ("١-١", False), ("9" * 60 + "-0", False), ("1-1-1", False),
    ],
)  # fmt: skip
def test_only_a_stream_position_is_taken_for_one(event_id: str, is_one: bool) -> None:
    assert check_event_id(event_id) is is_one
