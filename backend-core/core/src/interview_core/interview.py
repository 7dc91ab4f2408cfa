"""The interview as a state machine: the state is a fold over its events, commands are functions from state to events.

Nothing here touches a database or a clock; `db.interviews` stores what these functions decide.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any
from uuid import UUID

from interview_core.errors import Conflict


class Kind(StrEnum):
    STARTED = "started"
    QUESTION_REQUESTED = "question_requested"
    QUESTION_ASKED = "question_asked"
    ANSWERED = "answered"
    FINISHED = "finished"


class FinishReason(StrEnum):
    PLAN_DONE = "plan_done"
    CANDIDATE = "candidate"


@dataclass(frozen=True)
class NewEvent:
    kind: Kind
    payload: dict[str, Any]


@dataclass(frozen=True)
class InterviewState:
    """What is known after the events so far. Positions are 1-based."""

    sequence: int = 0
    question_count: int = 0
    asked: dict[int, UUID] = field(default_factory=dict)
    answered: dict[int, UUID] = field(default_factory=dict)
    """Answer ids by position."""
    requested_position: int | None = None
    """A question that is being written now."""
    finish_reason: FinishReason | None = None

    @property
    def is_finished(self) -> bool:
        return self.finish_reason is not None

    @property
    def current_position(self) -> int | None:
        """The question that waits for an answer."""
        open_positions = self.asked.keys() - self.answered.keys()
        return max(open_positions) if open_positions and not self.is_finished else None


def fold(events: Iterable[tuple[int, str, Mapping[str, Any]]]) -> InterviewState:
    """Return the state after events given as (sequence, kind, payload) in order."""
    state = InterviewState()
    for sequence, kind, payload in events:
        state = replace(_apply(state, Kind(kind), payload), sequence=sequence)
    return state


def _apply(state: InterviewState, kind: Kind, payload: Mapping[str, Any]) -> InterviewState:
    match kind:
        case Kind.STARTED:
            return replace(state, question_count=payload["question_count"])
        case Kind.QUESTION_REQUESTED:
            return replace(state, requested_position=payload["position"])
        case Kind.QUESTION_ASKED:
            asked = {**state.asked, payload["position"]: UUID(payload["question_id"])}
            return replace(state, asked=asked, requested_position=None)
        case Kind.ANSWERED:
            return replace(state, answered={**state.answered, payload["position"]: UUID(payload["answer_id"])})
        case Kind.FINISHED:
            return replace(state, finish_reason=FinishReason(payload["reason"]), requested_position=None)


def start(question_count: int, first_question_id: UUID) -> list[NewEvent]:
    """Begin with the first question, which is there at once."""
    return [NewEvent(Kind.STARTED, {"question_count": question_count}), *ask(InterviewState(), 1, first_question_id)]


def ask(state: InterviewState, position: int, question_id: UUID) -> list[NewEvent]:
    """Put a question to the candidate, once: nothing when its place is taken or the interview is over."""
    if state.is_finished or position in state.asked:
        return []
    return [NewEvent(Kind.QUESTION_ASKED, {"position": position, "question_id": str(question_id)})]


def answer(state: InterviewState, question_id: UUID, answer_id: UUID, *, is_skipped: bool) -> list[NewEvent]:
    """Take the answer to the open question; then the next question is requested, or the interview ends with its plan.

    Raises:
        Conflict: INTERVIEW_FINISHED, QUESTION_ALREADY_ANSWERED or NOT_CURRENT_QUESTION.
    """
    position = next((place for place, asked_id in state.asked.items() if asked_id == question_id), None)
    if position is not None and position in state.answered:
        raise Conflict("This question has been answered already.", code="QUESTION_ALREADY_ANSWERED")
    if state.is_finished:
        raise Conflict("This interview is over; read its report.", code="INTERVIEW_FINISHED")
    if position is None or position != state.current_position:
        raise Conflict("Another question is open now; reload the interview.", code="NOT_CURRENT_QUESTION")
    answered = NewEvent(Kind.ANSWERED, {"position": position, "answer_id": str(answer_id), "is_skipped": is_skipped})
    if position >= state.question_count:
        return [answered, NewEvent(Kind.FINISHED, {"reason": FinishReason.PLAN_DONE.value})]
    return [answered, NewEvent(Kind.QUESTION_REQUESTED, {"position": position + 1})]


def finish(state: InterviewState) -> list[NewEvent]:
    """End on the candidate's wish; nothing when it is over already."""
    if state.is_finished:
        return []
    return [NewEvent(Kind.FINISHED, {"reason": FinishReason.CANDIDATE.value})]
