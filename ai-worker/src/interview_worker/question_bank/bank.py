"""Chooses from the question bank, the same question for the same interview and position."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from interview_core.scenario import Difficulty, QuestionType
from interview_core.skills import group_of
from interview_worker.question_bank.entries import Entry, load_bank
from interview_worker.question_bank.particles import with_particle

_NEAREST = 12
"""Entries that count as near; among them the rest decides, so that one text does not fix one question."""


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
    avoids: frozenset[Difficulty] = frozenset()
    """Asked only when nothing else is left."""
    type: QuestionType | None = None
    """Preferred where there is a choice."""
    role_groups: frozenset[str] = frozenset()
    technologies: frozenset[str] = frozenset()
    """Named by the candidate or the job, in any letter case."""
    near_ids: Sequence[str] = ()
    """Entries near what the interview is about, nearest first."""
    had_ids: frozenset[str] = frozenset()
    """Asked in earlier interviews of the same user: only when nothing else is left."""


class _Fact(str):
    """A fact that takes its particle: `{project:을/를}`."""

    __slots__ = ()

    def __format__(self, spec: str) -> str:
        return with_particle(self, spec) if spec else str(self)


def choose(wanted: Wanted, bank: Iterable[Entry] | None = None) -> BankQuestion | None:
    """Return the best fitting question that was not asked yet; None when nothing fits."""
    return next(iter(rank(wanted, bank, limit=1)), None)


def rank(wanted: Wanted, bank: Iterable[Entry] | None = None, *, limit: int) -> list[BankQuestion]:
    """Return the best fitting questions, the best first.

    New ones come before those of earlier interviews; then, taking turns, those about the candidate's own facts and
    those made for the role and its technologies; then the wanted type and difficulty, what is near the interview's
    subject, and types not asked yet. An easy question stands in for a hard one, or the other way round, only where
    there is nothing else.
    """
    entries = load_bank() if bank is None else tuple(bank)
    technologies = frozenset(map(str.casefold, wanted.technologies))
    near = frozenset(wanted.near_ids[:_NEAREST])
    used = [entry for entry in entries if entry.id in wanted.used_ids]
    is_roles_turn = sum(map(_is_made_for, used)) < sum(map(_is_about_facts, used))
    fitting = [entry for entry in entries if _fits(entry, wanted, technologies)]
    fitting.sort(
        key=lambda entry: (
            entry.id in wanted.had_ids,
            entry.difficulty in wanted.avoids or {entry.difficulty, wanted.difficulty} == {"easy", "hard"},
            _kind_rank(entry, is_roles_turn=is_roles_turn),
            _misses(entry, wanted),
            entry.id not in near,
            wanted.type is not None and entry.type != wanted.type,
            entry.type in wanted.used_types,
            _rank(wanted.seed, entry.id),
        )
    )
    return [
        fill(entry, wanted.language, {kind: _pick(kind, entry, wanted) for kind in sorted(entry.needs)})
        for entry in fitting[:limit]
    ]


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


def _fits(entry: Entry, wanted: Wanted, technologies: frozenset[str]) -> bool:
    return (
        wanted.stage in entry.stages
        and entry.is_follow_up == wanted.is_follow_up
        and entry.id not in wanted.used_ids
        and (not entry.roles or not wanted.role_groups.isdisjoint(entry.roles))
        and (not entry.technologies or any(name.casefold() in technologies for name in entry.technologies))
        and all(_usable(kind, entry, wanted) for kind in entry.needs)
    )


def _usable(kind: str, entry: Entry, wanted: Wanted) -> Sequence[str]:
    """Return the facts of a kind of which an entry may speak: not of a method that stops to answer."""
    facts = wanted.facts.get(kind, ())
    if kind != "skill" or not entry.skill_groups:
        return facts
    return [fact for fact in facts if group_of(fact) in entry.skill_groups]


def _misses(entry: Entry, wanted: Wanted) -> int:
    return (wanted.type is not None and entry.type != wanted.type) + (entry.difficulty != wanted.difficulty)


def _kind_rank(entry: Entry, *, is_roles_turn: bool) -> int:
    first, second = (_is_made_for, _is_about_facts) if is_roles_turn else (_is_about_facts, _is_made_for)
    return 0 if first(entry) else 1 if second(entry) else 2


def _is_about_facts(entry: Entry) -> bool:
    return bool(entry.needs - {"role"})


def _is_made_for(entry: Entry) -> bool:
    return bool(entry.roles or entry.technologies)


def _pick(kind: str, entry: Entry, wanted: Wanted) -> str:
    """Return a fact of the kind, rather one that no question named so far."""
    return min(_usable(kind, entry, wanted), key=lambda fact: (fact in wanted.earlier_text, _rank(wanted.seed, fact)))


def _rank(seed: str, name: str) -> str:
    return hashlib.sha256(f"{seed}:{name}".encode()).hexdigest()
