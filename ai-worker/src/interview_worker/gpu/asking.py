"""Decides and writes the next question: the model first, and where it cannot, the question bank."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from langchain_core.messages import BaseMessage, BaseMessageChunk

from interview_core.db.questions import TEMPLATE_PROVIDER, Place
from interview_core.errors import InterviewError
from interview_core.follow_ups import follow_up_template
from interview_core.scenario import Difficulty, Localized, QuestionType
from interview_worker.engines.langchain_model import EngineChatModel, is_restart, result_of
from interview_worker.engines.language_model import FinishReason, LanguageModel, Priority, PromptTooLong
from interview_worker.gpu.provenance import AnsweredBy, FallbackReason, by_model, reason_of
from interview_worker.gpu.question_checks import fault_of, holds_mask, repeats_instructions, showable, tidy
from interview_worker.gpu.resume_facts import ResumeFacts, usable_fact
from interview_worker.prompts.loader import get_prompt
from interview_worker.question_bank.bank import VERSION as BANK_VERSION
from interview_worker.question_bank.bank import BankQuestion, Wanted, choose

BANK_PROVIDER = "question_bank"
_MAX_TOKENS = 160
_TEMPERATURES = (0.6, 0.9)
_BUDGETS = (6000, 2500, 1000)
"""Characters of material in a prompt; the next one is tried when the model says that the prompt is too long."""

_TYPE_NAMES: dict[QuestionType, Localized] = {
    "implementation": Localized(ko="구현", en="implementation"),
    "trade_off": Localized(ko="선택과 대가", en="trade-offs"),
    "performance": Localized(ko="성능", en="performance"),
    "reliability": Localized(ko="안정성", en="reliability"),
    "scalability": Localized(ko="확장성", en="scalability"),
    "quality": Localized(ko="품질", en="quality"),
    "collaboration": Localized(ko="협업", en="collaboration"),
    "business": Localized(ko="업무와 사업의 이해", en="business sense"),
}
_DIFFICULTY_NAMES: dict[Difficulty, Localized] = {
    "easy": Localized(ko="쉬움", en="easy"),
    "medium": Localized(ko="보통", en="medium"),
    "hard": Localized(ko="어려움", en="hard"),
}
_AIMS = {
    "open": Localized(ko="새로운 주제를 여는 질문", en="a question that opens a new topic"),
    "deepen": Localized(
        ko="바로 앞 답변의 구체적인 내용을 더 깊이 묻는 질문",
        en="a question that goes deeper into the answer just given",
    ),
}
_SPEAKERS = {
    "question": Localized(ko="면접관", en="Interviewer"),
    "answer": Localized(ko="지원자", en="Candidate"),
    "skipped": Localized(ko="(답하지 않고 넘어감)", en="(passed on this question)"),
}


@dataclass(frozen=True)
class PastTurn:
    """A question that was asked, and its answer; None when there is none yet."""

    question: str
    answer: str | None
    is_skipped: bool
    type: str | None
    bank_id: str | None


@dataclass(frozen=True)
class Situation:
    """All that the next question depends on."""

    interview_id: UUID
    """Or the question set's."""
    language: str
    place: Place
    role: str
    company: str | None
    company_description: str | None
    job_description: str | None
    facts: ResumeFacts
    turns: tuple[PastTurn, ...] = ()
    answered_ms_ago: int | None = None
    """How long the candidate has been waiting for the question."""

    @property
    def position(self) -> int:
        return self.place.position

    @property
    def is_follow_up(self) -> bool:
        """Whether to go deeper into the answer before."""
        return self.place.probe > 0

    @property
    def seed(self) -> str:
        return f"{self.interview_id}:{self.position}"

    @property
    def asked(self) -> tuple[str, ...]:
        return tuple(turn.question for turn in self.turns)


@dataclass(frozen=True)
class WrittenQuestion:
    """A question that may be asked, with what is stored beside it."""

    text: str
    type: QuestionType | None
    difficulty: Difficulty | None
    topic: str | None
    source_quote: str | None
    covers: list[str]
    answered_by: AnsweredBy


class Listener(Protocol):
    """Follows a question while it is written."""

    def on_text(self, text: str) -> None:
        """Take a piece of the question, as the model writes it."""

    def on_reset(self) -> None:
        """Forget the pieces so far: another attempt begins."""


