"""The media server on real Redis."""

from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from typing import Any

import httpx
import pytest

from interview_media.app import make_app
from tests.media.browsers import Media, make_settings


@pytest.fixture
async def start_media(redis_url: str, database_url: str, storage_url: str) -> AsyncIterator[Callable[..., Any]]:
    """Return a function that starts a media server with given settings."""
    started: list[tuple[Media, Any]] = []
    services = {"redis_url": redis_url, "database_url": database_url, "storage_url": storage_url}

    async def start(**overrides: Any) -> Media:
        app = make_app(make_settings(**{**services, **overrides}))
        lifespan = app.router.lifespan_context(app)
        await lifespan.__aenter__()
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        media = Media(app, httpx.AsyncClient(transport=transport, base_url="http://media"))
        started.append((media, lifespan))
        return media

    yield start
    for media, lifespan in started:
        for browser in media.browsers:
            with suppress(Exception):
                await browser.close()
        await media.http.aclose()
        await lifespan.__aexit__(None, None, None)


@pytest.fixture
async def media(start_media: Callable[..., Any]) -> Media:
    return await start_media()
