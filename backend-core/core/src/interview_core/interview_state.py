"""What is known of an interview: a pure fold over its events. Commands that make events are in `interview`.

Times are the database's. The clock runs while a question is open: not while one is being written, in a pause, or in the
moment that somebody took to think.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID


class Kind(StrEnum):
    STARTED = "started"
    SLOT_ADDED = "slot_added"
    QUESTION_REQUESTED = "question_requested"
    FOLLOW_UP_DECIDED = "follow_up_decided"
    SLOT_DROPPED = "slot_dropped"
    SLOT_CHOSEN = "slot_chosen"
    QUESTION_ASKED = "question_asked"
    ANSWERED = "answered"
    QUESTION_REPEATED = "question_repeated"
    HINT_GIVEN = "hint_given"
    MOMENT_TAKEN = "moment_taken"
    TIME_TOLD = "time_told"
    DISTRESS_SHOWN = "distress_shown"
    PAUSED = "paused"
    RESUMED = "resumed"
    FINISHED = "finished"


class FinishReason(StrEnum):
    PLAN_DONE = "plan_done"
    CANDIDATE = "candidate"
    TIME_UP = "time_up"
    ABANDONED = "abandoned"
    """Nobody came back from a pause."""


class Outcome(StrEnum):
    """What came of a question."""

    ANSWERED = "answered"
    SKIPPED = "skipped"
    DONT_KNOW = "dont_know"
    DECLINED = "declined"


@dataclass(frozen=True)
class NewEvent:
    kind: Kind
    payload: dict[str, Any]
    at: datetime


@dataclass(frozen=True)
class SlotRule:
    """What the machine needs to know of a planned slot."""

    is_must: bool
    max_probes: int
    budget_s: float


@dataclass(frozen=True)
class TimeRules:
    """How long an interview may take, with the extra time that its candidate was granted."""

    limit_s: float
    """On the interview's clock."""
    grace_s: float
    """How long past the limit an answer in the making is waited for."""
    pause_limit_s: float
    """How long a pause, or the writing of a question, is waited for."""


@dataclass(frozen=True)
class Turn:
    """A question that was asked."""

    question_id: UUID
    slot: int
    """Index in the plan."""
    probe: int = 0
    """0 opens the topic, 1 and 2 follow up."""
    answer_id: UUID | None = None
    outcome: Outcome | None = None
    hints: int = 0
    moments: int = 0
    repeats: int = 0


@dataclass(frozen=True)
class Pending:
    """A question that is to be written: at first whether it follows up is open, then its slot is chosen."""

    position: int
    slot: int | None = None
    probe: int = 0


