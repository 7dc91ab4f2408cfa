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


class Competency(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str = Field(pattern="^[a-z][a-z_]*$")
    title: Localized
    weight: int = Field(ge=1)
    """Percent of the overall score when every competency is assessed."""
    bands: tuple[Band, Band, Band, Band]

    @model_validator(mode="after")
    def _bands_cover_all(self) -> Self:
        edges = [score for band in self.bands for score in range(band.low, band.high + 1)]
        if edges != list(range(101)):
            raise ValueError(f"the bands of {self.key} must cover 0 to 100 without gap or overlap")
        return self

    def describe(self, language: str) -> str:
        """Return the title and the bands' anchor texts on one line, for a prompt."""
        anchors = " / ".join(band.ko if language == "ko" else band.en for band in self.bands)
        return f"{self.key} ({self.title.get(language)}): {anchors}"


class Rubric(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    version: int = Field(ge=1)
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

    def get(self, key: str) -> Competency:
        return next(competency for competency in self.competencies if competency.key == key)


@functools.cache
def load_rubric(rubric_id: str = "standard") -> Rubric:
    """Return a rubric, or raise ValueError when its file is not valid."""
    file = resources.files("interview_worker.rubrics") / f"{rubric_id}.yaml"
    return Rubric.model_validate(yaml.safe_load(file.read_text("utf-8")))
