"""The commands of an interview: pure functions from a state and the time to the events that follow.

Nothing here touches a database or a clock; `db.interviews` stores what these functions decide. A command that is not
possible now raises Conflict, whose code says what the present state is; one that was carried out before does nothing.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from interview_core.errors import Conflict
from interview_core.interview_state import (
    FinishReason,
    InterviewState,
    Kind,
    NewEvent,
    Outcome,
    SlotRule,
    TimeRules,
    Turn,
    fold_on,
)
from interview_core.scenario import MAX_PROBES

MAX_MOMENTS = 2
"""Moments to think that one question allows."""
MOMENT_S = 30
_MAX_REPEATS = 20
JOB_DESCRIPTION = "job_description"
"""Why a slot was added."""
_PROBE_S = 60
"""Time that a follow-up question is expected to take."""


class Veto(StrEnum):
    """Why an answer is not followed up, whatever it says."""

    SKIPPED = "skipped"
    DECLINED = "declined"
    DONT_KNOW_TWICE = "dont_know_twice"
    ENOUGH_PROBES = "enough_probes"
    TOPIC_TIME = "topic_time"
    """The topic's time is used up."""
    TIME_SHORT = "time_short"
    """What is left is needed for the topics that must come."""


@dataclass(frozen=True)
class Decision:
    """Whether to follow up an answer, and why."""

    is_probe: bool
    reason: str
    """A probe's reason, a `Veto`, or why nothing called for a probe."""
    decided_by: str
    """`rules`, or the model's name."""
    target: str | None = None
    """What to ask about, in a few words."""
    quote: str | None = None
    """The answer's words that call for it."""
    against: str | None = None
    """What they contradict."""


class _Steps:
    """Events of one command, each decided on the state after the one before."""

    def __init__(self, state: InterviewState, now: datetime) -> None:
        self.state, self.now = state, now
        self.events: list[NewEvent] = []

    def add(self, kind: Kind, **payload: Any) -> None:
        event = NewEvent(kind, payload, self.now)
        self.events.append(event)
        self.state = fold_on(self.state, [event])

    def finish(self, reason: FinishReason) -> None:
        self.add(Kind.FINISHED, reason=reason.value)


@dataclass(frozen=True)
class AddedSlot:
    """A slot that the scenario does not have, in its place of the whole plan."""

    slot: int
    rule: SlotRule
    words: str
    """What the job description says that called for it."""


def start(
    slots: Sequence[SlotRule],
    time: TimeRules,
    first_question_id: UUID,
    now: datetime,
    added: Sequence[AddedSlot] = (),
) -> list[NewEvent]:
    """Begin with the first question, which is there at once; slots that a job description adds come before it."""
    steps = _Steps(InterviewState(), now)
    steps.add(Kind.STARTED, slots=[asdict(slot) for slot in slots], time=asdict(time))
    for addition in added:
        steps.add(Kind.SLOT_ADDED, reason=JOB_DESCRIPTION, **asdict(addition))
    steps.add(Kind.QUESTION_ASKED, position=1, question_id=str(first_question_id), slot=0, probe=0)
    return steps.events


def answer(
    state: InterviewState, question_id: UUID, answer_id: UUID, outcome: Outcome, now: datetime
) -> list[NewEvent]:
    """Take what the candidate says, or does not, to the open question.

    An answer that comes after the time is over still counts, and is the last. Otherwise the next question is requested:
    at once the next topic's where the answer cannot be followed up, else whether it is remains to be decided.

    Raises:
        Conflict: INTERVIEW_FINISHED, INTERVIEW_PAUSED, QUESTION_ALREADY_ANSWERED or NOT_CURRENT_QUESTION.
    """
    _require_open(state, question_id)
    steps = _Steps(state, now)
    steps.add(Kind.ANSWERED, position=len(state.turns), answer_id=str(answer_id), outcome=outcome.value)
    if steps.state.left_s(now) <= 0:
        steps.finish(FinishReason.TIME_UP)
        return steps.events
    veto = veto_of(steps.state, now)
    if veto is not None:
        _decide(steps, Decision(False, veto.value, "rules"))
    else:
        steps.add(Kind.QUESTION_REQUESTED, position=len(state.turns) + 1)
    return steps.events


