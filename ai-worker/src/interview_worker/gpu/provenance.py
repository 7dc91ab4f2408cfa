"""What produced a text, as it is stored and shown; a stand-in always says that it is one, and why."""

from enum import StrEnum
from importlib.metadata import version

from pydantic import BaseModel, ConfigDict

from interview_core.errors import InterviewError
from interview_worker.engines.language_model import GenerationResult


class FallbackReason(StrEnum):
    """Why a question is not the model's."""

    NO_MODEL = "no_model"
    MODEL_TIMEOUT = "model_timeout"
    MODEL_BUSY = "model_busy"
    MODEL_FAILED = "model_failed"
    LIMIT_REACHED = "limit_reached"
    EMPTY = "empty"
    TOO_LONG = "too_long"
    WRONG_LANGUAGE = "wrong_language"
    BROKEN_TEXT = "broken_text"
    CUT_OFF = "cut_off"
    PLACEHOLDER = "placeholder"
    PROMPT_LEAK = "prompt_leak"
    ASKED_BEFORE = "asked_before"
    PERSONAL = "personal"
    """It asked about the person instead of the work."""


_BY_CODE = {
    "MODEL_UNAVAILABLE": FallbackReason.NO_MODEL,
    "MODEL_TIMEOUT": FallbackReason.MODEL_TIMEOUT,
    "MODEL_BUSY": FallbackReason.MODEL_BUSY,
    "MODEL_LIMIT_REACHED": FallbackReason.LIMIT_REACHED,
}


def reason_of(error: InterviewError) -> FallbackReason:
    """Return why a model that raised this error could not write."""
    return _BY_CODE.get(error.code, FallbackReason.MODEL_FAILED)


class AnsweredBy(BaseModel):
    """Provider and model that wrote a text; stored as JSON."""

    model_config = ConfigDict(frozen=True)

    provider: str
    model: str | None
    prompt_version: str | None
    is_fallback: bool
    fallback_reason: FallbackReason | None
    took_ms: int | None


def by_model(result: GenerationResult, prompt_id: str, took_ms: int) -> AnsweredBy:
    """Return the provenance of a model's text; `took_ms` includes attempts that were thrown away."""
    return AnsweredBy(
        provider=result.provider,
        model=result.model,
        prompt_version=prompt_id,
        is_fallback=False,
        fallback_reason=None,
        took_ms=took_ms,
    )


def versions_of(rubric: str, answered_by: AnsweredBy | None) -> dict[str, str | None]:
    """Return what a judgement was made with; prompt and model are None where no model judged."""
    return {
        "rubric": rubric,
        "prompt": answered_by.prompt_version if answered_by else None,
        "model": answered_by.model if answered_by else None,
        "code": code_version(),
    }


def code_version() -> str:
    """Return the version of this worker, stored with what it computed."""
    return version("interview-worker")
