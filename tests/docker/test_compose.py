"""What the compose file and the images promise, read from the files; nothing here needs Docker."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic_settings import BaseSettings

from interview_api.settings import ApiSettings
from interview_core.settings import DatabaseSettings
from interview_core.sweeper import SweeperSettings
from interview_media.settings import MediaSettings
from interview_worker.settings import CpuWorkerSettings, DownloadSettings, GpuWorkerSettings

ROOT = Path(__file__).resolve().parents[2]
SERVICES: dict[str, dict[str, Any]] = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))["services"]
OWN = {name: service for name, service in SERVICES.items() if "build" in service}
DOCKERFILES = sorted((ROOT / "docker").glob("*.Dockerfile"))
SETTINGS: dict[str, type[BaseSettings]] = {
    "backend": ApiSettings,
    "migrate": DatabaseSettings,
    "sweeper": SweeperSettings,
    "worker-gpu": GpuWorkerSettings,
    "worker-gpu-cuda": GpuWorkerSettings,
    "worker-cpu": CpuWorkerSettings,
    "media-server": MediaSettings,
    "model": DownloadSettings,
}
SECRETS = {"SECRET_KEY", "MEDIA_SECRET_KEY", "FLOWER_BASIC_AUTH", "POSTGRES_PASSWORD"}


def last_stage(dockerfile: Path) -> list[str]:
    """Return the lines of the stage that becomes the image."""
    lines = dockerfile.read_text("utf-8").splitlines()
    return lines[max(number for number, line in enumerate(lines) if line.startswith("FROM ")) :]


@pytest.mark.parametrize("name", SETTINGS)
def test_every_setting_of_a_service_reaches_its_container(name: str) -> None:
    settings = {field.upper() for field in SETTINGS[name].model_fields}
    assert settings - SERVICES[name]["environment"].keys() == set()


def test_only_the_download_may_write_the_models_and_it_starts_only_when_asked_for() -> None:
    mounts = {name: str(service.get("volumes")) for name, service in SERVICES.items() if "ai_models" in str(service)}
    assert [name for name, volumes in mounts.items() if "/app/ai_models:ro" not in volumes] == ["model"]
    assert SERVICES["model"]["profiles"] == ["model"]
    # Its image can be built without the rest of the platform.
    assert SERVICES["model"]["image"] == SERVICES["worker-cpu"]["image"]
    assert SERVICES["model"]["build"] == SERVICES["worker-cpu"]["build"]


def test_a_service_is_given_only_the_secrets_that_are_its_own() -> None:
    def holders(secret: str) -> set[str]:
        return {name for name, service in SERVICES.items() if f"${{{secret}" in str(service.get("environment", ""))}

    assert holders("SECRET_KEY") == {"backend"}
    assert holders("MEDIA_SECRET_KEY") == {"backend", "media-server"}
    assert {name for name, service in SERVICES.items() if "TURN_SECRET" in service.get("environment", {})} == {
        "backend",
        "media-server",
        "turn",
    }
    assert holders("FLOWER_BASIC_AUTH") == {"flower"}
    assert holders("POSTGRES_PASSWORD").isdisjoint({"turn", "frontend", "flower", "redis"})


def test_without_its_secrets_nothing_starts() -> None:
    text = (ROOT / "docker-compose.yml").read_text("utf-8")
    for secret in SECRETS:
        uses = re.findall(rf"\$\{{{secret}\b[^}}]*\}}", text)
        assert uses, secret
        assert all(use.startswith(f"${{{secret}:?") for use in uses), secret


def test_only_the_web_app_is_published_and_flower_to_this_machine() -> None:
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert published.keys() == {"frontend", "flower", "turn"}
    assert SERVICES["turn"]["profiles"] == ["turn"]
    assert published["turn"] == ["3478:3478/udp", "3478:3478/tcp"]
    assert all(port.startswith("127.0.0.1:") for port in published["flower"])


def test_the_relay_passes_on_to_the_media_server_alone_and_does_not_start_without_a_secret() -> None:
    turn = SERVICES["turn"]
    peers = [argument for argument in turn["command"] if "-peer-ip=" in argument]
    address = SERVICES["media-server"]["networks"]["relay"]["ipv4_address"]
    assert peers == ["--denied-peer-ip=0.0.0.0-255.255.255.255", f"--allowed-peer-ip={address}"]
    assert {"--use-auth-secret", "--no-tcp-relay", "--no-cli"} <= set(turn["command"])
    assert turn["networks"] == ["relay"]
    members = {name for name, service in SERVICES.items() if "relay" in service.get("networks", [])}
    assert members == {"media-server", "turn"}
    script = turn["entrypoint"][2].replace("$$", "$")
    refused = subprocess.run(["sh", "-ec", script], env={"PATH": os.environ["PATH"]}, capture_output=True, check=False)
    assert refused.returncode != 0
    assert b"TURN_SECRET" in refused.stderr


def test_the_web_server_passes_on_the_interface_and_no_figures() -> None:
    text = (ROOT / "docker" / "nginx" / "default.conf.template").read_text("utf-8")
    passed_on = dict(re.findall(r"location (?:~|\^~) (\S+) \{\s+proxy_pass \$(\w+);", text))
    assert sorted(passed_on.values()) == ["backend", "media_server"]
    assert text.count("proxy_pass ") == 2
    to_backend = next(pattern for pattern, server in passed_on.items() if server == "backend")
    for path in ("/api/v1/interviews", "/docs", "/openapi.json", "/healthz", "/readyz"):
        assert re.search(to_backend, path), path
    for path in ("/metrics", "/metrics/", "/x/metrics"):
        assert not re.search(to_backend, path), path


def test_every_service_that_stays_has_a_health_check_on_its_own_address() -> None:
    for name, service in SERVICES.items():
        assert ("healthcheck" in service) == (name not in {"migrate", "model"}), name
        assert "localhost" not in str(service.get("healthcheck")), name


def test_every_service_waits_for_what_it_needs() -> None:
    for name, service in OWN.items():
        for needed, condition in service.get("depends_on", {}).items():
            wanted = "service_completed_successfully" if needed == "migrate" else "service_healthy"
            assert condition == {"condition": wanted}, (name, needed)


def test_our_services_run_without_privileges_on_a_root_file_system_they_cannot_write() -> None:
    for name, service in OWN.items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert service["stop_grace_period"] == "40s", name


def test_the_default_profile_needs_no_gpu_and_one_worker_runs_per_profile() -> None:
    with_gpu = {name for name, service in SERVICES.items() if "devices" in str(service.get("deploy", ""))}
    assert with_gpu == {"worker-gpu-cuda"}
    assert SERVICES["worker-gpu-cuda"]["profiles"] == ["gpu"]
    assert SERVICES["worker-gpu"]["profiles"] == ["cpu"]
    assert "COMPOSE_PROFILES=cpu" in (ROOT / ".env.example").read_text("utf-8").splitlines()


def test_images_of_others_are_pinned() -> None:
    references = [service["image"] for service in SERVICES.values()]
    for dockerfile in DOCKERFILES:
        stages = set(re.findall(r"^FROM \S+ AS (\S+)", dockerfile.read_text("utf-8"), re.MULTILINE))
        bases = re.findall(r"^FROM (\S+)", dockerfile.read_text("utf-8"), re.MULTILINE)
        references += [base for base in bases if base not in stages and base != "wheel-${ACCELERATOR}"]
    for reference in references:
        tag = reference.partition(":")[2]
        assert re.search(r"\d", tag), reference
        assert "latest" not in tag, reference


@pytest.mark.parametrize("dockerfile", DOCKERFILES, ids=lambda path: path.stem)
def test_no_image_runs_as_root(dockerfile: Path) -> None:
    users = [line.split()[1] for line in last_stage(dockerfile) if line.startswith("USER ")]
    assert users, dockerfile.name
    assert users[-1] in ("10001", "101")


@pytest.mark.parametrize("dockerfile", DOCKERFILES, ids=lambda path: path.stem)
def test_every_image_takes_its_versions_from_one_list(dockerfile: Path) -> None:
    text = dockerfile.read_text("utf-8")
    installs = [line for line in text.splitlines() if re.search(r"pip\S* .*\b(install|wheel)\b", line)]
    if dockerfile.stem == "frontend":
        assert not installs
        assert "npm ci" in text
        return
    assert installs
    assert "PIP_CONSTRAINT=/build/constraints.txt" in text


def test_the_example_of_settings_names_only_settings_that_exist() -> None:
    text = (ROOT / ".env.example").read_text("utf-8")
    documented = set(re.findall(r"^(?:# )?([A-Z][A-Z0-9_]+)=", text, re.MULTILINE))
    from local.configuration import DEFAULT_PORTS

    compose = set(re.findall(r"[A-Z][A-Z0-9_]{3,}", (ROOT / "docker-compose.yml").read_text("utf-8")))
    known = {field.upper() for settings in SETTINGS.values() for field in settings.model_fields}
    assert documented - known - compose - DEFAULT_PORTS.keys() - {"LOCAL_STATE_DIR", "COMPOSE_PROFILES"} == set()
    assert DEFAULT_PORTS.keys() <= documented


def test_the_health_check_is_a_program_that_says_no_when_there_is_no_database() -> None:
    result = subprocess.run(
        [sys.executable, str(ROOT / "docker" / "is_alive.py"), "cpu_queue"],
        env={"DATABASE_URL": "postgresql+psycopg2://nobody@127.0.0.1:1/none"},
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert result.returncode == 1
