"""The media server on real Redis."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy.orm import sessionmaker
from sqlmodel import Session

from interview_core.db.tables import ConsentPurpose, Interview
from interview_media.app import make_app
from tests.factories import make_interview, make_user, open_question
from tests.media.browsers import Media, make_settings
from tests.media.process import ServerProcess


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
def server(
    redis_url: str, database_url: str, storage_url: str, free_port: Callable[[], int], tmp_path: Path
) -> Iterator[Callable[..., ServerProcess]]:
    """Return a function that makes a media server in a process of its own, to be started by the test."""
    services = {"REDIS_URL": redis_url, "DATABASE_URL": database_url, "STORAGE_URL": storage_url}
    made: list[ServerProcess] = []

    def make(**environment: str) -> ServerProcess:
        made.append(ServerProcess(free_port(), {**services, **environment}, tmp_path / "media-server.log"))
        return made[-1]

    yield make
    for process in made:
        process.kill()


@pytest.fixture
async def media_of() -> AsyncIterator[Callable[[ServerProcess], Media]]:
    """Return a function that gives browsers in this process for a server in another one."""
    made: list[Media] = []

    def make(process: ServerProcess) -> Media:
        made.append(Media(None, httpx.AsyncClient(base_url=process.url, timeout=20)))
        return made[-1]

    yield make
    for media in made:
        for browser in media.browsers:
            with suppress(Exception):
                await browser.close()
        await media.http.aclose()


@pytest.fixture
async def remote_media(
    server: Callable[..., ServerProcess], media_of: Callable[[ServerProcess], Media]
) -> tuple[Media, ServerProcess]:
    """A media server in a process of its own, and browsers in this one."""
    process = await server().start()
    return media_of(process), process


@pytest.fixture
async def media(start_media: Callable[..., Any]) -> Media:
    return await start_media()


@pytest.fixture
def interview(sessions: sessionmaker[Session]) -> Interview:
    with sessions() as session:
        return make_interview(session, make_user(session), consents=(ConsentPurpose.TRANSCRIPTION,))


@pytest.fixture
def question_id(sessions: sessionmaker[Session], interview: Interview) -> UUID:
    with sessions() as session:
        return open_question(session, interview)
