"""An interview's plan: slots of a scenario, cut to a length and fitted to a candidate and a job.

A plan is stored with its interview, so that a scenario may change while interviews go on.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from interview_core.job_words import find_words
from interview_core.scenario import (
    Difficulty,
    Extreme,
    Localized,
    Patience,
    Place,
    QuestionType,
    Scenario,
    fill_first,
    load_slots,
    load_stages,
)
from interview_core.skills import find_skills

# Per five questions: junior 2 easy, 2 medium, 1 hard; in between 1/3/1; senior 0/2/3.
DIFFICULTIES: dict[str, tuple[Difficulty, ...]] = {
    "junior": ("easy", "medium", "easy", "medium", "hard"),
    "mid": ("easy", "medium", "medium", "hard", "medium"),
    "senior": ("medium", "hard", "medium", "hard", "hard"),
}
_JUNIOR_BELOW_MONTHS, _SENIOR_FROM_MONTHS = 24, 60
_MIN_WEIGHTS, _LIGHT, _HEAVY = 3, 0.75, 1.75
# What is asked first of those whose technologies are basic, and of those whose technologies take long to master.
_BASIC_FIRST: tuple[QuestionType, ...] = ("implementation", "quality", "performance")
_EXPERT_FIRST: tuple[QuestionType, ...] = ("trade_off", "scalability", "reliability", "performance")
_LIMIT_FACTOR = 1.5
"""Time that the clock gives, by what a plan is expected to take: typing takes longer than speaking."""
_MAX_TOPICS = 6
MAX_ADDED = 2
"""Topics that a job description may add to a scenario."""
_ADDED_PROBES, _ADDED_S = 1, 180
_JOB_SKILL = "job_skill"
_ADDED_REASON = Localized(
    ko="채용 공고에 ‘{words}’ 내용이 있어서 더한 주제예요.",
    en="This topic was added because the job description says “{words}”.",
)


class PlannedSlot(BaseModel):
    """One topic of a plan, in the interview's language."""

    model_config = ConfigDict(frozen=True)

    key: str
    stage: str
    stage_title: str
    competency: str | None
    is_must: bool
    max_probes: int
    budget_s: int
    patience: Patience
    type: QuestionType
    difficulty: Difficulty
    reason: str
    templates: list[str]
    covers: list[str]
    returns_to: Extreme | None = None
    going_back: str | None = None
    going_back_reason: str | None = None
    topics: list[str] = []
    """Technologies of the job description that the question may be about."""
    added_for: str | None = None
    """Words of the job description for which the topic was added to the scenario."""

    def fill(self, facts: dict[str, str]) -> str:
        """Return the ready question for what is known of the candidate."""
        return fill_first(self.templates, {**facts, "topic": self.topics[0]} if self.topics else facts)


class PlanWishes(BaseModel):
    """How a candidate cuts a scenario to length; nothing given leaves it as it is."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    question_count: int | None = Field(default=None, ge=1, le=15)
    minutes: int | None = Field(default=None, ge=3, le=120)
    stages: list[str] | None = Field(default=None, min_length=1, max_length=20)


@dataclass(frozen=True)
class Applicant:
    """What a profile says about how hard questions should be."""

    level: str
    """`junior`, `mid` or `senior`."""
    weight: float | None
    """What the technologies take to master on average, 0 basic to 3 expert; None when too few are known."""
    skills: frozenset[str] = frozenset()
    """Technologies that the profile names."""


@dataclass(frozen=True)
class _Wanted:
    """What a job description asks for."""

    text: str
    topics: tuple[str, ...]
    """Technologies, in order of appearance."""
    gaps: tuple[str, ...]
    """Those that the profile does not name."""


def read_applicant(profile: Mapping[str, Any] | None) -> Applicant:
    """Return level and weight of technologies; where experience is unknown the technologies tell the level."""
    profile = profile or {}
    weights = [skill["weight"] for skills in (profile.get("skill_groups") or {}).values() for skill in skills]
    weight = fmean(weights) if len(weights) >= _MIN_WEIGHTS else None
    months = profile.get("total_experience_months")
    if months is not None:
        level = "junior" if months < _JUNIOR_BELOW_MONTHS else "mid" if months < _SENIOR_FROM_MONTHS else "senior"
    elif profile.get("seniority") is not None:
        level = str(profile["seniority"])
    elif weight is not None:
        level = "junior" if weight < _LIGHT else "mid" if weight < _HEAVY else "senior"
    else:
        level = "mid"
    return Applicant(level, weight, _skills_of(profile))


def _skills_of(profile: Mapping[str, Any]) -> frozenset[str]:
    """Return the technologies that a profile names anywhere, a name that is also a word among them.

    Nobody is told that a technology is not in the résumé while some line of it holds the word.
    """
    grouped = {skill["name"] for skills in (profile.get("skill_groups") or {}).values() for skill in skills}
    # Where a value was read from says nothing more than the value.
    texts = _texts_in({field: value for field, value in profile.items() if field != "sources"})
    return frozenset(grouped.union(find_skills("\n".join(texts), is_list=True)))


def _texts_in(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _texts_in(inner)
    elif isinstance(value, Sequence):
        for inner in value:
            yield from _texts_in(inner)


def make_plan(
    scenario: Scenario,
    language: str,
    applicant: Applicant,
    *,
    wishes: PlanWishes | None = None,
    job_description: str | None = None,
    difficulty: Difficulty | None = None,
) -> list[PlannedSlot]:
    """Return the plan of an interview. A given difficulty stands for what the applicant's level would say."""
    wanted = _read_job(job_description or "", applicant)
    places = [_raised(place, wanted) for place in _with_added(scenario, wanted)]
    pattern = (difficulty,) if difficulty else DIFFICULTIES[applicant.level]
    return plan_places(
        _cut(places, wishes or PlanWishes()), language, applicant, pattern, job_description=job_description
    )


