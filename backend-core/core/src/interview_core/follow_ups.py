"""What a follow-up question says of itself, and how it sounds when no model writes it, as data in `follow_ups.yaml`."""

import functools

from pydantic import BaseModel, ConfigDict, Field

from interview_core.interview import Decision
from interview_core.scenario import fill_first, read_data

_MAX_WORDS = 90
_FEWEST_WORDS = 4
"""Of a vague sentence that is quoted back: nobody is asked for more about "yes"."""
_OTHER = "vague"


class _Wordings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    ko: list[str] = Field(min_length=1)
    en: list[str] = Field(min_length=1)


class _FollowUp(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    covers: _Wordings
    reason: _Wordings
    templates: _Wordings


def follow_up_reason(decision: Decision, language: str) -> str:
    """Return why the question is asked, for the candidate."""
    return _fill(_of(decision).reason, decision, language)


def follow_up_covers(decision: Decision, language: str) -> list[str]:
    """Return what a good answer covers: what is asked now, not what the topic was opened with."""
    covers = _of(decision).covers
    return covers.ko if language == "ko" else covers.en


def follow_up_template(decision: Decision, language: str, repeated: int) -> str:
    """Return a ready question; one that follows the same reason on the same topic leaves the specific words out."""
    wordings = _of(decision).templates
    texts = wordings.ko if language == "ko" else wordings.en
    return fill_first(texts[min(repeated, len(texts) - 1) :], _facts(decision))


def _fill(wordings: _Wordings, decision: Decision, language: str) -> str:
    return fill_first(wordings.ko if language == "ko" else wordings.en, _facts(decision))


def _facts(decision: Decision) -> dict[str, str]:
    words = {"target": decision.target, "quote": decision.quote, "against": decision.against}
    if decision.reason == _OTHER and 0 < len((decision.quote or "").split()) < _FEWEST_WORDS:
        words["target"] = None
    return {name: text.rstrip(" .。") for name, text in words.items() if text and len(text) <= _MAX_WORDS}


def _of(decision: Decision) -> _FollowUp:
    return _load().get(decision.reason) or _load()[_OTHER]


@functools.cache
def _load() -> dict[str, _FollowUp]:
    return {reason: _FollowUp.model_validate(content) for reason, content in read_data("follow_ups.yaml").items()}
