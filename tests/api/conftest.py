"""The real application on real PostgreSQL and Redis."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI
from fastapi.testclient import TestClient

from interview_api.app import build_app
from interview_api.auth.tokens import AccessClaims, sign_access_token
from interview_api.resources import Resources, make_resources
from interview_api.settings import ApiSettings
from interview_core.db.tables import LoginSession, Role, User
from tests.conftest import MEDIA_SECRET_KEY, SECRET_KEY
from tests.factories import make_user

PASSWORD = "파란 하늘 7개"


@pytest.fixture
def settings_values(database_url: str, redis_url: str, storage_url: str) -> dict[str, Any]:
    """Settings as a dictionary, for tests that change some; limits are out of the way."""
    return {
        "environment": "development",
        "secret_key": SECRET_KEY,
        "media_secret_key": MEDIA_SECRET_KEY,
        "database_url": database_url,
        "redis_url": redis_url,
        "storage_url": storage_url,
        "rate_limit_address_per_min": 100_000,
        "rate_limit_sign_in_address_per_min": 100_000,
        "rate_limit_sign_in_account_per_min": 100_000,
        "rate_limit_question_sets_user_per_hour": 100_000,
        "rate_limit_learning_paths_user_per_day": 100_000,
    }


@pytest.fixture
def start_app(settings_values: dict[str, Any]) -> Iterator[Callable[..., TestClient]]:
    """Return a function that starts the application with changed settings."""
    clients: list[TestClient] = []

    def start(**changed: Any) -> TestClient:
        settings = ApiSettings(**{**settings_values, **changed})
        client = TestClient(build_app(make_resources(settings)), raise_server_exceptions=False)
        clients.append(client.__enter__())
        return client

    yield start
    for client in clients:
        client.__exit__(None, None, None)


@pytest.fixture
def client(start_app: Callable[..., TestClient]) -> TestClient:
    return start_app()


def resources_of(client: TestClient) -> Resources:
    app = client.app
    assert isinstance(app, FastAPI)
    resources: Resources = app.state.resources
    return resources


@dataclass
class Person:
    """Somebody who is signed in."""

    row: User
    token: str

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


def sign_in_as(client: TestClient, *, role: Role = Role.CANDIDATE) -> Person:
    """Make a user with a login session, without the cost of a password."""
    return make_signed_in(resources_of(client), role=role)


def make_signed_in(resources: Resources, *, role: Role = Role.CANDIDATE) -> Person:
    with resources.sessions() as session:
        user = make_user(session, role=role)
        session.refresh(user)
        login = LoginSession(user_id=user.id, token_hash="-", expires_at=datetime.now(UTC) + timedelta(days=1))
        session.add(login)
        session.commit()
        token = sign_access_token(AccessClaims(user.id, login.id), resources.settings)
    return Person(user, token)


@pytest.fixture
def candidate(client: TestClient) -> Person:
    return sign_in_as(client)


@pytest.fixture
def stranger(client: TestClient) -> Person:
    return sign_in_as(client)


@pytest.fixture
def operator(client: TestClient) -> Person:
    return sign_in_as(client, role=Role.OPERATOR)


@dataclass
class Server:
    """The application behind a real socket, for what a test client cannot show: streams and clients that leave."""

    url: str
    resources: Resources


@pytest.fixture
def start_server(settings_values: dict[str, Any], free_port: Callable[[], int]) -> Iterator[Callable[..., Server]]:
    """Return a function that serves the application with changed settings."""
    running: list[tuple[uvicorn.Server, threading.Thread]] = []

    def start(**changed: Any) -> Server:
        resources = make_resources(ApiSettings(**{**settings_values, **changed}))
        port = free_port()
        config = uvicorn.Config(
            build_app(resources), port=port, log_config=None, timeout_graceful_shutdown=1, lifespan="on"
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run)
        thread.start()
        running.append((server, thread))
        while not server.started:
            assert thread.is_alive(), "the server did not start"
            time.sleep(0.02)
        return Server(f"http://127.0.0.1:{port}", resources)

    yield start
    for server, thread in running:
        server.should_exit = True
        thread.join(20)


@pytest.fixture
def server(start_server: Callable[..., Server]) -> Server:
    return start_server()


def register(client: TestClient, username: str = "haneul", password: str = PASSWORD, **more: Any) -> dict[str, Any]:
    response = client.post("/api/v1/auth/register", json={"username": username, "password": password, **more})
    assert response.status_code == 201, response.text
    body: dict[str, Any] = response.json()
    return body


def sign_in(client: TestClient, username: str = "haneul", password: str = PASSWORD) -> dict[str, str]:
    """Sign in with the form and return the header; the client keeps the refresh cookie."""
    response = client.post("/api/v1/auth/token", data={"username": username, "password": password})
    assert response.status_code == 200, response.text
    return {"Authorization": f"Bearer {response.json()['access_token']}"}


def error_code(response: Any) -> str:
    """Return the code of an error after checking its shape."""
    body = response.json()
    assert set(body) == {"detail", "error_code", "timestamp", "details", "request_id"}, body
    assert body["request_id"] == response.headers["X-Request-ID"]
    assert body["timestamp"].endswith(("Z", "+00:00"))
    return str(body["error_code"])
