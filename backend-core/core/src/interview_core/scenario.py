"""Scenarios: what an interview goes through, as data in `scenarios/*.yaml`."""

import functools
from importlib import resources
from string import Formatter
from typing import Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

from interview_core.errors import NotFound


class Localized(BaseModel):
    """The same text in both languages of the platform."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    ko: str = Field(min_length=1)
    en: str = Field(min_length=1)

    def get(self, language: str) -> str:
        return self.ko if language == "ko" else self.en


class Templates(BaseModel):
    """Ready questions of a slot, most specific first; each is usable when all its variables have facts."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    ko: list[str] = Field(min_length=1)
    en: list[str] = Field(min_length=1)

    @model_validator(mode="after")
    def _last_needs_nothing(self) -> Self:
        for texts in (self.ko, self.en):
            if variables(texts[-1]) - {"role"}:
                raise ValueError(f"the last template may use {{role}} only, so that it always fits: {texts[-1]!r}")
        return self

    def fill(self, language: str, facts: dict[str, str]) -> str:
        """Return the first template whose variables are all known, filled."""
        texts = self.ko if language == "ko" else self.en
        fitting = next(text for text in texts if variables(text) <= facts.keys())
        return fitting.format_map(facts)


class Slot(BaseModel):
    """One place in the plan of an interview."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    stage: str = Field(pattern="^[a-z][a-z_]*$")
    title: Localized
    competency: str | None = None
    is_follow_up: bool = False
    """Asks deeper into the answer before, instead of opening a topic."""
    reason: Localized
    """Why the candidate is asked this; shown beside the question."""
    templates: Templates
    covers: dict[str, list[str]] = Field(default_factory=dict)
    """What a good answer covers, by language."""


class Scenario(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern="^[a-z][a-z_]*$")
    version: int = Field(ge=1)
    title: Localized
    description: Localized
    estimated_minutes: int = Field(ge=1)
    slots: list[Slot] = Field(min_length=1)


def variables(template: str) -> set[str]:
    """Return the names in braces."""
    return {name for _, name, _, _ in Formatter().parse(template) if name}


@functools.cache
def load_scenarios() -> dict[str, Scenario]:
    """Return all scenarios by id, in the order of their length."""
    folder = resources.files("interview_core") / "scenarios"
    loaded = [
        Scenario.model_validate(yaml.safe_load(file.read_text("utf-8")))
        for file in sorted(folder.iterdir(), key=lambda item: item.name)
        if file.name.endswith(".yaml")
    ]
    return {scenario.id: scenario for scenario in sorted(loaded, key=lambda scenario: len(scenario.slots))}


def get_scenario(scenario_id: str) -> Scenario:
    """Return a scenario, or raise NotFound."""
    try:
        return load_scenarios()[scenario_id]
    except KeyError:
        raise NotFound("There is no such scenario; see GET /api/v1/scenarios.", code="SCENARIO_NOT_FOUND") from None
