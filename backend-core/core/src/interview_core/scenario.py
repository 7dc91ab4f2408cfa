"""Scenarios: what an interview goes through, as data in `scenarios/*.yaml`, made of `slots.yaml` and `stages.yaml`."""

import functools
from importlib import resources
from string import Formatter
from typing import Any, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

from interview_core.errors import NotFound

MAX_PROBES = 2
"""Follow-up questions on one topic, whatever a scenario says."""

QuestionType = Literal[
    "implementation", "trade_off", "performance", "reliability", "scalability", "quality", "collaboration", "business"
]
Difficulty = Literal["easy", "medium", "hard"]
Extreme = Literal["weakest", "strongest"]


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
        return fill_first(self.ko if language == "ko" else self.en, facts)


class Patience(BaseModel):
    """How long silence lasts before the page may ask whether the answer is over, and before it is."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    min_silence_ms: int = Field(ge=500, le=30_000)
    max_silence_ms: int = Field(ge=1000, le=60_000)


class Stage(BaseModel):
    """What slots of one kind have in common."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: Localized
    competency: str | None = None
    types: list[QuestionType] = Field(min_length=1)
    patience: Patience
    raised_by: list[str] = []
    """Words of a job description that make slots of this stage a must."""


class Slot(BaseModel):
    """A topic that scenarios may hold."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    stage: str = Field(pattern="^[a-z][a-z_]*$")
    reason: Localized
    """Why the candidate is asked this; shown beside the question."""
    templates: Templates
    covers: dict[str, list[str]]
    """What a good answer covers, by language."""
    returns_to: Extreme | None = None
    """Goes back to the weakest or strongest topic so far, instead of opening one."""
    going_back: Localized | None = None
    """The ready question once it is known to which {topic} it goes back."""
    going_back_reason: Localized | None = None
    """Why it does, with the {question} that opened the topic."""


class Place(BaseModel):
    """A slot's place in a scenario."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    slot: str
    must: bool = False
    """Otherwise it is asked if there is time."""
    max_probes: int = Field(default=1, ge=0, le=MAX_PROBES)
    budget_s: int = Field(ge=30, le=1800)
    """Time for the topic, with its follow-ups."""
    added_for: str | None = None
    """Words of a job description that added the place to a plan; no scenario has any."""

    @property
    def content(self) -> Slot:
        return load_slots()[self.slot]

    @property
    def stage(self) -> Stage:
        return load_stages()[self.content.stage]


class Scenario(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern="^[a-z][a-z_]*$")
    version: int = Field(ge=1)
    title: Localized
    description: Localized
    slots: list[Place] = Field(min_length=1)

    @model_validator(mode="after")
    def _slots_are_known(self) -> Self:
        names = [place.slot for place in self.slots]
        if unknown := set(names) - load_slots().keys():
            raise ValueError(f"{self.id} names slots that are not in slots.yaml: {sorted(unknown)}")
        if any(place.added_for for place in self.slots):
            raise ValueError(f"{self.id} says that a job description added a slot")
        if len(names) != len(set(names)):
            raise ValueError(f"{self.id} holds a slot twice")
        return self

    @property
    def estimated_minutes(self) -> int:
        return round(sum(place.budget_s for place in self.slots) / 60)

    @property
    def stages(self) -> dict[str, Stage]:
        """The stages by key, in their order."""
        return {place.content.stage: place.stage for place in self.slots}


def variables(template: str) -> set[str]:
    """Return the names in braces."""
    return {name for _, name, _, _ in Formatter().parse(template) if name}


def fill_first(templates: list[str], facts: dict[str, str]) -> str:
    """Return the first template whose variables are all known, filled; the last one must need nothing else."""
    fitting = next(text for text in templates if variables(text) <= facts.keys())
    return fitting.format_map(facts)


def read_data(name: str) -> Any:
    """Return the content of a YAML file of this package."""
    return yaml.safe_load(resources.files("interview_core").joinpath(name).read_text("utf-8"))


@functools.cache
def load_stages() -> dict[str, Stage]:
    return {key: Stage.model_validate(content) for key, content in read_data("stages.yaml").items()}


@functools.cache
def load_slots() -> dict[str, Slot]:
    """Return all slots by key, or raise ValueError when one names a stage that is not there."""
    slots = {key: Slot.model_validate(content) for key, content in read_data("slots.yaml").items()}
    if unknown := {slot.stage for slot in slots.values()} - load_stages().keys():
        raise ValueError(f"slots.yaml names stages that are not in stages.yaml: {sorted(unknown)}")
    return slots


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
