"""Loads the question bank, and chooses from it the same question for the same interview and position."""

import functools
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import resources
from typing import Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

from interview_core.scenario import Localized, variables
from interview_worker.question_bank.particles import with_particle

VERSION = 1
FACT_KINDS = frozenset({"role", "company", "employer", "project", "skill"})

Difficulty = Literal["easy", "medium", "hard"]
QuestionType = Literal[
    "implementation", "trade_off", "performance", "reliability", "scalability", "quality", "collaboration", "business"
]


class Covers(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    ko: list[str] = Field(min_length=1)
    en: list[str] = Field(min_length=1)

    def get(self, language: str) -> list[str]:
        return self.ko if language == "ko" else self.en


class Entry(BaseModel):
    """A question in both languages, with places in braces for the candidate's facts."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern=r"^[a-z_]+\.[a-z_]+$")
    stages: list[str] = Field(min_length=1)
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
        return self

    @property
    def needs(self) -> set[str]:
        """The kinds of facts without which the entry cannot be used."""
        return variables(self.text.ko) | variables(self.topic.ko) | variables(self.topic.en)


@dataclass(frozen=True)
class BankQuestion:
    """An entry filled with facts, ready to be asked."""

    entry: Entry
    text: str
    topic: str
    covers: list[str]
    facts: dict[str, str]
    """What was filled in, by kind."""


@dataclass(frozen=True)
class Wanted:
    """What kind of question is looked for."""

    seed: str
    """The same seed and material give the same question."""
    language: str
    stage: str
    is_follow_up: bool
    difficulty: Difficulty
    facts: Mapping[str, Sequence[str]]
    """Facts by kind, each usable in a question."""
    used_ids: frozenset[str] = frozenset()
    used_types: frozenset[str] = frozenset()
    earlier_text: str = field(default="", repr=False)
    """Everything asked so far, so that other facts come first."""


class _Fact(str):
    """A fact that takes its particle: `{project:을/를}`."""

    __slots__ = ()

    def __format__(self, spec: str) -> str:
        return with_particle(self, spec) if spec else str(self)


@functools.cache
def load_bank() -> tuple[Entry, ...]:
    """Return all entries, or raise ValueError when a file is not valid or an id stands twice."""
    folder = resources.files("interview_worker.question_bank")
    entries = []
    for file in sorted((item for item in folder.iterdir() if item.name.endswith(".yaml")), key=lambda item: item.name):
        content = yaml.safe_load(file.read_text("utf-8"))
        entries += [Entry.model_validate({**entry, "type": content["type"]}) for entry in content["entries"]]
    if len({entry.id for entry in entries}) != len(entries):
        raise ValueError("an id stands twice in the question bank")
    return tuple(entries)


def choose(wanted: Wanted, bank: Iterable[Entry] | None = None) -> BankQuestion | None:
    """Return the best fitting question that was not asked yet; None when nothing fits.

    Questions about the candidate's own facts come first, then the wanted difficulty, then types not asked yet.
    """
    fitting = [entry for entry in (load_bank() if bank is None else bank) if _fits(entry, wanted)]
    if not fitting:
        return None
    entry = min(
        fitting,
        key=lambda entry: (
            not entry.needs - {"role"},
            entry.difficulty != wanted.difficulty,
            entry.type in wanted.used_types,
            _rank(wanted.seed, entry.id),
        ),
    )
    return fill(entry, wanted.language, {kind: _pick(kind, wanted) for kind in sorted(entry.needs)})


def fill(entry: Entry, language: str, facts: Mapping[str, str]) -> BankQuestion:
    """Return the entry with facts in its places and Korean particles that fit them."""
    values = {kind: _Fact(fact) for kind, fact in facts.items()}
    return BankQuestion(
        entry=entry,
        text=entry.text.get(language).format_map(values),
        topic=entry.topic.get(language).format_map(values),
        covers=entry.covers.get(language),
        facts=dict(facts),
    )


def _fits(entry: Entry, wanted: Wanted) -> bool:
    return (
        wanted.stage in entry.stages
        and entry.is_follow_up == wanted.is_follow_up
        and entry.id not in wanted.used_ids
        and all(wanted.facts.get(kind) for kind in entry.needs)
    )


def _pick(kind: str, wanted: Wanted) -> str:
    """Return a fact of the kind, rather one that no question named so far."""
    return min(wanted.facts[kind], key=lambda fact: (fact in wanted.earlier_text, _rank(wanted.seed, fact)))


def _rank(seed: str, name: str) -> str:
    return hashlib.sha256(f"{seed}:{name}".encode()).hexdigest()