@dataclass(frozen=True)
class InterviewState:
    """What is known after the events so far. Positions are 1-based and count every question, follow-ups too."""

    sequence: int = 0
    slots: tuple[SlotRule, ...] = ()
    time: TimeRules = TimeRules(0, 0, 0)
    turns: tuple[Turn, ...] = ()
    dropped: frozenset[int] = frozenset()
    """Slots that were left out for want of time."""
    pending: Pending | None = None
    decision: Mapping[str, Any] | None = None
    """Whether and why the newest answer is followed up (the fields of `interview.Decision`)."""
    is_paused: bool = False
    finish_reason: FinishReason | None = None
    last_at: datetime | None = None
    waiting_since: datetime | None = None
    """When the present pause began, or the pending question was requested."""
    counting_from: datetime | None = None
    """While the clock runs: the time from which the present stretch counts."""
    counted_s: Mapping[int, float] = field(default_factory=dict)
    """Seconds of finished stretches by slot."""

    @property
    def is_finished(self) -> bool:
        return self.finish_reason is not None

    @property
    def open_turn(self) -> Turn | None:
        """The question that waits for an answer."""
        last = self.turns[-1] if self.turns else None
        return last if last and last.outcome is None and not self.is_finished else None

    @property
    def current_position(self) -> int | None:
        return len(self.turns) if self.open_turn else None

    @property
    def requested_position(self) -> int | None:
        return self.pending.position if self.pending else None

    @property
    def asked(self) -> dict[int, UUID]:
        """Question ids by position."""
        return {place: turn.question_id for place, turn in enumerate(self.turns, start=1)}

    @property
    def answered(self) -> dict[int, UUID]:
        """Answer ids by position."""
        return {place: turn.answer_id for place, turn in enumerate(self.turns, start=1) if turn.answer_id}

    @property
    def open_slots(self) -> list[int]:
        """Slots that were neither asked nor dropped, in order."""
        touched = {turn.slot for turn in self.turns} | self.dropped
        if self.pending and self.pending.slot is not None:
            touched.add(self.pending.slot)
        return [index for index in range(len(self.slots)) if index not in touched]

    @property
    def expected_count(self) -> int:
        """How many questions there are, were and will be, as far as it is known."""
        if self.is_finished:
            return len(self.turns)
        is_certain = self.pending is not None and self.pending.slot is not None
        return len(self.turns) + int(is_certain) + len(self.open_slots)

    def topic(self, slot: int) -> list[Turn]:
        """Return the questions on a topic so far."""
        return [turn for turn in self.turns if turn.slot == slot]

    def used_s(self, now: datetime, slot: int | None = None) -> float:
        """Return what the clock shows, for one topic or in all."""
        counted = sum(self.counted_s.values()) if slot is None else self.counted_s.get(slot, 0)
        is_running_here = self.counting_from is not None and (slot is None or self.turns[-1].slot == slot)
        return counted + (_seconds(self.counting_from, now) if is_running_here else 0)

    def left_s(self, now: datetime) -> float:
        """Return the time that is left; negative when it is over."""
        return self.time.limit_s - self.used_s(now)

    @property
    def due_at(self) -> datetime | None:
        """When the interview ends by itself if nothing happens; None when it is over."""
        if self.is_finished or self.last_at is None:
            return None
        if self.counting_from is None:
            return (self.waiting_since or self.last_at) + timedelta(seconds=self.time.pause_limit_s)
        left = self.time.limit_s + self.time.grace_s - sum(self.counted_s.values())
        return self.counting_from + timedelta(seconds=max(left, 0))


StoredEvent = tuple[int, str, Mapping[str, Any], datetime]
"""Sequence, kind, payload, time."""


def fold(events: Iterable[StoredEvent]) -> InterviewState:
    """Return the state after stored events, in order."""
    state = InterviewState()
    for sequence, kind, payload, at in events:
        state = replace(apply(state, Kind(kind), payload, at), sequence=sequence)
    return state


def fold_on(state: InterviewState, events: Sequence[NewEvent]) -> InterviewState:
    """Return the state after further events."""
    for event in events:
        state = replace(apply(state, event.kind, event.payload, event.at), sequence=state.sequence + 1)
    return state


def apply(state: InterviewState, kind: Kind, payload: Mapping[str, Any], at: datetime) -> InterviewState:
    """Return the state after one more event."""
    changed = _move_clock(_CHANGES[kind](_stop_clock(state, at), payload), state, kind, at)
    return replace(changed, last_at=at)


def _stop_clock(state: InterviewState, at: datetime) -> InterviewState:
    """Add the running stretch to what is counted."""
    if state.counting_from is None:
        return state
    slot = state.turns[-1].slot
    counted = {**state.counted_s, slot: state.counted_s.get(slot, 0) + _seconds(state.counting_from, at)}
    return replace(state, counted_s=counted)


def _move_clock(changed: InterviewState, before: InterviewState, kind: Kind, at: datetime) -> InterviewState:
    """Let the clock run while a question is open, from now, or from the end of a moment to think."""
    is_running = changed.open_turn is not None and not changed.is_paused
    counting_from = None
    if is_running:
        counting_from = at if before.counting_from is None else max(at, before.counting_from)
        if kind is Kind.MOMENT_TAKEN and changed.counting_from is not None:
            counting_from = changed.counting_from
    is_waiting_anew = kind in (Kind.PAUSED, Kind.QUESTION_REQUESTED)
    waiting_since = None if is_running else at if is_waiting_anew else before.waiting_since
    return replace(changed, counting_from=counting_from, waiting_since=waiting_since)


def _seconds(start: datetime | None, end: datetime) -> float:
    return max((end - start).total_seconds(), 0) if start else 0


