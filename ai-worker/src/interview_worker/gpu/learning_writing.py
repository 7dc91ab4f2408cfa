"""Puts a learning path together: rules decide what may be in it, and a model chooses among that and gives reasons."""

import functools
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal
from uuid import UUID

import structlog
from langchain_core.messages import BaseMessage
from pydantic import BaseModel, ConfigDict, Field, create_model

from interview_core.db.tables import LearningItemType
from interview_core.errors import InterviewError
from interview_core.scenario import Localized
from interview_worker.engines.langchain_model import EngineChatModel, result_of
from interview_worker.engines.language_model import LanguageModel, Priority, PromptTooLong
from interview_worker.gpu.forbidden import forbidden_topics
from interview_worker.gpu.learning_candidates import (
    STRONG_FROM,
    WEAK_BELOW,
    Candidate,
    Material,
    Why,
    find_strengths,
    find_weaknesses,
)
from interview_worker.gpu.provenance import AnsweredBy, FallbackReason, by_model, reason_of
from interview_worker.gpu.question_checks import fault_of, repeats_instructions
from interview_worker.learning_catalogue.catalogue import Catalogue, Link
from interview_worker.prompts.loader import get_prompt
from interview_worker.question_bank.particles import with_particle

log = structlog.get_logger(__name__)

RULES = "rules"
_LEAST = 3
_LINKS = 3
_MAX_TOKENS = 1500
_TEMPERATURE = 0.3
_SPARE = (3, 1, 0)
"""Candidates of each side beyond those that are needed; the next when the prompt is too long."""
_MAX_JOB = 1200

_REASONS: dict[Why, Localized] = {
    Why.USED: Localized(
        ko="이력서에 {name:을/를} 직접 써 본 경험이 적혀 있어요.",
        en="Your résumé shows that you have worked with {name}.",
    ),
    Why.USED_AND_WANTED: Localized(
        ko="이력서에 {name} 경험이 있고, 채용 공고에서도 찾고 있어요.",
        en="Your résumé shows {name}, and the job description asks for it.",
    ),
    Why.LISTED: Localized(
        ko="이력서의 기술 목록에 {name:이/가} 있어요.", en="{name} is among the skills in your résumé."
    ),
    Why.HAS_FIGURES: Localized(ko="이력서에 수치로 쓴 성과가 있어요.", en="Your résumé states a result in figures."),
    Why.HAS_STORY: Localized(
        ko="이력서에 자세히 이야기할 만한 경험이 있어요.", en="Your résumé holds work that is worth telling in detail."
    ),
    Why.SHOWN: Localized(ko="면접 답변에서 ‘{name}’ 역량이 잘 드러났어요.", en="Your answers showed “{name}” well."),
    Why.NOT_SHOWN: Localized(
        ko="면접 답변에서 ‘{name}’ 역량이 아직 충분히 드러나지 않았어요.",
        en="Your answers did not show “{name}” enough yet.",
    ),
    Why.WANTED: Localized(
        ko="채용 공고에서 {name:을/를} 찾는데, 이력서에는 보이지 않아요.",
        en="The job description asks for {name}, which your résumé does not mention.",
    ),
    Why.USUAL: Localized(
        ko="이 직무에서 자주 쓰이는데, 이력서에는 보이지 않아요.",
        en="It is often needed in this role, and your résumé does not mention it.",
    ),
    Why.LACKS_FIGURES: Localized(
        ko="이력서의 이 문장에는 얼마나 나아졌는지가 없어요.",
        en="This statement of your résumé does not say by how much.",
    ),
    Why.HELPS_EVERYBODY: Localized(
        ko="약점이라고 볼 근거를 찾은 것은 아니에요. 이 직무의 면접을 앞둔 누구에게나 도움이 되는 연습이에요.",
        en="Nothing shows that this is a weakness of yours; it helps anybody before an interview for this role.",
    ),
}
_TITLES = {
    ("strength", "technology"): Localized(ko="{name}, 한 걸음 더", en="Further with {name}"),
    ("strength", "practice"): Localized(ko="{name}, 강점으로 키우기", en="{name}: make it your strength"),
    ("weakness", "technology"): Localized(ko="{name} 시작하기", en="Getting started with {name}"),
    ("weakness", "practice"): Localized(ko="{name} 연습하기", en="{name}: practise it"),
}
_DESCRIPTIONS = {
    ("strength", "technology"): Localized(
        ko="이미 다뤄 본 기술이니 {text:을/를} 더해 보세요. 면접에서 깊이 있게 답할 수 있어요.",
        en="You know it already, so add {text}. It lets you answer in depth.",
    ),
    ("strength", "practice"): Localized(
        ko="{text:을/를} 준비해 두면 이 강점이 면접에서 더 잘 보여요.",
        en="Prepare {text}, so that this strength shows in an interview.",
    ),
    ("weakness", "technology"): Localized(
        ko="{text}부터 익혀 보세요. 작은 예제를 직접 만들어 보면 면접에서 할 이야기가 생겨요.",
        en="Begin with {text}. A small example of your own gives you something to talk about.",
    ),
    ("weakness", "practice"): Localized(ko="{text}부터 해 보세요.", en="Begin with this: {text}."),
}