def veto_of(state: InterviewState, now: datetime) -> Veto | None:
    """Return why the newest answer must not be followed up; None when it may be."""
    turn = state.turns[-1]
    topic, rule = state.topic(turn.slot), state.slots[turn.slot]
    if turn.outcome is Outcome.SKIPPED:
        return Veto.SKIPPED
    if turn.outcome is Outcome.DECLINED:
        return Veto.DECLINED
    if sum(one.outcome is Outcome.DONT_KNOW for one in topic) >= 2:
        return Veto.DONT_KNOW_TWICE
    if turn.probe >= min(rule.max_probes, MAX_PROBES):
        return Veto.ENOUGH_PROBES
    if state.used_s(now, turn.slot) >= rule.budget_s:
        return Veto.TOPIC_TIME
    return Veto.TIME_SHORT if state.left_s(now) < _must_s(state) + _PROBE_S else None


def decide(state: InterviewState, decision: Decision, now: datetime) -> list[NewEvent]:
    """Decide whether the newest answer is followed up; nothing when that is decided. A veto turns a probe down."""
    if state.pending is None or state.pending.slot is not None or state.is_finished:
        return []
    veto = veto_of(state, now) if decision.is_probe else None
    steps = _Steps(state, now)
    _decide(steps, Decision(False, veto.value, "rules") if veto else decision)
    return steps.events


def _decide(steps: _Steps, decision: Decision) -> None:
    position = len(steps.state.turns)
    steps.add(Kind.FOLLOW_UP_DECIDED, position=position, **asdict(decision))
    turn = steps.state.turns[-1]
    slot, probe = (turn.slot, turn.probe + 1) if decision.is_probe else (_next_slot(steps), 0)
    if slot is None:
        steps.finish(FinishReason.PLAN_DONE)
        return
    if steps.state.pending is None:
        steps.add(Kind.QUESTION_REQUESTED, position=position + 1)
    steps.add(Kind.SLOT_CHOSEN, position=position + 1, slot=slot, probe=probe)


def _next_slot(steps: _Steps) -> int | None:
    """Return the next slot; those that the time does not allow are dropped on the way."""
    for slot in steps.state.open_slots:
        rule = steps.state.slots[slot]
        if rule.is_must or steps.state.left_s(steps.now) >= _must_s(steps.state) + rule.budget_s:
            return slot
        steps.add(Kind.SLOT_DROPPED, slot=slot, reason=Veto.TIME_SHORT.value)
    return None


def _must_s(state: InterviewState) -> float:
    """Return how long the topics that must still come are expected to take."""
    return sum(state.slots[slot].budget_s for slot in state.open_slots if state.slots[slot].is_must)


def ask(state: InterviewState, position: int, question_id: UUID, now: datetime) -> list[NewEvent]:
    """Put the requested question to the candidate, once: nothing when its place is taken or the interview is over."""
    pending = state.pending
    if state.is_finished or pending is None or pending.position != position or pending.slot is None:
        return []
    steps = _Steps(state, now)
    steps.add(
        Kind.QUESTION_ASKED,
        position=position,
        question_id=str(question_id),
        slot=pending.slot,
        probe=pending.probe,
    )
    return steps.events


def repeat(state: InterviewState, question_id: UUID, now: datetime) -> list[NewEvent]:
    """Note that the open question was asked for again.

    Raises:
        Conflict: as for an answer.
    """
    turn = _require_open(state, question_id)
    return [_on_turn(state, Kind.QUESTION_REPEATED, now)] if turn.repeats < _MAX_REPEATS else []


def hint(state: InterviewState, question_id: UUID, most: int, now: datetime) -> list[NewEvent]:
    """Give one hint more to the open question; nothing when all have been given.

    Raises:
        Conflict: as for an answer.
    """
    turn = _require_open(state, question_id)
    return [_on_turn(state, Kind.HINT_GIVEN, now)] if turn.hints < most else []


