"""Judges one answer: a model says what it sees, and only what the answer's own words bear out is kept."""

import functools
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal
from uuid import UUID

import structlog
from langchain_core.messages import BaseMessage
from pydantic import BaseModel, ConfigDict, Field, create_model

from interview_core.errors import EngineFailed, EngineUnavailable
from interview_worker.engines.langchain_model import EngineChatModel, result_of
from interview_worker.engines.language_model import (
    DeadlinePassed,
    LanguageModel,
    ModelLimitReached,
    OutputRefused,
    Priority,
    PromptTooLong,
)
from interview_worker.gpu.evidence import find_quote
from interview_worker.gpu.provenance import AnsweredBy, by_model, code_version
from interview_worker.masking import mask
from interview_worker.prompts.loader import get_prompt
from interview_worker.rubrics.loader import Rubric

log = structlog.get_logger(__name__)

MIN_ANSWER = 20
"""Letters and digits below which an answer is not judged."""

ALWAYS_JUDGED = "communication"
_MAX_TOKENS = 1200
_BUDGETS = (6000, 2500, 1000)
"""Characters of the answer shown to the model; the next one when the prompt is too long."""


class NotScored(StrEnum):
    """Why there is no score."""

    NO_MODEL = "no_model"
    LIMIT_REACHED = "limit_reached"
    NO_CONSENT = "no_consent"
    NO_ANSWERS = "no_answers"
    NOT_ENOUGH_EVIDENCE = "not_enough_evidence"
    EVALUATION_FAILED = "evaluation_failed"


class Status(StrEnum):
    DONE = "done"
    NOT_SCORED = "not_scored"
    FAILED = "failed"


class JudgedPoint(BaseModel):
    model_config = ConfigDict(extra="forbid")

    kind: Literal["strength", "improvement"]
    text: str = Field(min_length=1, max_length=120)
    quote: str = Field(min_length=1, max_length=120)


class JudgedCompetency(BaseModel):
    model_config = ConfigDict(extra="forbid")

    score: int = Field(ge=0, le=100)
    comment: str = Field(min_length=1, max_length=120)
    quote: str = Field(min_length=1, max_length=120)


class Judgement(BaseModel):
    """What a model is asked to write about an answer; `judgement_schema` adds the rest."""

    model_config = ConfigDict(extra="forbid")

    summary: str = Field(min_length=1, max_length=160)
    points: list[JudgedPoint] = Field(max_length=4)


class Evidence(BaseModel):
    """A passage of an answer: `text[start:end]` is the quote."""

    model_config = ConfigDict(frozen=True)

    question_id: UUID
    quote: str
    start: int
    end: int


class Point(BaseModel):
    model_config = ConfigDict(frozen=True)

    kind: Literal["strength", "improvement"]
    text: str
    evidence: Evidence


class CompetencyScore(BaseModel):
    model_config = ConfigDict(frozen=True)

    key: str
    score: int
    comment: str
    evidence: Evidence


class Findings(BaseModel):
    """What is known about an answer; stored as JSON."""

    model_config = ConfigDict(frozen=True)

    summary: str | None = None
    covered: list[str] = []
    missed: list[str] = []
    points: list[Point] = []
    improved_answer: str | None = None
    competencies: list[CompetencyScore] = []


@dataclass(frozen=True)
class JudgedAnswer:
    """An answer and all that may be used to judge it. The résumé is not: the same answer always counts the same."""

    question_id: UUID
    question: str
    stage: str
    covers: tuple[str, ...]
    competency: str | None
    role: str
    language: str
    text: str
    is_skipped: bool
    interview_id: UUID | None = None
    """Whose usage of the model it is; nothing that is judged."""


@dataclass(frozen=True)
class Verdict:
    """How an answer was judged. A score is there only with a judge and with evidence."""

    status: Status
    reason: NotScored | None
    score: float | None
    findings: Findings
    answered_by: AnsweredBy | None
    versions: dict[str, str | None]


