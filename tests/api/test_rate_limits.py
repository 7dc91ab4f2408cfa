"""Rate limits in Redis."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient
from redis import Redis

from tests.api.conftest import PASSWORD, Server, error_code, register

TOKEN = "/api/v1/auth/token"


def attempt(client: TestClient, username: str, password: str = "wrong password") -> httpx.Response:
    return client.post(TOKEN, data={"username": username, "password": password})  # type: ignore[return-value]


def test_an_address_has_so_many_requests_a_minute(start_app: Callable[..., TestClient]) -> None:
    client = start_app(rate_limit_address_per_min=5)
    assert [client.get("/api/v1/scenarios").status_code for _ in range(5)] == [200] * 5
    refused = client.get("/api/v1/scenarios")
    assert (refused.status_code, error_code(refused)) == (429, "RATE_LIMITED")
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert client.get("/healthz").status_code == 200


def test_two_processes_count_together_and_exactly(start_server: Callable[..., Server]) -> None:
    servers = [start_server(rate_limit_address_per_min=30) for _ in range(2)]

    def request(number: int) -> int:
        return httpx.get(f"{servers[number % 2].url}/api/v1/scenarios").status_code

    with ThreadPoolExecutor(10) as pool:
        statuses = list(pool.map(request, range(60)))
    assert statuses.count(200) == 30
    assert statuses.count(429) == 30


def test_an_account_is_not_guessed_more_than_so_often(start_app: Callable[..., TestClient]) -> None:
    client = start_app(rate_limit_sign_in_account_per_min=5)
    register(client)
    spellings = ["haneul", "HANEUL", "ｈａｎｅｕｌ", "haneul", "haneul "]
    assert [attempt(client, name).status_code for name in spellings] == [401] * 5
    refused = attempt(client, "haneul", PASSWORD)
    assert (refused.status_code, error_code(refused)) == (429, "RATE_LIMITED")
    assert attempt(client, "somebody-else").status_code == 401


def test_an_address_does_not_guess_at_many_accounts(start_app: Callable[..., TestClient]) -> None:
    client = start_app(rate_limit_sign_in_address_per_min=4)
    assert [attempt(client, f"user-{number}").status_code for number in range(6)] == [401] * 4 + [429] * 2


def come_from(client: TestClient, address: str) -> str:
    """Let the next requests come from an address; returns the one before."""
    transport: Any = client._transport
    before: str = transport.client[0]
    transport.client = (address, 50_000)
    return before


def test_strangers_cannot_lock_the_owner_out(start_app: Callable[..., TestClient]) -> None:
    client = start_app(rate_limit_sign_in_account_per_min=3)
    register(client)
    assert attempt(client, "haneul", PASSWORD).status_code == 200
    home = come_from(client, "203.0.113.9")
    # One of three was the owner's own first sign-in, from an address not known then.
    assert [attempt(client, "haneul").status_code for _ in range(5)] == [401] * 2 + [429] * 3
    come_from(client, home)
    assert attempt(client, "haneul", PASSWORD).status_code == 200


def test_a_right_password_is_not_held_against_anybody(start_app: Callable[..., TestClient]) -> None:
    client = start_app(rate_limit_sign_in_account_per_min=2)
    register(client)
    assert [attempt(client, "haneul", PASSWORD).status_code for _ in range(6)] == [200] * 6


def test_redis_holds_no_name_and_no_address(start_app: Callable[..., TestClient], redis: Redis) -> None:
    client = start_app()
    register(client, "canary-name")
    attempt(client, "canary-name", PASSWORD)
    keys = b" ".join(redis.keys())
    assert keys
    assert b"canary" not in keys
    assert b"testclient" not in keys


@pytest.mark.parametrize("limit", ["rate_limit_address_per_min", "rate_limit_sign_in_account_per_min"])
def test_without_redis_requests_pass_quickly(
    start_app: Callable[..., TestClient], free_port: Callable[[], int], limit: str
) -> None:
    client = start_app(redis_url=f"redis://127.0.0.1:{free_port()}/0", **{limit: 1})
    register(client)
    began = time.monotonic()
    assert [attempt(client, "haneul", PASSWORD).status_code for _ in range(4)] == [200] * 4
    assert time.monotonic() - began < 10
