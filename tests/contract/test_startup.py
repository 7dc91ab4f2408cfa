"""Trial S8: nothing starts with a missing or weak secret, or on a Redis that loses messages, and the error names it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from redis import Redis

from local.redis_server import RedisServer
from tests.conftest import MEDIA_SECRET_KEY, SECRET_KEY

ROOT = Path(__file__).parents[2]
BACKEND = "from interview_api.app import create_app; create_app()"
MEDIA = "from interview_media.app import create_app; create_app()"


def start(code: list[str], **settings: str) -> subprocess.CompletedProcess[str]:
    """Start a service in production with these settings; return how it ended."""
    environment = {"PATH": os.environ["PATH"], "ENVIRONMENT": "production", **settings}
    return subprocess.run(
        [sys.executable, *code], env=environment, cwd="/", capture_output=True, text=True, timeout=60, check=False
    )


@pytest.fixture
def settings(database_url: str, redis_url: str, storage_url: str) -> dict[str, str]:
    return {
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "STORAGE_URL": storage_url,
        "SECRET_KEY": SECRET_KEY,
        "MEDIA_SECRET_KEY": MEDIA_SECRET_KEY,
    }


@pytest.mark.parametrize("code", [BACKEND, MEDIA], ids=["backend", "media server"])
@pytest.mark.parametrize("secret", ["", "short", "changeme-changeme-changeme-changeme", "a" * 40])
def test_a_missing_or_weak_secret_is_refused_by_name(settings: dict[str, str], code: str, secret: str) -> None:
    ended = start(["-c", code], **{**settings, "MEDIA_SECRET_KEY": secret})
    assert ended.returncode != 0
    assert "MEDIA_SECRET_KEY" in ended.stderr
    assert not secret or f"'{secret}'" not in ended.stderr


def test_the_backend_refuses_a_weak_signing_key_by_name(settings: dict[str, str]) -> None:
    ended = start(["-c", BACKEND], **{**settings, "SECRET_KEY": "secret"})
    assert ended.returncode != 0
    assert "SECRET_KEY" in ended.stderr


@pytest.mark.parametrize("setting", ["DATABASE_URL", "REDIS_URL"])
def test_a_worker_without_its_services_is_refused_by_name(settings: dict[str, str], setting: str) -> None:
    ended = start(["-m", "interview_worker", "cpu_queue"], **{**settings, setting: ""})
    assert ended.returncode == 2
    assert setting in ended.stderr


@pytest.mark.parametrize("code", [["-c", BACKEND], ["-m", "interview_worker", "gpu_queue"]], ids=["backend", "worker"])
def test_a_redis_that_evicts_messages_is_refused(
    settings: dict[str, str], redis_server: RedisServer, code: list[str]
) -> None:
    with Redis.from_url(redis_server.url) as redis:
        redis.config_set("maxmemory-policy", "allkeys-lru")
        try:
            ended = start(code, **settings)
        finally:
            redis.config_set("maxmemory-policy", "noeviction")
    assert ended.returncode != 0
    assert "maxmemory-policy" in ended.stderr


def test_compose_refuses_to_start_without_its_secrets() -> None:
    text = (ROOT / "docker-compose.yml").read_text("utf-8")
    for secret in ("POSTGRES_PASSWORD", "SECRET_KEY", "MEDIA_SECRET_KEY", "FLOWER_BASIC_AUTH"):
        assert f"${{{secret}:?" in text, secret
        assert f"${{{secret}:-" not in text, secret


def test_only_the_web_apps_port_is_open_to_the_network() -> None:
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))["services"]
    published = {name: str(port) for name, service in services.items() for port in service.get("ports", [])}
    outside = {name for name, port in published.items() if not port.startswith("127.0.0.1")}
    # Whoever asks for the relay opens its port, which nothing works without.
    assert outside == {"frontend", "turn"}
    assert services["turn"]["profiles"] == ["turn"]
