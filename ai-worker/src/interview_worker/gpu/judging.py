"""Judges one answer: a model says what it sees, and only what the answer's own words bear out is kept."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import structlog
from langchain_core.messages import BaseMessage

from interview_core.errors import EngineFailed, EngineUnavailable, InterviewError
from interview_worker.engines.langchain_model import EngineChatModel, result_of
from interview_worker.engines.language_model import (
    DeadlinePassed,
    GenerationCancelled,
    LanguageModel,
    ModelLimitReached,
    OutputRefused,
    Priority,
    PromptTooLong,
)
from interview_worker.gpu.findings import Findings, JudgedAnswer, NotScored, Status, Verdict
from interview_worker.gpu.grounding import ground, weighted_score
from interview_worker.gpu.judgement import Judgement, aspect_keys, judgement_schema
from interview_worker.gpu.provenance import AnsweredBy, by_model, versions_of
from interview_worker.gpu.seen_answer import SeenAnswer, see
from interview_worker.gpu.spoken_words import mean_probability
from interview_worker.gpu.transcript_quality import problem_of
from interview_worker.masking import mask
from interview_worker.prompts.loader import get_prompt
from interview_worker.rubrics.loader import Rubric

log = structlog.get_logger(__name__)

ALWAYS_JUDGED = "communication"
_MAX_TOKENS = 1600
_BUDGETS = (6000, 2500, 1000)
"""Characters of the answer shown to the model; the next one when the prompt is too long."""

_TEMPERATURES = (0.0, 0.4, 0.7)
"""Of one grading after the other; the same text again would say nothing about how sure a score is."""


def judge(
    answer: JudgedAnswer,
    model: LanguageModel,
    rubric: Rubric,
    *,
    has_consent: bool,
    deadline_s: float,
    gradings: int = 1,
    priority: Priority = Priority.EVALUATION,
    is_cancelled: Callable[[], bool] = lambda: False,
) -> Verdict:
    """Return the verdict on an answer, from as many gradings as there is time for within the deadline.

    Raises:
        EngineFailed: the model failed in a way that may work next time; a judgement that was too slow or not valid
            is no such failure, but a verdict.
    """
    if not has_consent:
        return not_scored(NotScored.NO_CONSENT, rubric)
    if answer.is_skipped:
        return not_scored(NotScored.NO_ANSWERS, rubric)
    if problem := problem_of(answer.text, mean_probability(answer.words)):
        return not_scored(NotScored.NOT_ENOUGH_EVIDENCE, rubric, Findings(transcript_problem=problem))
    if not model.status().is_usable:
        return not_scored(NotScored.NO_MODEL, rubric)
    asking = _Asking(answer, model, rubric, deadline_s, priority, is_cancelled)
    try:
        judgements, answered_by = asking.ask(gradings)
    except ModelLimitReached:
        return not_scored(NotScored.LIMIT_REACHED, rubric)
    except EngineUnavailable:
        return not_scored(NotScored.NO_MODEL, rubric)
    except (DeadlinePassed, OutputRefused, PromptTooLong) as error:
        log.warning("answer not judged", error_code=error.code)
        return not_scored(NotScored.EVALUATION_FAILED, rubric)
    return _verdict(ground(answer, asking.seen, judgements, rubric), rubric, answered_by)


def judge_once(answer: JudgedAnswer, model: LanguageModel, rubric: Rubric, **options: Any) -> Verdict:
    """Like `judge`, with every failure of the model as a verdict."""
    try:
        return judge(answer, model, rubric, **options)
    except EngineFailed as error:
        log.warning("answer not judged", error_code=error.code)
        return not_scored(NotScored.EVALUATION_FAILED, rubric)


def not_scored(reason: NotScored, rubric: Rubric, findings: Findings | None = None) -> Verdict:
    """Return a verdict without a score."""
    status = Status.FAILED if reason is NotScored.EVALUATION_FAILED else Status.NOT_SCORED
    return Verdict(status, reason, None, findings or Findings(), None, versions_of(rubric.label, None))


def judged_keys(competency: str | None, rubric: Rubric) -> tuple[str, ...]:
    """Return what an answer is judged by: the competency its question is for, and how it is put."""
    known = [item.key for item in rubric.competencies]
    return tuple(dict.fromkeys(key for key in (competency, ALWAYS_JUDGED) if key in known))


def _verdict(findings: Findings, rubric: Rubric, answered_by: AnsweredBy) -> Verdict:
    """Without a competency that the answer bears out there is no score."""
    score = weighted_score({item.key: item.score for item in findings.competencies}, rubric)
    versions = versions_of(rubric.label, answered_by)
    if score is None:
        return Verdict(Status.NOT_SCORED, NotScored.NOT_ENOUGH_EVIDENCE, None, findings, answered_by, versions)
    return Verdict(Status.DONE, None, score, findings, answered_by, versions)


@dataclass(frozen=True)
class _Grading:
    """How one judgement is asked for: its place among them, and the competencies in its order."""

    number: int
    keys: tuple[str, ...]

    @property
    def temperature(self) -> float:
        return _TEMPERATURES[min(self.number, len(_TEMPERATURES) - 1)]


class _Asking:
    """Asks a model for judgements within one deadline."""

    def __init__(
        self,
        answer: JudgedAnswer,
        model: LanguageModel,
        rubric: Rubric,
        deadline_s: float,
        priority: Priority,
        is_cancelled: Callable[[], bool],
    ) -> None:
        self.seen: SeenAnswer = see(answer.text, answer.names)
        self._answer = answer
        self._model = model
        self._rubric = rubric
        self._keys = judged_keys(answer.competency, rubric)
        self._started = time.monotonic()
        self._deadline_s = deadline_s
        self._priority = priority
        self._is_cancelled = is_cancelled
        self._prompt = get_prompt("evaluate_answer", answer.language)

    def ask(self, gradings: int) -> tuple[list[Judgement], AnsweredBy]:
        """Return the judgements that there was time for. The first must succeed, a later one may be left out."""
        first, message = self._grade(_Grading(0, self._keys))
        judgements, answered_by = [first], by_model(result_of(message), self._prompt.id, self._took_ms)
        for number in range(1, gradings):
            keys = self._keys[::-1] if number % 2 else self._keys
            try:
                judgement, message = self._grade(_Grading(number, keys))
            except GenerationCancelled:
                raise
            except InterviewError as error:
                log.warning("grading left out", number=number, error_code=error.code)
                break
            # A median of two models' scores would be nobody's.
            if result_of(message).model == answered_by.model:
                judgements.append(judgement)
        return judgements, answered_by.model_copy(update={"took_ms": self._took_ms})

    @property
    def _took_ms(self) -> int:
        return round((time.monotonic() - self._started) * 1000)

    def _grade(self, grading: _Grading) -> tuple[Judgement, BaseMessage]:
        remaining_s = self._deadline_s - self._took_ms / 1000
        if remaining_s <= 0:
            raise DeadlinePassed("No time is left to judge the answer.")
        chat = EngineChatModel(
            self._model,
            is_cancelled=self._is_cancelled,
            max_tokens=_MAX_TOKENS,
            temperature=grading.temperature,
            deadline_s=remaining_s,
            priority=self._priority,
            seed=grading.number,
            interview_id=self._answer.interview_id,
            prompt=self._prompt.id,
        )
        schema = judgement_schema(grading.keys, len(self._answer.covers))
        runnable = chat.with_structured_output(schema, include_raw=True)
        for budget in _BUDGETS[:-1]:
            try:
                return self._invoke(runnable, grading, budget)
            except PromptTooLong:
                continue
        return self._invoke(runnable, grading, _BUDGETS[-1])

    def _invoke(self, runnable: Any, grading: _Grading, budget: int) -> tuple[Judgement, BaseMessage]:
        values = prompt_values(self._answer, self.seen, self._rubric, grading.keys, budget)
        judged: tuple[Judgement, BaseMessage] = runnable.invoke(self._prompt.messages(values))
        return judged


def prompt_values(
    answer: JudgedAnswer, seen: SeenAnswer, rubric: Rubric, keys: tuple[str, ...], budget: int
) -> dict[str, str | None]:
    """Return all that a judge is told: the question, what it is judged by, and what counts of the answer."""
    aspects = zip(aspect_keys(len(answer.covers)), answer.covers, strict=True)
    return {
        "role": answer.role,
        "stage": answer.stage,
        "question": mask(answer.question),
        "covers": "; ".join(f"{key}: {text}" for key, text in aspects),
        "rubric": "\n".join(rubric.get(key).describe(answer.language) for key in keys),
        "answer": seen.text[:budget],
    }