def _start(state: InterviewState, payload: Mapping[str, Any]) -> InterviewState:
    if "slots" not in payload:
        # Interviews that began before plans had slots: as many questions as were planned, without follow-ups.
        rules = tuple(SlotRule(True, 0, 300) for _ in range(payload["question_count"]))
        return replace(state, slots=rules, time=TimeRules(300.0 * len(rules), 600, 7 * 86_400))
    rules = tuple(SlotRule(slot["is_must"], slot["max_probes"], slot["budget_s"]) for slot in payload["slots"])
    return replace(state, slots=rules, time=TimeRules(**payload["time"]))


def _add_slot(state: InterviewState, payload: Mapping[str, Any]) -> InterviewState:
    place = payload["slot"]
    return replace(state, slots=(*state.slots[:place], SlotRule(**payload["rule"]), *state.slots[place:]))


def _request(state: InterviewState, payload: Mapping[str, Any]) -> InterviewState:
    return replace(state, pending=Pending(payload["position"]))


def _decide(state: InterviewState, payload: Mapping[str, Any]) -> InterviewState:
    return replace(state, decision={name: value for name, value in payload.items() if name != "position"})


def _drop_slot(state: InterviewState, payload: Mapping[str, Any]) -> InterviewState:
    return replace(state, dropped=state.dropped | {payload["slot"]})


def _choose_slot(state: InterviewState, payload: Mapping[str, Any]) -> InterviewState:
    return replace(state, pending=Pending(payload["position"], payload["slot"], payload["probe"]))


def _ask(state: InterviewState, payload: Mapping[str, Any]) -> InterviewState:
    slot = payload.get("slot", payload["position"] - 1)
    turn = Turn(UUID(payload["question_id"]), slot, payload.get("probe", 0))
    return replace(state, turns=(*state.turns, turn), pending=None, decision=None)


def _answer(state: InterviewState, payload: Mapping[str, Any]) -> InterviewState:
    outcome = payload.get("outcome") or (Outcome.SKIPPED if payload.get("is_skipped") else Outcome.ANSWERED)
    return _change_turn(state, answer_id=UUID(payload["answer_id"]), outcome=Outcome(outcome))


def _repeat(state: InterviewState, _: Mapping[str, Any]) -> InterviewState:
    return _change_turn(state, repeats=state.turns[-1].repeats + 1)


def _give_hint(state: InterviewState, _: Mapping[str, Any]) -> InterviewState:
    return _change_turn(state, hints=state.turns[-1].hints + 1)


def _take_moment(state: InterviewState, payload: Mapping[str, Any]) -> InterviewState:
    until = datetime.fromisoformat(payload["until"])
    return replace(_change_turn(state, moments=state.turns[-1].moments + 1), counting_from=until)


def _pause(state: InterviewState, _: Mapping[str, Any]) -> InterviewState:
    return replace(state, is_paused=True)


def _resume(state: InterviewState, _: Mapping[str, Any]) -> InterviewState:
    return replace(state, is_paused=False)


def _finish(state: InterviewState, payload: Mapping[str, Any]) -> InterviewState:
    return replace(state, finish_reason=FinishReason(payload["reason"]), pending=None, is_paused=False)


def _nothing(state: InterviewState, _: Mapping[str, Any]) -> InterviewState:
    return state


def _change_turn(state: InterviewState, **changes: Any) -> InterviewState:
    return replace(state, turns=(*state.turns[:-1], replace(state.turns[-1], **changes)))


_CHANGES = {
    Kind.STARTED: _start,
    Kind.SLOT_ADDED: _add_slot,
    Kind.QUESTION_REQUESTED: _request,
    Kind.FOLLOW_UP_DECIDED: _decide,
    Kind.SLOT_DROPPED: _drop_slot,
    Kind.SLOT_CHOSEN: _choose_slot,
    Kind.QUESTION_ASKED: _ask,
    Kind.ANSWERED: _answer,
    Kind.QUESTION_REPEATED: _repeat,
    Kind.HINT_GIVEN: _give_hint,
    Kind.MOMENT_TAKEN: _take_moment,
    Kind.TIME_TOLD: _nothing,
    Kind.DISTRESS_SHOWN: _nothing,
    Kind.PAUSED: _pause,
    Kind.RESUMED: _resume,
    Kind.FINISHED: _finish,
}
