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
    if taken_up := _take_up(situation, reason, took_ms):
        return taken_up
    chosen = choose_from_bank(situation)
    if chosen is None:
        return reason
    return from_bank(situation, chosen, reason, took_ms)


def _take_up(situation: Situation, reason: FallbackReason, took_ms: int) -> WrittenQuestion | None:
    """Return a ready follow-up about the answer's own words; None when none called for it, or it was asked so."""
    decision, planned = situation.place.decision, situation.place.planned
    if decision is None or not (decision.target or decision.quote):
        return None
    text = follow_up_template(decision, situation.language, situation.place.probe - 1)
    if fault_of(text, situation.language, situation.asked) is not None:
        return None
    return WrittenQuestion(
        text=text,
        type=planned.type,
        difficulty=planned.difficulty,
        topic=decision.target,
        source_quote=decision.against if decision.reason == "contradicts_resume" else None,
        covers=planned.covers,
        answered_by=AnsweredBy(
            provider=TEMPLATE_PROVIDER,
            model=None,
            prompt_version=f"follow_up.{decision.reason}",
            is_fallback=True,
            fallback_reason=reason,
            took_ms=took_ms,
        ),
    )
