"""Lets a model write a question: what it is told, how its text is shown while it comes, and what is refused."""

import re
import time
from collections.abc import Callable, Iterator

from langchain_core.messages import BaseMessage, BaseMessageChunk

from interview_core.errors import InterviewError
from interview_core.scenario import Difficulty, Localized, QuestionType
from interview_worker.engines.langchain_model import EngineChatModel, is_restart, result_of
from interview_worker.engines.language_model import (
    FinishReason,
    GenerationResult,
    LanguageModel,
    Priority,
    PromptTooLong,
    StepFailed,
)
from interview_worker.gpu.bank_choice import choose_from_bank
from interview_worker.gpu.provenance import AnsweredBy, FallbackReason, by_model, reason_of
from interview_worker.gpu.question_checks import fault_of, holds_mask, repeats_instructions, showable, tidy
from interview_worker.gpu.situation import Listener, OpenClaim, PastTurn, Situation, WrittenQuestion
from interview_worker.gpu.unaskable import is_about_the_person
from interview_worker.masking import mask
from interview_worker.prompts.loader import get_prompt

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
    "return": Localized(
        ko="앞에서 다룬 주제로 돌아가 다른 각도에서 묻는 질문",
        en="a question that goes back to an earlier topic from another angle",
    ),
    "open": Localized(ko="새로운 주제를 여는 질문", en="a question that opens a new topic"),
    "deepen": Localized(
        ko="바로 앞 답변의 구체적인 내용을 더 깊이 묻는 질문",
        en="a question that goes deeper into the answer just given",
    ),
}
_FOLLOW_UP_AIMS = {
    "return": Localized(
        ko="앞에서 다룬 주제로 돌아가 다른 각도에서 묻는 질문",
        en="a question that goes back to an earlier topic from another angle",
    ),
    "contradicts_resume": Localized(
        ko="답변이 이력서와 다르게 들린 부분을 몰아세우지 않고 확인하는 질문",
        en="a question that clears up, without pressing, where the answer sounded different from the résumé",
    ),
    "contradicts_answer": Localized(
        ko="답변이 앞의 답변과 다르게 들린 부분을 몰아세우지 않고 확인하는 질문",
        en="a question that clears up, without pressing, where the answer sounded different from an earlier one",
    ),
    "vague": Localized(
        ko="막연하게 말한 부분을 본인의 구체적인 행동과 결과로 다시 묻는 질문",
        en="a question that asks what was said vaguely again, as the candidate's own actions and results",
    ),
    "interesting": Localized(
        ko="인상적인 부분의 판단과 근거를 더 깊이 묻는 질문",
        en="a question that goes deeper into the decisions behind something impressive",
    ),
}
_SHARED_WORDS = 3
_SPEAKERS = {
    "question": Localized(ko="면접관", en="Interviewer"),
    "answer": Localized(ko="지원자", en="Candidate"),
    "skipped": Localized(ko="(답하지 않고 넘어감)", en="(passed on this question)"),
}


class QuestionRefused(Exception):
    """The model's question must not be asked."""

    def __init__(self, reason: FallbackReason) -> None:
        super().__init__(reason.value)
        self.reason = reason


class ModelWriter:
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
            except StepFailed as error:
                reason = reason_of(error)
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
        return self._written(text, by_model(result_of(message), self._prompt.id, took_ms), result_of(message))

    def _show(self, text: str, shown: int) -> int:
        """Show what the model has written beyond the first `shown` characters, and return how much that is now."""
        if holds_mask(text):
            raise QuestionRefused(FallbackReason.PLACEHOLDER)
        if is_about_the_person(text):
            raise QuestionRefused(FallbackReason.PERSONAL)
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
            "stage": situation.returns_to.title if situation.returns_to else situation.place.planned.stage_title,
            "aim": self._aim(),
            "focus": self._focus(),
            "type": _TYPE_NAMES[self._type].get(language),
            "difficulty": _DIFFICULTY_NAMES[self._difficulty].get(language),
            "covers": "; ".join(situation.place.covers(language)),
        }

    def _aim(self) -> str:
        """Return what the question is for; a follow-up says why the answer calls for it."""
        situation, decision = self._situation, self._situation.place.decision
        if decision is not None:
            return _FOLLOW_UP_AIMS.get(decision.reason, _AIMS["deepen"]).get(situation.language)
        return _AIMS["return" if situation.returns_to else "open"].get(situation.language)

    def _focus(self) -> str | None:
        """Return what to ask about: words of the answer, an earlier question, a statement or a fact of the résumé."""
        situation, decision = self._situation, self._situation.place.decision
        if decision is not None:
            return " / ".join(mask(part) for part in (decision.target, decision.quote, decision.against) if part)
        if situation.returns_to is not None:
            return situation.returns_to.question
        if situation.claims:
            return situation.claims[0].text
        bank = choose_from_bank(situation)
        facts = bank.facts if bank else {}
        named = next((facts[kind] for kind in ("project", "employer", "skill") if kind in facts), None)
        return named or next(iter(situation.place.planned.topics), None)

    def _written(self, text: str, answered_by: AnsweredBy, result: GenerationResult) -> WrittenQuestion:
        situation = self._situation
        named = situation.facts.named_in(text)
        claim = next((claim for claim in situation.claims if _is_about(text, claim)), None)
        decision = situation.place.decision
        if decision is not None and decision.reason == "contradicts_resume":
            quote = decision.against
        else:
            quote = claim.text if claim else situation.facts.quote_of(named) if named else None
        return WrittenQuestion(
            text=text,
            type=self._type,
            difficulty=self._difficulty,
            topic=named or (decision.target if decision else None),
            source_quote=quote,
            claim_id=claim.id if claim else None,
            covers=situation.place.covers(situation.language),
            answered_by=answered_by,
            result=result,
        )


def _is_about(text: str, claim: OpenClaim) -> bool:
    """Tell whether a question probes a statement: it names its figures, what it is about, or several of its words."""
    words = set(re.findall(r"[\w.%+#]{2,}", claim.text.casefold()))
    said = text.casefold()
    shared = [word for word in words if word in said]
    has_figure = any(word[0].isdigit() for word in shared)
    return has_figure or len(shared) >= _SHARED_WORDS or bool(claim.about and claim.about.casefold() in said)


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