def judge(
    answer: JudgedAnswer,
    model: LanguageModel,
    rubric: Rubric,
    *,
    has_consent: bool,
    deadline_s: float,
    priority: Priority = Priority.EVALUATION,
    is_cancelled: Callable[[], bool] = lambda: False,
) -> Verdict:
    """Return the verdict on an answer.

    Raises:
        EngineFailed: the model failed in a way that may work next time; a judgement that was too slow or not valid
            is no such failure, but a verdict.
    """
    if not has_consent:
        return not_scored(NotScored.NO_CONSENT, rubric)
    if answer.is_skipped:
        return not_scored(NotScored.NO_ANSWERS, rubric)
    if sum(char.isalnum() for char in answer.text) < MIN_ANSWER:
        return not_scored(NotScored.NOT_ENOUGH_EVIDENCE, rubric)
    if not model.status().is_usable:
        return not_scored(NotScored.NO_MODEL, rubric)
    asking = _Asking(answer, model, rubric, deadline_s, priority, is_cancelled)
    try:
        judgement, message = asking.ask()
    except ModelLimitReached:
        return not_scored(NotScored.LIMIT_REACHED, rubric)
    except EngineUnavailable:
        return not_scored(NotScored.NO_MODEL, rubric)
    except (DeadlinePassed, OutputRefused, PromptTooLong) as error:
        log.warning("answer not judged", error_code=error.code)
        return not_scored(NotScored.EVALUATION_FAILED, rubric)
    return _verdict(answer, judgement, rubric, by_model(result_of(message), asking.prompt_id, asking.took_ms))


def judge_once(answer: JudgedAnswer, model: LanguageModel, rubric: Rubric, **options: Any) -> Verdict:
    """Like `judge`, with every failure of the model as a verdict."""
    try:
        return judge(answer, model, rubric, **options)
    except EngineFailed as error:
        log.warning("answer not judged", error_code=error.code)
        return not_scored(NotScored.EVALUATION_FAILED, rubric)


def not_scored(reason: NotScored, rubric: Rubric) -> Verdict:
    """Return a verdict without a score."""
    status = Status.FAILED if reason is NotScored.EVALUATION_FAILED else Status.NOT_SCORED
    return Verdict(status, reason, None, Findings(), None, _versions(rubric, None))


@functools.lru_cache(maxsize=256)
def judgement_schema(keys: tuple[str, ...], covers: tuple[str, ...]) -> type[Judgement]:
    """Return the form of a judgement: what of `covers` is covered, and the competencies, null without evidence."""
    covered = list[Literal[covers]] if covers else list[str]  # type: ignore[valid-type]  # made at run time
    scores = create_model(
        "Competencies",
        __config__=ConfigDict(extra="forbid"),
        **dict.fromkeys(keys, (JudgedCompetency | None, ...)),  # type: ignore[call-overload]  # as above
    )
    return create_model(
        "Judgement",
        __base__=Judgement,
        covered=(covered, Field(max_length=len(covers))),
        competencies=(scores, ...),
        improved_answer=(str, Field(min_length=1, max_length=400)),
    )


def judged_keys(competency: str | None, rubric: Rubric) -> tuple[str, ...]:
    """Return what an answer is judged by: the competency its question is for, and how it is put."""
    known = [item.key for item in rubric.competencies]
    return tuple(dict.fromkeys(key for key in (competency, ALWAYS_JUDGED) if key in known))