def _read_job(text: str, applicant: Applicant) -> _Wanted:
    topics = tuple(find_skills(text, is_list=False)[:_MAX_TOPICS])
    # Of a résumé without technologies nobody can say which are missing.
    gaps = tuple(topic for topic in topics if topic not in applicant.skills) if applicant.skills else ()
    return _Wanted(text, topics, gaps)


def _with_added(scenario: Scenario, wanted: _Wanted) -> list[Place]:
    """Return the scenario's places, with topics that the job asks for and the scenario lacks before its last part.

    Added topics are asked if there is time, and at most `MAX_ADDED`.
    """
    added = []
    if wanted.gaps:
        added.append(_added(_JOB_SKILL, wanted.gaps[0]))
    for key, stage in load_stages().items():
        words = find_words(stage.raised_by, wanted.text)
        if words is not None and key not in scenario.stages:
            added.append(_added(next(name for name, slot in load_slots().items() if slot.stage == key), words))
    places = list(scenario.slots)
    end = next((at for at, place in enumerate(places) if place.content.returns_to), len(places) - 1)
    return [*places[:end], *added[:MAX_ADDED], *places[end:]]


def _added(slot: str, words: str) -> Place:
    return Place(slot=slot, max_probes=_ADDED_PROBES, budget_s=_ADDED_S, added_for=words)


def plan_places(
    places: Sequence[Place],
    language: str,
    applicant: Applicant,
    pattern: Sequence[Difficulty],
    *,
    job_description: str | None = None,
    used_types: Sequence[str] = (),
) -> list[PlannedSlot]:
    """Return the plan of some places, with difficulties by a pattern, and types that did not come up so far first."""
    wanted = _read_job(job_description or "", applicant)
    used = [*used_types]
    plan = []
    for number, place in enumerate(places):
        kind = _next_type(place, applicant, used)
        used.append(kind)
        plan.append(_planned(place, language, kind, pattern[number % len(pattern)], _topics_of(place, wanted)))
    return plan


def default_limit_s(plan: Sequence[PlannedSlot]) -> int:
    """Return how much time the clock gives for a plan."""
    return round(sum(slot.budget_s for slot in plan) * _LIMIT_FACTOR)


def _topics_of(place: Place, wanted: _Wanted) -> list[str]:
    if place.slot == _JOB_SKILL:
        return list(wanted.gaps)
    # What the résumé does not name is asked about once, and not as if it had been used.
    known = [topic for topic in wanted.topics if topic not in wanted.gaps]
    return known if place.content.stage == "skill" else []


def _raised(place: Place, wanted: _Wanted) -> Place:
    is_raised = place.added_for is None and find_words(place.stage.raised_by, wanted.text) is not None
    return place.model_copy(update={"must": True}) if is_raised else place


def _cut(places: list[Place], wishes: PlanWishes) -> list[Place]:
    """Return the places that fit the wishes, in their order; what is a must stays before what is not."""
    if wishes.stages is not None:
        places = [place for place in places if place.content.stage in wishes.stages] or places
    by_weight = sorted(range(len(places)), key=lambda index: (not places[index].must, index))
    if wishes.question_count is not None:
        by_weight = by_weight[: wishes.question_count]
    if wishes.minutes is not None:
        by_weight = _within(by_weight, places, wishes.minutes * 60)
    return [places[index] for index in sorted(by_weight)]


def _within(order: list[int], places: list[Place], seconds: int) -> list[int]:
    kept: list[int] = []
    for index in order:
        seconds -= places[index].budget_s
        if seconds < 0 and kept:
            break
        kept.append(index)
    return kept


def added_reason(words: str, language: str) -> str:
    """Return why a topic was added to the scenario: for words of the job description."""
    return _ADDED_REASON.get(language).format(words=words)


def _next_type(place: Place, applicant: Applicant, used: Sequence[str]) -> QuestionType:
    """Return the type of the stage's that came up least so far; of equals the one that fits the technologies."""
    types = place.stage.types
    first: tuple[QuestionType, ...] = ()
    if applicant.weight is not None:
        first = _BASIC_FIRST if applicant.weight < _LIGHT else _EXPERT_FIRST if applicant.weight >= _HEAVY else ()
    ordered = [*(kind for kind in first if kind in types), *(kind for kind in types if kind not in first)]
    return min(ordered, key=used.count)


def _planned(place: Place, language: str, kind: QuestionType, difficulty: Difficulty, topics: list[str]) -> PlannedSlot:
    slot, stage = place.content, place.stage
    reason = slot.reason.get(language)
    if place.added_for is not None:
        reason = f"{added_reason(place.added_for, language)} {reason}"
    return PlannedSlot(
        key=place.slot,
        stage=slot.stage,
        stage_title=stage.title.get(language),
        competency=stage.competency,
        is_must=place.must,
        max_probes=place.max_probes,
        budget_s=place.budget_s,
        patience=stage.patience,
        type=kind,
        difficulty=difficulty,
        reason=reason,
        templates=slot.templates.ko if language == "ko" else slot.templates.en,
        covers=slot.covers[language],
        returns_to=slot.returns_to,
        going_back=slot.going_back.get(language) if slot.going_back else None,
        going_back_reason=slot.going_back_reason.get(language) if slot.going_back_reason else None,
        topics=topics,
        added_for=place.added_for,
    )
