"""Decides whether an answer is followed up. Rules decide alone; a quick model may add what rules do not see.

Reasons in order: it contradicts the résumé, it contradicts an earlier answer, it is vague, it is unusually interesting.
What must not be asked, whatever the answer says, `interview_core.interview.veto_of` decides before and after.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

import structlog
from pydantic import BaseModel, ConfigDict, Field
from sqlmodel import Session

from interview_core.db.interviews import list_turns
from interview_core.db.resumes import effective_profile
from interview_core.db.tables import Interview, Resume
from interview_core.errors import InterviewError
from interview_core.interview import Decision
from interview_core.speech_acts import is_meaningless
from interview_worker.engines.langchain_model import EngineChatModel
from interview_worker.engines.language_model import DeadlinePassed, LanguageModel, Priority
from interview_worker.gpu.answer_signals import ProbeReason, Signal, find_signals
from interview_worker.gpu.forbidden import forbidden_topics
from interview_worker.gpu.model_pace import ModelPace
from interview_worker.gpu.question_checks import holds_mask, is_in_language, tidy
from interview_worker.gpu.situations import list_claims, name_hider
from interview_worker.prompts.loader import get_prompt

log = structlog.get_logger(__name__)

DEADLINE_S = 1.5
"""The candidate is waiting; after this the rules decide alone."""
_TOKENS = 60
_MAX_READ = 3000
_MAX_TARGET = 40
RULES = "rules"
NOTHING_OPEN = "nothing_open"
MEANINGLESS = "meaningless"

# Once about detail, once about what impressed: a second time on the same topic would only press.
_ONCE = (ProbeReason.VAGUE, ProbeReason.INTERESTING)


@dataclass(frozen=True)
class AnswerInContext:
    """An answer with all that may call for a follow-up."""

    interview_id: UUID
    language: str
    role: str
    question: str
    answer: str
    seen_answer: str
    """The answer without what is personal, for a model."""
    claims: tuple[str, ...] = ()
    profile: Mapping[str, Any] | None = None
    earlier_answers: tuple[str, ...] = ()
    probed: tuple[Decision, ...] = ()
    """Follow-ups of the interview so far."""
    probed_here: tuple[Decision, ...] = ()
    """Those on this topic."""


def decide_by_rules(context: AnswerInContext) -> Decision:
    """Return what the rules say of an answer; the same answer gives the same decision."""
    if is_meaningless(context.answer, context.language):
        return Decision(False, MEANINGLESS, RULES)
    signals = find_signals(
        context.answer,
        context.language,
        claims=context.claims,
        profile=context.profile or {},
        earlier_answers=context.earlier_answers,
    )
    signal = next((signal for signal in signals if _is_new(signal, context)), None)
    if signal is None:
        return Decision(False, NOTHING_OPEN, RULES)
    return Decision(True, signal.reason.value, RULES, signal.target, signal.quote, signal.against)


class ModelDecision(BaseModel):
    """What a model is asked to write about an answer."""

    model_config = ConfigDict(extra="forbid")

    quote: str | None = Field(max_length=160)
    reason: Literal["vague", "interesting", "none"]
    target: str | None = Field(max_length=60)


def decide(
    context: AnswerInContext, model: LanguageModel, pace: ModelPace, *, is_cancelled: Callable[[], bool]
) -> Decision:
    """Return what the rules say; where they see nothing, a model that is quick enough may still find something.

    What the model finds counts only with words that the answer holds.
    """
    by_rules = decide_by_rules(context)
    is_open = not by_rules.is_probe and by_rules.reason == NOTHING_OPEN
    if not is_open or not model.status().is_usable or not pace.is_quick(_TOKENS, DEADLINE_S):
        return by_rules
    prompt = get_prompt("follow_up", context.language)
    chat = EngineChatModel(
        model,
        is_cancelled=is_cancelled,
        max_tokens=_TOKENS,
        temperature=0,
        deadline_s=DEADLINE_S,
        priority=Priority.LIVE_QUESTION,
        interview_id=context.interview_id,
        prompt=prompt.id,
    )
    values = {"role": context.role, "question": context.question, "answer": context.seen_answer[:_MAX_READ]}
    try:
        found: ModelDecision = chat.with_structured_output(ModelDecision).invoke(prompt.messages(values))
    except InterviewError as error:
        log.info("follow-up decided without the model", error_code=error.code)
        if error.code == DeadlinePassed.code:
            pace.was_late()
        return by_rules
    return _from_model(found, context, model.status().name) or by_rules


def _from_model(found: ModelDecision, context: AnswerInContext, name: str | None) -> Decision | None:
    quote = (found.quote or "").strip()
    if found.reason == "none" or not quote or quote not in context.answer:
        return None
    target = _shown_target(found.target, context.language) or quote[:_MAX_TARGET]
    signal = Signal(ProbeReason(found.reason), target, quote, None)
    if not _is_new(signal, context):
        return None
    return Decision(True, found.reason, name or "model", target, quote)


def _shown_target(target: str | None, language: str) -> str | None:
    """Return the model's words for what to ask about, which the candidate reads; None where they may not be shown."""
    line = tidy(target or "")
    may_be_shown = bool(line) and is_in_language(line, language) and not holds_mask(line) and not forbidden_topics(line)
    return line if may_be_shown else None


def _is_new(signal: Signal, context: AnswerInContext) -> bool:
    if any(signal.target == decision.target or signal.quote == decision.quote for decision in context.probed):
        return False
    had = {decision.reason for decision in context.probed_here}
    return signal.reason not in _ONCE or signal.reason.value not in had


def load_answer(session: Session, interview: Interview) -> AnswerInContext | None:
    """Return the newest answer with what it is compared with; None when there is none."""
    turns = list_turns(session, interview.id)
    question, answer = turns[-1] if turns else (None, None)
    if question is None or answer is None:
        return None
    resume = session.get(Resume, interview.resume_id) if interview.resume_id else None
    earlier: Sequence[str] = [said.text for _, said in turns[:-1] if said and not said.is_skipped]
    decisions = [(one.slot, Decision(**one.follow_up)) for one, _ in turns if one.follow_up]
    hide = name_hider(resume, interview.language.value)
    return AnswerInContext(
        interview_id=interview.id,
        language=interview.language.value,
        role=interview.target_role,
        question=hide(question.text),
        answer=answer.text,
        seen_answer=hide(answer.text),
        claims=tuple(claim.text for claim in list_claims(session, resume.id if resume else None)),
        profile=effective_profile(resume) if resume else None,
        earlier_answers=tuple(earlier),
        probed=tuple(decision for _, decision in decisions),
        probed_here=tuple(decision for slot, decision in decisions if slot == question.slot),
    )