@dataclass(frozen=True)
class WrittenItem:
    candidate: Candidate
    title: str
    description: str
    reason: str
    links: tuple[Link, ...]
    """At least one; the first is the one to begin with."""
    is_by_model: bool


@dataclass(frozen=True)
class WrittenPath:
    items: tuple[WrittenItem, ...]
    answered_by: AnsweredBy


@dataclass(frozen=True)
class _Plan:
    """How many items of each side there shall be, and from what."""

    strengths: tuple[Candidate, ...]
    weaknesses: tuple[Candidate, ...]
    strength_count: int
    weakness_count: int


class _Word(str):
    """A word that takes its particle: `{name:을/를}`."""

    __slots__ = ()

    def __format__(self, spec: str) -> str:
        return with_particle(self, spec) if spec else str(self)


def write_path(
    path_id: UUID,
    material: Material,
    catalogue: Catalogue,
    model: LanguageModel,
    *,
    hide: Callable[[str], str],
    deadline_s: float,
    is_cancelled: Callable[[], bool],
) -> WrittenPath:
    """Return a path as a model chose and worded it, completed by rules; by rules alone where no model answers.

    `hide` takes what is personal out of what the model reads.
    """
    started = time.monotonic()
    plan = _plan(material, catalogue)
    by_rules = {candidate.topic.id: _by_rules(candidate, material) for candidate in (*plan.strengths, *plan.weaknesses)}
    chosen: list[WrittenItem] = []
    if not model.status().is_usable:
        reason = FallbackReason.NO_MODEL
    else:
        asking = _Asking(path_id, material, plan, model, hide, deadline_s, is_cancelled)
        try:
            choice, message = asking.ask()
            chosen = _accepted(choice, by_rules, material.language, asking.instructions)
            reason = FallbackReason.EMPTY
        except InterviewError as error:
            log.warning("learning path not chosen by a model", error_code=error.code)
            reason = reason_of(error)
    took_ms = round((time.monotonic() - started) * 1000)
    items = _complete(plan, chosen, by_rules)
    if any(item.is_by_model for item in items):
        return WrittenPath(items, by_model(result_of(message), asking.prompt_id, took_ms))
    return WrittenPath(items, _rules_alone(catalogue, reason, took_ms))


def _rules_alone(catalogue: Catalogue, reason: FallbackReason, took_ms: int) -> AnsweredBy:
    return AnsweredBy(
        provider=RULES,
        model=None,
        prompt_version=f"learning_catalogue@{catalogue.version}",
        is_fallback=True,
        fallback_reason=reason,
        took_ms=took_ms,
    )


def _plan(material: Material, catalogue: Catalogue) -> _Plan:
    """Three strengths to two weaknesses; with a report five to three, or the other way round where it says so."""
    strengths = find_strengths(material, catalogue)
    taken = {candidate.topic.id for candidate in strengths}
    weaknesses = [item for item in find_weaknesses(material, catalogue) if item.topic.id not in taken]
    strong = sum(item.score >= STRONG_FROM for item in material.competencies)
    weak = sum(item.score < WEAK_BELOW for item in material.competencies)
    more, less = (5, 3) if material.competencies else (3, 2)
    strength_count, weakness_count = (less, more) if weak > strong else (more, less)
    strength_count = min(strength_count, len(strengths))
    # Too few of both sides would be no path: what helps everybody is there in any case.
    weakness_count = max(min(weakness_count, len(weaknesses)), _LEAST - strength_count)
    return _Plan(tuple(strengths), tuple(weaknesses), strength_count, weakness_count)


def _by_rules(candidate: Candidate, material: Material) -> WrittenItem:
    language, topic = material.language, candidate.topic
    kind = (candidate.type.value, topic.kind)
    name = _Word(topic.name.get(language))
    step = topic.deepen if candidate.type is LearningItemType.STRENGTH else topic.begin
    subject = _Word(candidate.subject or name)
    return WrittenItem(
        candidate=candidate,
        title=_TITLES[kind].get(language).format(name=name),
        description=_DESCRIPTIONS[kind].get(language).format(text=_Word(step.get(language))),
        reason=_REASONS[candidate.why].get(language).format(name=subject),
        links=tuple(topic.links_for(language)[:_LINKS]),
        is_by_model=False,
    )


def _complete(plan: _Plan, chosen: Sequence[WrittenItem], by_rules: dict[str, WrittenItem]) -> tuple[WrittenItem, ...]:
    """Return what was chosen, as many of each side as planned, and for what is missing what the rules put first."""
    items: list[WrittenItem] = []
    for candidates, count in ((plan.strengths, plan.strength_count), (plan.weaknesses, plan.weakness_count)):
        side = {item.topic.id for item in candidates}
        wanted = [item for item in chosen if item.candidate.topic.id in side][:count]
        known = {item.candidate.topic.id for item in wanted}
        rest = [by_rules[item.topic.id] for item in candidates if item.topic.id not in known]
        items += [*wanted, *rest[: count - len(wanted)]]
    return tuple(items)