class QuestionRefused(Exception):
    """The model's question must not be asked."""

    def __init__(self, reason: FallbackReason) -> None:
        super().__init__(reason.value)
        self.reason = reason


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
        writer = _ModelWriter(situation, model, listener, started + deadline_s, is_cancelled, priority)
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
    return _from_bank(situation, chosen, reason, took_ms)


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
        source_quote=None,
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


def choose_from_bank(situation: Situation) -> BankQuestion | None:
    """Return a bank question for the situation that this interview has not had, the same one every time."""
    company = usable_fact(situation.company)
    employers = [name for name in situation.facts.employers if name != company]
    role = usable_fact(situation.role)
    wanted = Wanted(
        seed=situation.seed,
        language=situation.language,
        stage=situation.place.planned.stage,
        is_follow_up=situation.is_follow_up,
        difficulty=situation.place.planned.difficulty,
        facts={
            "role": [role] if role else [],
            "company": [company] if company else [],
            "employer": employers,
            "project": situation.facts.projects,
            "skill": situation.facts.skills,
        },
        used_ids=frozenset(turn.bank_id for turn in situation.turns if turn.bank_id),
        used_types=frozenset(turn.type for turn in situation.turns if turn.type),
        earlier_text="\n".join(situation.asked),
    )
    return choose(wanted)


def bank_id_of(answered_by: dict[str, Any]) -> str | None:
    """Return which bank entry a stored question came from."""
    if answered_by.get("provider") != BANK_PROVIDER:
        return None
    return str(answered_by.get("prompt_version") or "").partition("@")[0] or None


def _from_bank(situation: Situation, chosen: BankQuestion, reason: FallbackReason, took_ms: int) -> WrittenQuestion:
    from_resume = next((chosen.facts[kind] for kind in ("project", "employer", "skill") if kind in chosen.facts), None)
    return WrittenQuestion(
        text=chosen.text,
        type=chosen.entry.type,
        difficulty=chosen.entry.difficulty,
        topic=chosen.topic,
        source_quote=situation.facts.quote_of(from_resume) if from_resume else None,
        covers=chosen.covers,
        answered_by=AnsweredBy(
            provider=BANK_PROVIDER,
            model=None,
            prompt_version=f"{chosen.entry.id}@{BANK_VERSION}",
            is_fallback=True,
            fallback_reason=reason,
            took_ms=took_ms,
        ),
    )


