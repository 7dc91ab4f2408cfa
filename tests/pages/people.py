"""The candidate of these tests and the installation: what every page asks for."""

from typing import Any

from tests.pages.page_server import Answers, Reply
from tests.pages.state import word

NOW = "2026-11-21T04:00:00Z"


def identifier(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012d}"


def user(language: str, **changes: Any) -> dict[str, Any]:
    return {
        "id": identifier(1),
        "username": "jiwon",
        "display_name": word(language, "김지원", "Jiwon Kim"),
        "role": "candidate",
        "language": language,
        "created_at": NOW,
        **changes,
    }


def system_status(**changes: Any) -> dict[str, Any]:
    return {
        "version": "0.1.0",
        "model_state": "ready",
        "model_name": "EXAONE 3.5 7.8B",
        "model_licence": "EXAONE 1.1 - NC",
        "model_location": "local",
        "can_score": True,
        "can_ask_with_model": True,
        "emotion_enabled": True,
        "cpu_worker_alive": True,
        "speech": {
            "recogniser_state": "ready",
            "recogniser_model": "base",
            "can_transcribe": True,
            "voice_engine": "espeak-ng",
        },
        "max_upload_bytes": 10 * 1024 * 1024,
        **changes,
    }


def refusal(status: int, code: str, headers: dict[str, str] | None = None) -> Reply:
    body = {"detail": "what happened", "error_code": code, "timestamp": NOW, "details": [], "request_id": "test"}
    return Reply(status, body, headers or {})


TOKEN = {"access_token": "token", "token_type": "bearer", "expires_in": 900}


def signed_in(language: str, **status: Any) -> Answers:
    return {
        "POST /auth/refresh": TOKEN,
        "GET /users/me": user(language),
        "GET /system/status": system_status(**status),
    }


def signed_out(_language: str) -> Answers:
    return {"POST /auth/refresh": refusal(401, "NOT_SIGNED_IN"), "GET /system/status": system_status()}