def _accepted(
    choice: BaseModel, by_rules: dict[str, WrittenItem], language: str, instructions: str
) -> list[WrittenItem]:
    """Return the model's items whose words may be shown, each with links of its own topic."""
    accepted: dict[str, WrittenItem] = {}
    for item in choice.model_dump()["items"]:
        known = by_rules[item["topic"]]
        texts = [" ".join(item[name].split()) for name in ("description", "reason")]
        if not all(_may_be_shown(text, language, instructions) for text in texts):
            continue
        links = [link for link in known.candidate.topic.links if link.id in item["links"]]
        links.sort(key=lambda link: item["links"].index(link.id))
        written = replace(
            known,
            description=texts[0],
            reason=texts[1],
            links=tuple(links) or known.links,
            is_by_model=True,
        )
        accepted.setdefault(item["topic"], written)
    return list(accepted.values())


def _may_be_shown(text: str, language: str, instructions: str) -> bool:
    # Links come from the catalogue alone.
    has_address = "http" in text or "www." in text
    is_about_person = bool(forbidden_topics(text))
    return (
        not (has_address or is_about_person)
        and fault_of(text, language, ()) is None
        and not repeats_instructions(text, instructions)
    )


class _Asking:
    """Asks a model to choose, within one deadline, with as many candidates as its prompt may hold."""

    def __init__(
        self,
        path_id: UUID,
        material: Material,
        plan: _Plan,
        model: LanguageModel,
        hide: Callable[[str], str],
        deadline_s: float,
        is_cancelled: Callable[[], bool],
    ) -> None:
        self._path_id = path_id
        self._material = material
        self._plan = plan
        self._model = model
        self._hide = hide
        self._deadline = time.monotonic() + deadline_s
        self._is_cancelled = is_cancelled
        self._prompt = get_prompt("learning_path", material.language)

    @property
    def prompt_id(self) -> str:
        return self._prompt.id

    @property
    def instructions(self) -> str:
        return self._prompt.system

    def ask(self) -> tuple[BaseModel, BaseMessage]:
        for spare in _SPARE[:-1]:
            try:
                return self._invoke(spare)
            except PromptTooLong:
                continue
        return self._invoke(_SPARE[-1])

    def _invoke(self, spare: int) -> tuple[BaseModel, BaseMessage]:
        plan = self._plan
        offered = [
            *plan.strengths[: plan.strength_count + spare],
            *plan.weaknesses[: plan.weakness_count + spare],
        ]
        links = {item.topic.id: item.topic.links_for(self._material.language)[:_LINKS] for item in offered}
        chat = EngineChatModel(
            self._model,
            is_cancelled=self._is_cancelled,
            max_tokens=_MAX_TOKENS,
            temperature=_TEMPERATURE,
            deadline_s=max(self._deadline - time.monotonic(), 0.01),
            priority=Priority.REPORT,
            interview_id=self._path_id,
            prompt=self._prompt.id,
        )
        link_ids = tuple(link.id for choice in links.values() for link in choice)
        schema = _choice_schema(tuple(links), link_ids, plan.strength_count + plan.weakness_count)
        runnable = chat.with_structured_output(schema, include_raw=True)
        answer: tuple[BaseModel, BaseMessage] = runnable.invoke(self._prompt.messages(self._values(offered, links)))
        return answer

    def _values(self, offered: Sequence[Candidate], links: dict[str, list[Link]]) -> dict[str, str | None]:
        material = self._material
        job = self._hide(material.job_description)[:_MAX_JOB] if material.job_description else None
        return {
            "role": material.role,
            "job_description": job,
            "strengths": str(self._plan.strength_count),
            "weaknesses": str(self._plan.weakness_count),
            "topics": "\n".join(self._describe(item, links[item.topic.id]) for item in offered),
        }

    def _describe(self, item: Candidate, links: Sequence[Link]) -> str:
        language, topic = self._material.language, item.topic
        step = topic.deepen if item.type is LearningItemType.STRENGTH else topic.begin
        known = _by_rules(item, self._material).reason
        pages = "; ".join(f"{link.id} ({link.title}, {link.kind})" for link in links)
        quote = self._hide(item.evidence.quote)
        return (
            f"- {topic.id} | {item.type.value} | {topic.name.get(language)} | {known} “{quote}”"
            f" | {step.get(language)} | {pages}"
        )


@functools.lru_cache(maxsize=64)
def _choice_schema(topics: tuple[str, ...], links: tuple[str, ...], count: int) -> type[BaseModel]:
    """Return the form of a choice among these topics and links."""
    # Made at run time, so no type checker knows them.
    topic: Any = Literal[topics]
    page: Any = Literal[links]
    item: Any = create_model(
        "Item",
        __config__=ConfigDict(extra="forbid"),
        topic=(topic, ...),
        links=(list[page], Field(min_length=1, max_length=_LINKS)),
        description=(str, Field(min_length=1, max_length=160)),
        reason=(str, Field(min_length=1, max_length=140)),
    )
    return create_model(
        "Choice", __config__=ConfigDict(extra="forbid"), items=(list[item], Field(min_length=1, max_length=count))
    )
