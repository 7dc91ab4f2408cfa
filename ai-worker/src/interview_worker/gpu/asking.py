"""Decides and writes the next question: the model first, and where it cannot, the question bank."""

import time
from collections.abc import Callable

from interview_core.db.questions import TEMPLATE_PROVIDER
from interview_core.follow_ups import follow_up_template
from interview_worker.engines.language_model import (
    LanguageModel,
    Priority,
)
from interview_worker.gpu.bank_choice import choose_from_bank, from_bank
from interview_worker.gpu.model_question import ModelWriter
from interview_worker.gpu.provenance import AnsweredBy, FallbackReason
from interview_worker.gpu.question_checks import fault_of
from interview_worker.gpu.situation import Listener, Situation, WrittenQuestion

_WORDINGS = 3
"""Of a ready follow-up that are tried, for where one was asked before."""


def write_question(
    situation: Situation,
    model: LanguageModel,
    listener: Listener,
    *,
    deadline_s: float,
    is_cancelled: Callable[[], bool],
    priority: Priority = Priority.LIVE_QUESTION,
) -> WrittenQuestion | FallbackReason:
    """Return the model's question, else one of the bank, else (when nothing fits) why the model could not write."""
    started = time.monotonic()
    if not model.status().is_usable:
        reason = FallbackReason.NO_MODEL
    else:
        writer = ModelWriter(situation, model, listener, started + deadline_s, is_cancelled, priority)
        written = writer.write()
        if isinstance(written, WrittenQuestion):
            return written
        reason = written
    took_ms = round((time.monotonic() - started) * 1000)
    if ready := _take_up(situation, reason, took_ms) or _go_back(situation, reason, took_ms):
        return ready
    chosen = choose_from_bank(situation)
    if chosen is None:
        return reason
    return from_bank(situation, chosen, reason, took_ms)


def _take_up(situation: Situation, reason: FallbackReason, took_ms: int) -> WrittenQuestion | None:
    """Return a ready follow-up about the answer's own words; None when none called for it, or it was asked so."""
    decision = situation.place.decision
    if decision is None or not (decision.target or decision.quote):
        return None
    first = situation.place.probe - 1
    texts = (follow_up_template(decision, situation.language, first + other) for other in range(_WORDINGS))
    answered_by = _template(f"follow_up.{decision.reason}", reason, took_ms)
    quote = decision.against if decision.reason == "contradicts_resume" else None
    ready = (_ready(situation, text, decision.target, answered_by, source_quote=quote) for text in texts)
    return next((question for question in ready if question), None)


def _go_back(situation: Situation, reason: FallbackReason, took_ms: int) -> WrittenQuestion | None:
    """Return the ready question about the topic that a late question goes back to; None for any other question."""
    topic, planned = situation.returns_to, situation.place.planned
    if topic is None or planned.going_back is None or situation.is_follow_up:
        return None
    text = planned.going_back.format(topic=topic.title, role=situation.role)
    return _ready(situation, text, topic.title, _template(f"slot.{planned.key}", reason, took_ms))


def _ready(
    situation: Situation, text: str, topic: str | None, answered_by: AnsweredBy, source_quote: str | None = None
) -> WrittenQuestion | None:
    """Return a ready question as one that is written; None when it was asked so."""
    if fault_of(text, situation.language, situation.asked) is not None:
        return None
    planned = situation.place.planned
    return WrittenQuestion(
        text=text,
        type=planned.type,
        difficulty=planned.difficulty,
        topic=topic,
        source_quote=source_quote,
        covers=situation.place.covers(situation.language),
        answered_by=answered_by,
    )


def _template(name: str, reason: FallbackReason, took_ms: int) -> AnsweredBy:
    return AnsweredBy(
        provider=TEMPLATE_PROVIDER,
        model=None,
        prompt_version=name,
        is_fallback=True,
        fallback_reason=reason,
        took_ms=took_ms,
    )
