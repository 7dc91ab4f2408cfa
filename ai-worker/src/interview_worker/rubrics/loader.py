"""Loads the rubrics in this folder."""

import functools
from importlib import resources
from typing import Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

from interview_core.scenario import Localized


class Band(BaseModel):
    """What an answer with a score from `low` to `high` is like."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    low: int = Field(alias="from", ge=0)
    high: int = Field(alias="to", le=100)
    ko: str = Field(min_length=1)
    en: str = Field(min_length=1)

    def get(self, language: str) -> str:
        return self.ko if language == "ko" else self.en


class Competency(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str = Field(pattern="^[a-z][a-z_]*$")
    title: Localized
    weight: int = Field(ge=1)
    """Percent of the overall score when every competency is assessed."""
    asks_for_star: bool = False
    """Whether an answer should tell a situation, a task, an action and a result."""
    bands: tuple[Band, Band, Band, Band]

    @model_validator(mode="after")
    def _bands_cover_all(self) -> Self:
        edges = [score for band in self.bands for score in range(band.low, band.high + 1)]
        if edges != list(range(101)):
            raise ValueError(f"the bands of {self.key} must cover 0 to 100 without gap or overlap")
        return self

    def describe(self, language: str) -> str:
        """Return the title and the bands' anchor texts on one line, for a prompt."""
        anchors = " / ".join(band.get(language) for band in self.bands)
        return f"{self.key} ({self.title.get(language)}): {anchors}"


class FollowUp(BaseModel):
    """What the answer to a follow-up adds to its competency's score, by what it covers of what was asked for."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    bonus: int = Field(ge=0, le=20)
    """Points for covering all of it."""
    malus: int = Field(ge=0, le=20)
    """Points taken away for covering nothing of it."""


class Rubric(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    version: int = Field(ge=1)
    scenarios: tuple[str, ...] = ()
    """The scenarios that are judged by it; all others by the standard one."""
    follow_up: FollowUp | None = None
    competencies: tuple[Competency, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _weights_add_up(self) -> Self:
        keys = [competency.key for competency in self.competencies]
        if len(set(keys)) != len(keys) or sum(competency.weight for competency in self.competencies) != 100:
            raise ValueError("competencies must be distinct and their weights add up to 100")
        return self

    @property
    def label(self) -> str:
        """Id and version, as stored with every score."""
        return f"{self.id}@{self.version}"

    def asks_for_star(self, key: str) -> bool:
        return any(competency.key == key and competency.asks_for_star for competency in self.competencies)

    def get(self, key: str) -> Competency:
        return next(competency for competency in self.competencies if competency.key == key)


STANDARD = "standard"


@functools.cache
def load_rubrics() -> dict[str, Rubric]:
    """Return all rubrics by id.

    Raises:
        ValueError: a file is not valid, or two rubrics are for the same scenario.
    """
    folder = resources.files("interview_worker.rubrics")
    files = [file for file in folder.iterdir() if file.name.endswith(".yaml") and file.name != "calibrations.yaml"]
    rubrics = [Rubric.model_validate(yaml.safe_load(file.read_text("utf-8"))) for file in files]
    scenarios = [scenario for rubric in rubrics for scenario in rubric.scenarios]
    if len(set(scenarios)) != len(scenarios):
        raise ValueError("two rubrics are for the same scenario")
    return {rubric.id: rubric for rubric in rubrics}


def load_rubric(rubric_id: str = STANDARD) -> Rubric:
    """Return a rubric, or raise KeyError when there is none of this id."""
    return load_rubrics()[rubric_id]


def rubric_for(scenario_id: str) -> Rubric:
    """Return the rubric that a scenario's answers are judged by."""
    own = (rubric for rubric in load_rubrics().values() if scenario_id in rubric.scenarios)
    return next(own, load_rubric())
