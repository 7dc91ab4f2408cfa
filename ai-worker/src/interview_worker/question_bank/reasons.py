"""Why a question of the bank is asked, as data in `reasons.yaml`."""

import functools
from importlib import resources

import yaml
from pydantic import BaseModel, ConfigDict

from interview_core.scenario import Localized, QuestionType
from interview_worker.question_bank.entries import Entry
from interview_worker.question_bank.role_groups import CAREER_CHANGE


class _Sources(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    fact: Localized
    role: Localized
    anyone: Localized


class _Reasons(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    stages: dict[str, Localized]
    purposes: dict[QuestionType, Localized]
    sources: _Sources


def reason_of(entry: Entry, language: str, *, stage: str, fact: str | None, role: str) -> str:
    """Return what an entry is asked for in a stage: about a fact of the résumé, about the role, or of anyone."""
    reasons = _load()
    if stage in reasons.stages:
        return reasons.stages[stage].get(language)
    # Who changes careers is asked about the change, not about what is common in the role.
    is_for_role = bool(set(entry.roles) - {CAREER_CHANGE} or entry.technologies)
    source = reasons.sources.fact if fact else reasons.sources.role if is_for_role else reasons.sources.anyone
    return source.get(language).format(fact=fact, role=role, purpose=reasons.purposes[entry.type].get(language))


@functools.cache
def _load() -> _Reasons:
    file = resources.files(__package__) / "reasons.yaml"
    return _Reasons.model_validate(yaml.safe_load(file.read_text("utf-8")))
