"""What a model says is in a résumé, and what of it is taken over: values whose words the résumé holds."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, create_model

from interview_worker.masking import MASKS
from interview_worker.periods import Period, find_period

_MAX_WORDS, _MAX_SUMMARY = 120, 400


class _Found(BaseModel):
    model_config = ConfigDict(extra="forbid")


class FoundJob(_Found):
    company: str = Field(min_length=1, max_length=_MAX_WORDS)
    role: str | None = Field(max_length=_MAX_WORDS)
    period: str = Field(min_length=4, max_length=60)


class FoundSchool(_Found):
    school: str = Field(min_length=1, max_length=_MAX_WORDS)
    degree: str | None = Field(max_length=60)
    field: str | None = Field(max_length=60)
    period: str | None = Field(max_length=60)


class FoundProject(_Found):
    name: str = Field(min_length=1, max_length=_MAX_WORDS)
    period: str | None = Field(max_length=60)


_Words = list[str]
_TYPES: dict[str, tuple[Any, Any]] = {
    "target_role": (str | None, Field(max_length=80)),
    "summary": (str | None, Field(max_length=_MAX_SUMMARY)),
    "employments": (list[FoundJob], Field(max_length=6)),
    "education": (list[FoundSchool], Field(max_length=4)),
    "projects": (list[FoundProject], Field(max_length=6)),
    "certifications": (_Words, Field(max_length=8)),
    "activities": (_Words, Field(max_length=8)),
}


def found_schema(fields: Sequence[str]) -> type[BaseModel]:
    """Return the form in which a model says what it found of these fields, and of nothing else."""
    known: dict[str, Any] = {name: _TYPES[name] for name in fields}
    return create_model("FoundFields", __base__=_Found, **known)


@dataclass(frozen=True)
class Passage:
    """A piece of the résumé as the model was shown it: masked, and without names."""

    page: int
    text: str


@dataclass
class Located:
    """Values that stand in the résumé, and where: the form that a stored profile has."""

    values: dict[str, Any] = field(default_factory=dict)
    sources: dict[str, list[dict[str, Any]]] = field(default_factory=dict)


def locate_fields(found: Mapping[str, Any], passages: Sequence[Passage]) -> Located:
    """Return what of a model's findings the passages bear out, with page and words."""
    locator = _Locator(passages)
    for name, value in found.items():
        if isinstance(value, str):
            locator.add_word(name, value)
        elif name in ("certifications", "activities"):
            locator.add_words(name, value)
        elif isinstance(value, list):
            locator.add_entries(name, value)
    return locator.located


class _Locator:
    def __init__(self, passages: Sequence[Passage]) -> None:
        self._passages = passages
        self.located = Located()

    def add_word(self, name: str, value: str) -> None:
        place = self._find(value)
        if place is not None:
            self.located.values[name] = value.strip()
            self._cite(f"/{name}", place, value)

    def add_words(self, name: str, values: Sequence[str]) -> None:
        kept: list[str] = []
        for value in dict.fromkeys(values):
            place = self._find(value)
            if place is not None:
                self._cite(f"/{name}/{len(kept)}", place, value)
                kept.append(value.strip())
        if kept:
            self.located.values[name] = kept

    def add_entries(self, name: str, entries: Sequence[Mapping[str, Any]]) -> None:
        kept: list[dict[str, Any]] = []
        for entry in entries:
            key = _KEYS[name]
            place = self._find(entry[key])
            if place is None:
                continue
            said = {part: self._within(place, entry.get(part)) for part in entry if part != key}
            period = find_period(said.get("period") or "")
            if name == "employments" and period is None:
                continue  # an employment is known by when it was
            pointer = f"/{name}/{len(kept)}"
            self._cite(f"{pointer}/{key}", place, entry[key])
            for part, value in said.items():
                if value and part != "period":
                    self._cite(f"{pointer}/{part}", place, value)
            self._cite_period(pointer, place, period, said.get("period"))
            kept.append(_entry(name, {key: entry[key].strip(), **said}, period))
        if kept:
            self.located.values[name] = kept

    def _find(self, words: str) -> Passage | None:
        wanted = _squeezed(words)
        if len(wanted) < 2 or any(mark in words for mark in MASKS):
            return None
        return next((passage for passage in self._passages if wanted in _squeezed(passage.text)), None)

    def _within(self, place: Passage, words: str | None) -> str | None:
        """Return the words if the same passage holds them."""
        is_there = words and not any(mark in words for mark in MASKS) and _squeezed(words) in _squeezed(place.text)
        return words.strip() if words and is_there else None

    def _cite(self, pointer: str, place: Passage, words: str) -> None:
        self.located.sources[pointer] = [{"page": place.page, "box": None, "text": words.strip()}]

    def _cite_period(self, pointer: str, place: Passage, period: Period | None, words: str | None) -> None:
        if period is None or words is None:
            return
        for part, is_said in (("start", True), ("end", period.end is not None), ("is_current", period.is_current)):
            if is_said:
                self._cite(f"{pointer}/{part}", place, words)


_KEYS = {"employments": "company", "education": "school", "projects": "name"}


def _entry(name: str, said: Mapping[str, str | None], period: Period | None) -> dict[str, Any]:
    dates = {"start": period.start if period else None, "end": period.end if period else None}
    if name == "employments":
        is_current = period is not None and period.is_current
        return {
            "company": said["company"],
            "role": said.get("role"),
            "department": None,
            **dates,
            "is_current": is_current,
            "description": None,
        }
    if name == "education":
        return {"school": said["school"], "degree": said.get("degree"), "field": said.get("field"), **dates}
    nothing: dict[str, Any] = {"role": None, "description": None, "technologies": [], "achievements": []}
    return {"name": said["name"], **dates, **nothing}


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)
