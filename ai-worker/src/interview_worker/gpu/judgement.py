"""The form in which a model is asked for a judgement: words of the answer first, what follows from them after."""

import functools
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, create_model

from interview_worker.gpu.findings import STAR_PARTS

_CLOSED = ConfigDict(extra="forbid")
_MAX_QUOTE = 120


class JudgedPoint(BaseModel):
    model_config = _CLOSED

    kind: Literal["strength", "improvement"]
    text: str = Field(min_length=1, max_length=120)
    quote: str = Field(min_length=1, max_length=_MAX_QUOTE)


class JudgedCompetency(BaseModel):
    model_config = _CLOSED

    quote: str = Field(min_length=1, max_length=_MAX_QUOTE)
    comment: str = Field(min_length=1, max_length=120)
    score: int = Field(ge=0, le=100)


class Judgement(BaseModel):
    """What a model is asked to write about an answer; `judgement_schema` adds the rest."""

    model_config = _CLOSED

    summary: str = Field(min_length=1, max_length=160)
    points: list[JudgedPoint] = Field(max_length=4)


@functools.lru_cache(maxsize=256)
def judgement_schema(keys: tuple[str, ...], aspect_count: int) -> type[Judgement]:
    """Return the form of a judgement with the competencies in the given order.

    Each aspect of a good answer and each part of STAR is a quote, each competency its score; null where the answer
    has no such words.
    """
    quote = Field(min_length=1, max_length=_MAX_QUOTE)
    scores = create_model(
        "Competencies",
        __config__=_CLOSED,
        **dict.fromkeys(keys, (JudgedCompetency | None, ...)),  # type: ignore[call-overload]  # made at run time
    )
    aspects, star = (
        create_model(
            name,
            __config__=_CLOSED,
            **dict.fromkeys(parts, (str | None, quote)),  # type: ignore[call-overload]  # as above
        )
        for name, parts in (("Aspects", aspect_keys(aspect_count)), ("Star", STAR_PARTS))
    )
    return create_model(
        "Judgement",
        __base__=Judgement,
        covered=(aspects, ...),
        star=(star, ...),
        competencies=(scores, ...),
        improved_answer=(str, Field(min_length=1, max_length=400)),
    )


def aspect_keys(count: int) -> tuple[str, ...]:
    """Return the names by which a prompt and a judgement call what a good answer covers, in order."""
    return tuple(f"aspect_{number}" for number in range(1, count + 1))