def moment(state: InterviewState, question_id: UUID, seconds: float, now: datetime) -> list[NewEvent]:
    """Stop the clock for a moment to think; nothing when the question's moments are used up.

    Raises:
        Conflict: as for an answer.
    """
    turn = _require_open(state, question_id)
    if turn.moments >= MAX_MOMENTS:
        return []
    until = max(now, state.counting_from or now) + timedelta(seconds=seconds)
    return [_on_turn(state, Kind.MOMENT_TAKEN, now, until=until.isoformat())]


def tell_time(state: InterviewState, question_id: UUID, now: datetime) -> list[NewEvent]:
    """Note that the candidate asked how much time is left.

    Raises:
        Conflict: as for an answer.
    """
    _require_open(state, question_id)
    return [_on_turn(state, Kind.TIME_TOLD, now)]


def comfort(state: InterviewState, question_id: UUID, now: datetime) -> list[NewEvent]:
    """Pause for somebody who is in distress.

    Raises:
        Conflict: as for an answer.
    """
    _require_open(state, question_id)
    return [_on_turn(state, Kind.DISTRESS_SHOWN, now), *pause(state, now)]


def pause(state: InterviewState, now: datetime) -> list[NewEvent]:
    """Stop the clock; nothing when it is a pause already.

    Raises:
        Conflict: INTERVIEW_FINISHED.
    """
    _require_unfinished(state)
    return [] if state.is_paused else [NewEvent(Kind.PAUSED, {}, now)]


def resume(state: InterviewState, now: datetime) -> list[NewEvent]:
    """Go on after a pause; nothing when there is none.

    Raises:
        Conflict: INTERVIEW_FINISHED.
    """
    _require_unfinished(state)
    return [NewEvent(Kind.RESUMED, {}, now)] if state.is_paused else []


def finish(state: InterviewState, now: datetime) -> list[NewEvent]:
    """End on the candidate's wish; nothing when it is over already."""
    return [] if state.is_finished else [NewEvent(Kind.FINISHED, {"reason": FinishReason.CANDIDATE.value}, now)]


def expire(state: InterviewState, now: datetime) -> list[NewEvent]:
    """End when the time is over and its grace with it, or nobody comes back from a pause; else nothing."""
    if state.due_at is None or now < state.due_at:
        return []
    is_running = state.counting_from is not None
    reason = FinishReason.TIME_UP if is_running else FinishReason.ABANDONED
    return [NewEvent(Kind.FINISHED, {"reason": reason.value}, now)]


def require_sequence(state: InterviewState, sequence: int | None) -> None:
    """Refuse a command that was made for an earlier state.

    Raises:
        Conflict: INTERVIEW_FINISHED, INTERVIEW_PAUSED, QUESTION_PENDING or INTERVIEW_CHANGED, as the state is now.
    """
    if sequence is None or sequence == state.sequence:
        return
    _require_unfinished(state)
    if state.is_paused:
        raise Conflict("The interview is paused; resume it first.", code="INTERVIEW_PAUSED")
    if state.pending is not None:
        raise Conflict("The next question is being written.", code="QUESTION_PENDING")
    raise Conflict("The interview has moved on; reload it.", code="INTERVIEW_CHANGED")


def _on_turn(state: InterviewState, kind: Kind, now: datetime, **payload: Any) -> NewEvent:
    return NewEvent(kind, {"position": len(state.turns), **payload}, now)


def _require_unfinished(state: InterviewState) -> None:
    if state.is_finished:
        raise Conflict("This interview is over; read its report.", code="INTERVIEW_FINISHED")


def _require_open(state: InterviewState, question_id: UUID) -> Turn:
    known = next((turn for turn in state.turns if turn.question_id == question_id), None)
    if known is not None and known.outcome is not None:
        raise Conflict("This question has been answered already.", code="QUESTION_ALREADY_ANSWERED")
    _require_unfinished(state)
    if known is None or known is not state.open_turn:
        raise Conflict("Another question is open now; reload the interview.", code="NOT_CURRENT_QUESTION")
    if state.is_paused:
        raise Conflict("The interview is paused; resume it first.", code="INTERVIEW_PAUSED")
    return known
