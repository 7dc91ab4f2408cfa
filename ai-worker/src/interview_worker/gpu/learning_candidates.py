"""What somebody could learn, each with the words that it rests on: of the résumé, the report, the job or the role."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any, Literal
from uuid import UUID

from interview_core.db.tables import LearningItemType
from interview_worker.learning_catalogue.catalogue import Catalogue, Topic

STRONG_FROM, WEAK_BELOW = 75, 60
"""Scores of a report's competencies."""

_MAX_QUOTE = 200
_GENERAL = ("interview_answers", "problem_solving", "collaboration")
"""What helps everybody, for those of whom nothing else can be said."""

Source = Literal["resume", "report", "job_description", "role"]


class Why(StrEnum):
    """Why something is proposed, as rules can tell."""

    USED = "used"
    USED_AND_WANTED = "used_and_wanted"
    LISTED = "listed"
    HAS_FIGURES = "has_figures"
    HAS_STORY = "has_story"
    SHOWN = "shown"
    NOT_SHOWN = "not_shown"
    WANTED = "wanted"
    USUAL = "usual"
    LACKS_FIGURES = "lacks_figures"
    HELPS_EVERYBODY = "helps_everybody"


@dataclass(frozen=True)
class Evidence:
    source: Source
    quote: str
    field: str | None = None
    """JSON Pointer into the profile."""
    question_id: UUID | None = None

    def as_json(self) -> dict[str, Any]:
        question_id = str(self.question_id) if self.question_id else None
        return {"source": self.source, "quote": self.quote, "field": self.field, "question_id": question_id}


@dataclass(frozen=True)
class Candidate:
    """A topic to build on, or to work on."""

    topic: Topic
    type: LearningItemType
    why: Why
    evidence: Evidence
    weight: float
    subject: str | None = None
    """What the reason names instead of the topic: a competency, a role."""


@dataclass(frozen=True)
class Claim:
    text: str
    has_figure: bool


@dataclass(frozen=True)
class Competency:
    """A competency of a report that has a score, and words of an answer that bear it out."""

    key: str
    title: str
    score: float
    quote: str
    question_id: UUID | None


@dataclass(frozen=True)
class Material:
    """All that a learning path is made of."""

    language: str
    role: str
    job_description: str | None
    profile: Mapping[str, Any]
    claims: tuple[Claim, ...] = ()
    competencies: tuple[Competency, ...] = ()

    @cached_property
    def skills(self) -> list[str]:
        return list(self.profile.get("skills") or [])

    @property
    def projects(self) -> list[Mapping[str, Any]]:
        return list(self.profile.get("projects") or [])

    @cached_property
    def texts(self) -> list[str]:
        """Everything in the résumé that may name a topic."""
        jobs = self.profile.get("employments") or []
        parts = [self.profile.get("summary"), *(job.get("description") for job in jobs)]
        for project in self.projects:
            parts += [project.get("name"), project.get("description"), *(project.get("achievements") or [])]
        parts += [*(self.profile.get("certifications") or []), *(self.profile.get("activities") or [])]
        return [*filter(None, parts), *(claim.text for claim in self.claims)]

    def knows(self, topic: Topic) -> bool:
        """Tell whether the résumé names a topic anywhere."""
        used = (name for project in self.projects for name in project.get("technologies") or [])
        named = [*self.skills, *used]
        is_named = topic.is_in_list(named) or any(map(topic.is_in_text, self.texts))
        return is_named or any(map(topic.is_implied_in, [*named, *self.texts]))


def find_strengths(material: Material, catalogue: Catalogue) -> list[Candidate]:
    """Return what the candidate could build on, the best supported first."""
    usual = {topic.id for topic in catalogue.topics_of_role(material.role)}
    found = [*_shown(material, catalogue), *_used(material, catalogue, usual), *_told_well(material, catalogue)]
    return _ranked(found)


def find_weaknesses(material: Material, catalogue: Catalogue) -> list[Candidate]:
    """Return what the candidate could work on, the best supported first; never what the résumé names already."""
    found = [
        *_not_shown(material, catalogue),
        *_wanted(material, catalogue),
        *_usual(material, catalogue),
        *_lacks_figures(material, catalogue),
        *_general(material, catalogue),
    ]
    return _ranked(found)


def _shown(material: Material, catalogue: Catalogue) -> Iterator[Candidate]:
    for item in material.competencies:
        if item.score >= STRONG_FROM:
            yield from _of_competency(item, catalogue, LearningItemType.STRENGTH, Why.SHOWN, item.score / 25)


def _not_shown(material: Material, catalogue: Catalogue) -> Iterator[Candidate]:
    for item in material.competencies:
        if item.score < WEAK_BELOW:
            yield from _of_competency(item, catalogue, LearningItemType.WEAKNESS, Why.NOT_SHOWN, 5 - item.score / 100)


