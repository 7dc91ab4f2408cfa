"""The sentences of explanations, in both languages."""

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any

import yaml

from interview_api.reports.schemas import NotScoredReason, TranscriptProblem
from interview_core.db.tables import Language


@dataclass(frozen=True)
class Wording:
    words: Mapping[str, Any]

    def say(self, name: str, **facts: object) -> str:
        sentence: str = self.words[name]
        return sentence.format(**facts)

    def reason(self, reason: NotScoredReason | None) -> str:
        reasons: Mapping[str, str] = self.words["reasons"]
        return reasons[(reason or NotScoredReason.NOT_ENOUGH_EVIDENCE).value]

    def problem(self, problem: TranscriptProblem | None) -> str | None:
        problems: Mapping[str, str] = self.words["problems"]
        return problems[problem.value] if problem else None

    @property
    def things(self) -> list[str]:
        """What no score looks at."""
        things: list[str] = self.words["not_looked_at"]
        return things


@functools.cache
def wording(language: Language) -> Wording:
    file = resources.files(__package__).joinpath("words.yaml")
    return Wording(yaml.safe_load(file.read_text("utf-8"))[language.value])


def figure(value: float | None) -> str:
    """Return a number as it is read: no more than one decimal, and none where it is whole."""
    return f"{value or 0:.1f}".removesuffix(".0")
