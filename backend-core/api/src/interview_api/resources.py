"""What the routes are given: connections and helpers, made once per process by `build_app`."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import anyio
from redis import Redis
from redis.asyncio import Redis as AsyncRedis
from sqlalchemy import Engine

from interview_api.auth.passwords import Passwords
from interview_api.metrics import ApiMetrics
from interview_api.rate_limits import RateLimits
from interview_api.settings import ApiSettings
from interview_api.stream_slots import StreamSlots
from interview_core.contract.broker import Broker
from interview_core.db.engine import SessionFactory, make_engine, make_session_factory
from interview_core.storage import Storage
from interview_core.streams import EventReader, EventWriter


@dataclass(frozen=True)
class Resources:
    settings: ApiSettings
    engine: Engine
    sessions: SessionFactory
    broker: Broker
    storage: Storage
    redis: Redis
    async_redis: AsyncRedis
    events: EventWriter
    limits: RateLimits
    passwords: Passwords
    slots: StreamSlots
    metrics: ApiMetrics

    @asynccontextmanager
    async def event_reader(self) -> AsyncIterator[EventReader]:
        """Give a reader with a connection of its own, which is gone when the stream ends."""
        redis = AsyncRedis.from_url(self.settings.redis_url, socket_connect_timeout=1, socket_timeout=10)
        try:
            yield EventReader(redis)
        finally:
            with anyio.CancelScope(shield=True):
                await redis.aclose()

    async def close(self) -> None:
        await self.async_redis.aclose()
        self.redis.close()
        self.passwords.close()
        self.engine.dispose()


def make_resources(settings: ApiSettings) -> Resources:
    """Return the resources; nothing is connected before it is used."""
    engine = make_engine(settings.database_url, pool_size=settings.database_pool_size)
    broker = Broker(settings.redis_url)
    redis = Redis.from_url(settings.redis_url, socket_connect_timeout=0.5, socket_timeout=1)
    async_redis = AsyncRedis.from_url(settings.redis_url, socket_connect_timeout=0.3, socket_timeout=0.5)
    sessions = make_session_factory(engine, broker)
    slots = StreamSlots(settings.max_streams)
    return Resources(
        settings=settings,
        engine=engine,
        sessions=sessions,
        broker=broker,
        storage=Storage(settings.storage_url),
        redis=redis,
        async_redis=async_redis,
        events=EventWriter(redis),
        limits=RateLimits(settings, async_redis),
        passwords=Passwords(threads=settings.password_threads),
        slots=slots,
        metrics=ApiMetrics(sessions, lambda: slots.taken),
    )