class _Asking:
    """Asks a model for a judgement within one deadline."""

    def __init__(
        self,
        answer: JudgedAnswer,
        model: LanguageModel,
        rubric: Rubric,
        deadline_s: float,
        priority: Priority,
        is_cancelled: Callable[[], bool],
    ) -> None:
        self._answer = answer
        self._model = model
        self._rubric = rubric
        self._keys = judged_keys(answer.competency, rubric)
        self._started = time.monotonic()
        self._deadline_s = deadline_s
        self._priority = priority
        self._is_cancelled = is_cancelled
        self._prompt = get_prompt("evaluate_answer", answer.language)

    @property
    def prompt_id(self) -> str:
        return self._prompt.id

    @property
    def took_ms(self) -> int:
        return round((time.monotonic() - self._started) * 1000)

    def ask(self) -> tuple[Judgement, BaseMessage]:
        remaining_s = self._deadline_s - self.took_ms / 1000
        if remaining_s <= 0:
            raise DeadlinePassed("No time is left to judge the answer.")
        chat = EngineChatModel(
            self._model,
            is_cancelled=self._is_cancelled,
            max_tokens=_MAX_TOKENS,
            temperature=0,
            deadline_s=remaining_s,
            priority=self._priority,
            interview_id=self._answer.interview_id,
            prompt=self._prompt.id,
        )
        runnable = chat.with_structured_output(judgement_schema(self._keys, self._answer.covers), include_raw=True)
        for budget in _BUDGETS[:-1]:
            try:
                return self._invoke(runnable, budget)
            except PromptTooLong:
                continue
        return self._invoke(runnable, _BUDGETS[-1])

    def _invoke(self, runnable: Any, budget: int) -> tuple[Judgement, BaseMessage]:
        judged: tuple[Judgement, BaseMessage] = runnable.invoke(self._prompt.messages(self._values(budget)))
        return judged

    def _values(self, budget: int) -> dict[str, str | None]:
        answer = self._answer
        return {
            "role": answer.role,
            "stage": answer.stage,
            "question": mask(answer.question),
            "covers": "; ".join(answer.covers),
            "rubric": "\n".join(self._rubric.get(key).describe(answer.language) for key in self._keys),
            "answer": mask(answer.text)[:budget],
        }


def _verdict(answer: JudgedAnswer, judgement: Judgement, rubric: Rubric, answered_by: AnsweredBy) -> Verdict:
    """Keep what the answer bears out; without a competency that it bears out there is no score."""
    content = judgement.model_dump()
    findings = Findings(
        summary=_clean(judgement.summary),
        covered=[item for item in answer.covers if item in content["covered"]],
        missed=[item for item in answer.covers if item not in content["covered"]],
        points=_points(answer, judgement.points),
        improved_answer=_clean(content["improved_answer"]),
        competencies=_competencies(answer, content["competencies"]),
    )
    score = weighted_score({item.key: item.score for item in findings.competencies}, rubric)
    versions = _versions(rubric, answered_by)
    if score is None:
        return Verdict(Status.NOT_SCORED, NotScored.NOT_ENOUGH_EVIDENCE, None, findings, answered_by, versions)
    return Verdict(Status.DONE, None, score, findings, answered_by, versions)


def weighted_score(scores: dict[str, float] | dict[str, int], rubric: Rubric) -> float | None:
    """Return the mean of competencies' scores by the rubric's weights, to one decimal; None of no scores."""
    weights = {key: rubric.get(key).weight for key in scores}
    if not weights:
        return None
    return round(sum(scores[key] * weight for key, weight in weights.items()) / sum(weights.values()), 1)


def _points(answer: JudgedAnswer, points: Sequence[JudgedPoint]) -> list[Point]:
    found = []
    for point in points:
        evidence, text = _evidence(answer, point.quote), _clean(point.text)
        if evidence and text:
            found.append(Point(kind=point.kind, text=text, evidence=evidence))
    return found


def _competencies(answer: JudgedAnswer, judged: dict[str, dict[str, Any] | None]) -> list[CompetencyScore]:
    found = []
    for key, item in judged.items():
        evidence = _evidence(answer, item["quote"]) if item else None
        if item and evidence:
            comment = _clean(item["comment"]) or ""
            found.append(CompetencyScore(key=key, score=item["score"], comment=comment, evidence=evidence))
    return found


def _evidence(answer: JudgedAnswer, quote: str) -> Evidence | None:
    # A quote with a mask in it stands nowhere in the answer, and what was masked proves nothing.
    span = find_quote(quote, answer.text)
    if span is None:
        return None
    return Evidence(
        question_id=answer.question_id, quote=answer.text[span.start : span.end], start=span.start, end=span.end
    )


def _clean(text: str) -> str | None:
    """Return a text of a model as it may be stored; None of one with broken characters or marks of its prompt."""
    line = " ".join(text.split())
    return (
        line if line and not any(mark in line for mark in ("\N{REPLACEMENT CHARACTER}", "\x00", "[|", "<|")) else None
    )


def _versions(rubric: Rubric, answered_by: AnsweredBy | None) -> dict[str, str | None]:
    return {
        "rubric": rubric.label,
        "prompt": answered_by.prompt_version if answered_by else None,
        "model": answered_by.model if answered_by else None,
        "code": code_version(),
    }