def _of_competency(
    item: Competency, catalogue: Catalogue, kind: LearningItemType, why: Why, weight: float
) -> Iterator[Candidate]:
    topic = next((topic for topic in catalogue.topics if item.key in topic.competencies), None)
    if topic is not None:
        evidence = Evidence("report", _cut(item.quote), question_id=item.question_id)
        yield Candidate(topic, kind, why, evidence, weight, subject=item.title)


def _used(material: Material, catalogue: Catalogue, usual: set[str]) -> Iterator[Candidate]:
    for topic in catalogue.topics:
        evidence, weight = _best_evidence(topic, material)
        if evidence is None:
            continue
        is_wanted = topic.is_in_text(material.job_description or "")
        why = Why.LISTED if weight == _LISTED else Why.USED_AND_WANTED if is_wanted else Why.USED
        weight += 2 * is_wanted + (topic.id in usual)
        yield Candidate(topic, LearningItemType.STRENGTH, why, evidence, weight)


_FIGURE, _CLAIMED, _PROJECT, _LISTED = 3.0, 2.0, 1.5, 1.0


def _best_evidence(topic: Topic, material: Material) -> tuple[Evidence | None, float]:
    """Return the strongest words of the résumé for a topic, and how strong they are."""
    claims = [claim for claim in material.claims if topic.is_in_text(claim.text)]
    if claims:
        best = max(claims, key=lambda claim: claim.has_figure)
        return Evidence("resume", _cut(best.text)), _FIGURE if best.has_figure else _CLAIMED
    for number, project in enumerate(material.projects):
        if topic.is_in_list(project.get("technologies") or []):
            words = [project.get("name"), *(project.get("achievements") or [])[:1]]
            quote = " · ".join(filter(None, words))
            return Evidence("resume", _cut(quote), field=f"/projects/{number}"), _PROJECT
    for number, skill in enumerate(material.skills):
        if topic.is_in_list([skill]):
            return Evidence("resume", skill, field=f"/skills/{number}"), _LISTED
    return None, 0


def _told_well(material: Material, catalogue: Catalogue) -> Iterator[Candidate]:
    strength = LearningItemType.STRENGTH
    with_figure = next((claim for claim in material.claims if claim.has_figure), None)
    if with_figure is not None:
        evidence = Evidence("resume", _cut(with_figure.text))
        yield Candidate(catalogue.get("results_in_figures"), strength, Why.HAS_FIGURES, evidence, 0.8)
    work = _first_work(material)
    if work is not None:
        yield Candidate(catalogue.get("project_story"), strength, Why.HAS_STORY, work, 0.5)


def _first_work(material: Material) -> Evidence | None:
    for field, key in (("projects", "name"), ("employments", "company")):
        for number, item in enumerate(material.profile.get(field) or []):
            if item.get(key):
                quote = " · ".join(filter(None, [item[key], item.get("role")]))
                return Evidence("resume", _cut(quote), field=f"/{field}/{number}")
    return None


def _wanted(material: Material, catalogue: Catalogue) -> Iterator[Candidate]:
    lines = (material.job_description or "").splitlines()
    for topic in catalogue.topics:
        line = next((line for line in lines if topic.is_in_text(line)), None)
        if line is not None and not material.knows(topic):
            evidence = Evidence("job_description", _cut(line.strip(" -*·•\t")))
            yield Candidate(topic, LearningItemType.WEAKNESS, Why.WANTED, evidence, 3)


def _usual(material: Material, catalogue: Catalogue) -> Iterator[Candidate]:
    for place, topic in enumerate(catalogue.topics_of_role(material.role)):
        if not material.knows(topic):
            evidence = Evidence("role", material.role, field="/target_role")
            yield Candidate(
                topic, LearningItemType.WEAKNESS, Why.USUAL, evidence, 1.5 - place / 100, subject=material.role
            )


def _lacks_figures(material: Material, catalogue: Catalogue) -> Iterator[Candidate]:
    if material.claims and not any(claim.has_figure for claim in material.claims):
        evidence = Evidence("resume", _cut(material.claims[0].text))
        topic = catalogue.get("results_in_figures")
        yield Candidate(topic, LearningItemType.WEAKNESS, Why.LACKS_FIGURES, evidence, 2)


def _general(material: Material, catalogue: Catalogue) -> Iterator[Candidate]:
    for place, topic_id in enumerate(_GENERAL):
        evidence = Evidence("role", material.role, field="/target_role")
        yield Candidate(
            catalogue.get(topic_id), LearningItemType.WEAKNESS, Why.HELPS_EVERYBODY, evidence, 0.1 - place / 100
        )


def _ranked(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Return the candidates by weight, one for each topic."""
    ranked: dict[str, Candidate] = {}
    for candidate in sorted(candidates, key=lambda candidate: -candidate.weight):
        ranked.setdefault(candidate.topic.id, candidate)
    return list(ranked.values())


def _cut(text: str) -> str:
    return text if len(text) <= _MAX_QUOTE else f"{text[: _MAX_QUOTE - 1]}…"
