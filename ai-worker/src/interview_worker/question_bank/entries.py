"""The entries of the question bank, as they stand in `general/` and `roles/`."""

import functools
from collections.abc import Iterator
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

from interview_core.scenario import Difficulty, Localized, QuestionType, variables
from interview_core.skills import skill_groups
from interview_worker.question_bank.role_groups import ROLE_GROUPS

VERSION = 3
FACT_KINDS = frozenset({"role", "company", "employer", "project", "skill"})


class Covers(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    ko: list[str] = Field(min_length=2, max_length=5)
    en: list[str] = Field(min_length=2, max_length=5)

    def get(self, language: str) -> list[str]:
        return self.ko if language == "ko" else self.en


class Entry(BaseModel):
    """A question in both languages, with places in braces for the candidate's facts."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern=r"^[a-z_]+\.[a-z_]+$")
    stages: list[str] = Field(min_length=1)
    roles: list[str] = Field(default_factory=list)
    """Groups of roles whose candidates are asked this; none means everybody."""
    technologies: list[str] = Field(default_factory=list)
    """Asked where the candidate or the job names one of them; none means always."""
    skill_groups: list[str] = Field(default_factory=list)
    """Groups of technologies to one of which a {skill} must belong; none means any."""
    is_follow_up: bool = False
    """Fits after any answer of its stage, and only after one."""
    type: QuestionType
    difficulty: Difficulty
    topic: Localized
    text: Localized
    covers: Covers
    """What a good answer covers."""

    @model_validator(mode="after")
    def _knows_its_facts(self) -> Self:
        for text in (self.topic.ko, self.topic.en, self.text.ko, self.text.en):
            if unknown := variables(text) - FACT_KINDS:
                raise ValueError(f"{self.id} uses unknown facts: {sorted(unknown)}")
        if variables(self.text.ko) != variables(self.text.en):
            raise ValueError(f"{self.id} uses other facts in Korean than in English")
        if unknown := set(self.roles) - ROLE_GROUPS:
            raise ValueError(f"{self.id} is for unknown groups of roles: {sorted(unknown)}")
        if unknown := set(self.skill_groups) - set(skill_groups()):
            raise ValueError(f"{self.id} is about unknown groups of technologies: {sorted(unknown)}")
        return self

    @property
    def needs(self) -> set[str]:
        """The kinds of facts without which the entry cannot be used."""
        return variables(self.text.ko) | variables(self.topic.ko) | variables(self.topic.en)


@functools.cache
def load_bank() -> tuple[Entry, ...]:
    """Return all entries, or raise ValueError when a file is not valid or an id stands twice."""
    folder = resources.files("interview_worker.question_bank")
    entries = [entry for name in ("general", "roles") for file in _files(folder / name) for entry in _entries_of(file)]
    if len({entry.id for entry in entries}) != len(entries):
        raise ValueError("an id stands twice in the question bank")
    return tuple(entries)


def _files(folder: Traversable) -> Iterator[Traversable]:
    yield from sorted((item for item in folder.iterdir() if item.name.endswith(".yaml")), key=lambda item: item.name)


def _entries_of(file: Traversable) -> Iterator[Entry]:
    """Yield the entries of a file; what stands beside them holds for each of them."""
    content: dict[str, Any] = yaml.safe_load(file.read_text("utf-8"))
    entries = content.pop("entries")
    yield from (Entry.model_validate({**content, **entry}) for entry in entries)