class _ModelWriter:
    """Lets a model write the question, twice at most, within one deadline."""

    def __init__(
        self,
        situation: Situation,
        model: LanguageModel,
        listener: Listener,
        deadline: float,
        is_cancelled: Callable[[], bool],
        priority: Priority,
    ) -> None:
        self._situation = situation
        self._model = model
        self._listener = listener
        self._started = time.monotonic()
        self._deadline = deadline
        self._is_cancelled = is_cancelled
        self._priority = priority
        self._has_text = False
        self._type = situation.place.planned.type
        self._difficulty = situation.place.planned.difficulty
        self._prompt = get_prompt("next_question", situation.language)

    def write(self) -> WrittenQuestion | FallbackReason:
        reason = FallbackReason.MODEL_TIMEOUT
        for attempt, temperature in enumerate(_TEMPERATURES):
            if time.monotonic() >= self._deadline:
                break
            self._forget()
            try:
                return self._attempt(seed=self._situation.position * 10 + attempt, temperature=temperature)
            except QuestionRefused as error:
                reason = error.reason
            except InterviewError as error:
                # Another attempt would end the same way: no model, no time, or nobody waits any more.
                reason = reason_of(error)
                break
        self._forget()
        return reason

    def _forget(self) -> None:
        if self._has_text:
            self._listener.on_reset()
            self._has_text = False

    def _attempt(self, *, seed: int, temperature: float) -> WrittenQuestion:
        chat = EngineChatModel(
            self._model,
            is_cancelled=self._is_cancelled,
            max_tokens=_MAX_TOKENS,
            temperature=temperature,
            deadline_s=max(self._deadline - time.monotonic(), 0.01),
            priority=self._priority,
            session=self._situation.interview_id,
            prompt=self._prompt.id,
            seed=seed,
        )
        message: BaseMessageChunk | None = None
        shown = 0
        for chunk in self._stream(chat):
            if is_restart(chunk):
                message, shown = None, 0
                self._forget()
                continue
            message = chunk if message is None else message + chunk
            shown = self._show(message.text, shown)
        if message is None:
            raise QuestionRefused(FallbackReason.EMPTY)
        if result_of(message).finish_reason is FinishReason.LENGTH:
            raise QuestionRefused(FallbackReason.TOO_LONG)
        text = tidy(message.text)
        fault = fault_of(text, self._situation.language, self._situation.asked)
        if fault is None and repeats_instructions(text, self._prompt.system):
            fault = FallbackReason.PROMPT_LEAK
        if fault is not None:
            raise QuestionRefused(fault)
        took_ms = round((time.monotonic() - self._started) * 1000)
        return self._written(text, by_model(result_of(message), self._prompt.id, took_ms))

    def _show(self, text: str, shown: int) -> int:
        """Show what the model has written beyond the first `shown` characters, and return how much that is now."""
        if holds_mask(text):
            raise QuestionRefused(FallbackReason.PLACEHOLDER)
        ready = showable(text)
        if len(ready) <= shown:
            return shown
        self._has_text = True
        self._listener.on_text(ready[shown:])
        return len(ready)

    def _stream(self, chat: EngineChatModel) -> Iterator[BaseMessageChunk]:
        """Stream from the longest prompt that the model takes."""
        for budget in _BUDGETS:
            try:
                yield from chat.stream(self._prompt.messages(self._values(budget)))
            except PromptTooLong:
                if budget == _BUDGETS[-1]:
                    raise
                continue
            return

    def _values(self, budget: int) -> dict[str, str | None]:
        situation, language = self._situation, self._situation.language
        return _material(situation, budget) | {
            "stage": situation.place.planned.stage_title,
            "aim": _AIMS["deepen" if situation.is_follow_up else "open"].get(language),
            "focus": self._focus(),
            "type": _TYPE_NAMES[self._type].get(language),
            "difficulty": _DIFFICULTY_NAMES[self._difficulty].get(language),
            "covers": "; ".join(situation.place.planned.covers),
        }

    def _focus(self) -> str | None:
        """Return the résumé fact to ask about; a follow-up has the answer before it for that."""
        if self._situation.is_follow_up:
            return None
        bank = choose_from_bank(self._situation)
        facts = bank.facts if bank else {}
        return next((facts[kind] for kind in ("project", "employer", "skill") if kind in facts), None)

    def _written(self, text: str, answered_by: AnsweredBy) -> WrittenQuestion:
        named = self._situation.facts.named_in(text)
        return WrittenQuestion(
            text=text,
            type=self._type,
            difficulty=self._difficulty,
            topic=named,
            source_quote=self._situation.facts.quote_of(named) if named else None,
            covers=self._situation.place.planned.covers,
            answered_by=answered_by,
        )


def opening_messages(situation: Situation) -> list[BaseMessage]:
    """Return how the prompt for a question begins, up to the conversation, which may still go on."""
    return get_prompt("next_question", situation.language).opening("conversation", _material(situation, _BUDGETS[0]))


def _material(situation: Situation, budget: int) -> dict[str, str | None]:
    """Return what stands in a prompt before the wishes for the question itself, in about `budget` characters."""
    return {
        "role": situation.role,
        "company": situation.company,
        "company_description": _cut(situation.company_description, budget // 10),
        "job_description": _cut(situation.job_description, budget // 5),
        "facts": situation.facts.prompt_text(budget * 3 // 10),
        "conversation": conversation(situation.turns, situation.language, budget * 4 // 10),
    }


def conversation(turns: tuple[PastTurn, ...], language: str, limit: int) -> str:
    """Return the newest turns that fit into about `limit` characters, in order; long answers keep head and tail."""
    kept: list[str] = []
    for turn in reversed(turns):
        answer = _SPEAKERS["skipped"].get(language) if turn.is_skipped else _shortened(turn.answer or "", limit // 2)
        text = f"{_SPEAKERS['question'].get(language)}: {turn.question}\n{_SPEAKERS['answer'].get(language)}: {answer}"
        limit -= len(text) + 1
        if limit < 0:
            break
        kept.append(text)
    return "\n".join(reversed(kept))


def _cut(text: str | None, limit: int) -> str | None:
    return text[:limit] if text else None


def _shortened(text: str, limit: int) -> str:
    if len(text) <= limit:
        return text
    half = max(limit // 2 - 2, 1)
    return f"{text[:half]} … {text[-half:]}"
