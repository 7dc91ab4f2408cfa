"""Bodies of the routes about the system itself."""

from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class ModelState(StrEnum):
    READY = "ready"
    NOT_LOADED = "not_loaded"
    MISSING = "missing"
    INVALID = "invalid"
    RUNTIME_MISSING = "runtime_missing"
    NOT_PERMITTED = "not_permitted"
    NO_MEMORY = "no_memory"
    BROKEN = "broken"
    WORKER_AWAY = "worker_away"


class RecogniserState(StrEnum):
    NOT_LOADED = "not_loaded"
    FETCHING = "fetching"
    FETCHED = "fetched"
    LOADING = "loading"
    READY = "ready"
    MISSING = "missing"
    OFF = "off"
    WORKER_AWAY = "worker_away"


class VoiceEngine(StrEnum):
    OPENAI_COMPATIBLE = "openai_compatible"
    ESPEAK_NG = "espeak-ng"


class SpeechStatus(BaseModel):
    recogniser_state: RecogniserState
    recogniser_model: str | None
    can_transcribe: bool = Field(description="False: answers are typed.")
    voice_engine: VoiceEngine | None = Field(
        description="What speaks questions here; null: nothing. `espeak-ng` sounds worse than most browsers' voices."
    )


class SystemStatus(BaseModel):
    """What works right now; nothing secret, so no sign-in is needed."""

    model_config = ConfigDict(protected_namespaces=())

    version: str
    model_state: ModelState
    model_name: str | None
    model_licence: str | None = Field(description="Under which licence the model may be used, where it is known.")
    model_location: Literal["local", "remote"] | None = Field(
        description="Remote: answers, and résumé text without contact data, may be sent to a provider. Null: no model."
    )
    can_score: bool
    can_ask_with_model: bool
    emotion_enabled: bool
    cpu_worker_alive: bool
    speech: SpeechStatus
    max_upload_bytes: int


class Health(BaseModel):
    status: Literal["ok"] = "ok"


class CheckResult(BaseModel):
    name: str = Field(examples=["database"])
    is_ok: bool
    message: str | None = Field(description="What is wrong and what to do.")


class Readiness(BaseModel):
    status: Literal["ready", "degraded", "unavailable"]
    checks: list[CheckResult]
