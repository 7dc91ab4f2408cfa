"""The interview's state machine, without a database."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from interview_core import interview as machine
from interview_core.errors import Conflict
from interview_core.interview import AddedSlot, Decision, Veto
from interview_core.interview_state import (
    FinishReason,
    InterviewState,
    Kind,
    NewEvent,
    Outcome,
    SlotRule,
    TimeRules,
    fold,
    fold_on,
)

BEGIN = datetime(2026, 11, 30, 9, tzinfo=UTC)
PROBE = Decision(True, "vague", "rules", target="캐시")
ADVANCE = Decision(False, "nothing_open", "rules")
MUST = SlotRule(True, 2, 120)


class Run:
    """An interview in the making, with a clock of its own."""

    def __init__(
        self,
        *slots: SlotRule,
        limit_s: float = 3600,
        grace_s: float = 60,
        pause_limit_s: float = 600,
        added: tuple[AddedSlot, ...] = (),
    ) -> None:
        self.now = BEGIN
        self.events: list[NewEvent] = []
        self.state = InterviewState()
        time = TimeRules(limit_s, grace_s, pause_limit_s)
        self._take(machine.start(slots or (MUST, MUST), time, uuid4(), self.now, added))

    def _take(self, events: list[NewEvent]) -> list[Kind]:
        self.events += events
        self.state = fold_on(self.state, events)
        return [event.kind for event in events]

    def do(self, command: Callable[..., list[NewEvent]], *arguments: Any, after_s: float = 0) -> list[Kind]:
        self.now += timedelta(seconds=after_s)
        return self._take(command(self.state, *arguments, self.now))

    @property
    def open(self) -> UUID:
        assert self.state.open_turn is not None
        return self.state.open_turn.question_id

    def answer(self, outcome: Outcome = Outcome.ANSWERED, after_s: float = 10) -> list[Kind]:
        return self.do(machine.answer, self.open, uuid4(), outcome, after_s=after_s)

    def ask(self, after_s: float = 0) -> list[Kind]:
        return self.do(machine.ask, self.state.requested_position, uuid4(), after_s=after_s)

    def turn(self, decision: Decision = ADVANCE, outcome: Outcome = Outcome.ANSWERED) -> None:
        """Answer, decide and ask the next question, as far as the interview goes on."""
        self.answer(outcome)
        self.do(machine.decide, decision)
        if self.state.pending:
            self.ask()


def code_of(command: Callable[[], Any]) -> str:
    with pytest.raises(Conflict) as refused:
        command()
    return refused.value.code


def test_the_first_question_is_open_at_once() -> None:
    run = Run()
    assert (run.state.current_position, run.state.requested_position) == (1, None)
    assert run.state.expected_count == 2


def test_slots_that_a_job_description_adds_are_events_with_their_reason_before_the_first_question() -> None:
    added = AddedSlot(1, SlotRule(False, 1, 180), "책임감")
    run = Run(MUST, SlotRule(True, 0, 60), added=(added,))
    assert [event.kind for event in run.events] == [Kind.STARTED, Kind.SLOT_ADDED, Kind.QUESTION_ASKED]
    assert run.events[1].payload == {
        "slot": 1,
        "rule": {"is_must": False, "max_probes": 1, "budget_s": 180},
        "words": "책임감",
        "reason": "job_description",
    }
    assert run.state.slots == (MUST, added.rule, SlotRule(True, 0, 60))


def test_an_answer_waits_for_a_decision_and_then_for_a_question() -> None:
    run = Run()
    assert run.answer() == [Kind.ANSWERED, Kind.QUESTION_REQUESTED]
    assert run.ask() == []
    assert run.do(machine.decide, ADVANCE) == [Kind.FOLLOW_UP_DECIDED, Kind.SLOT_CHOSEN]
    assert run.do(machine.decide, PROBE) == []
    assert run.ask() == [Kind.QUESTION_ASKED]
    assert (run.state.turns[-1].slot, run.state.turns[-1].probe) == (1, 0)


def test_a_follow_up_stays_on_its_topic_and_makes_the_interview_longer() -> None:
    run = Run()
    run.turn(PROBE)
    assert (run.state.turns[-1].slot, run.state.turns[-1].probe) == (0, 1)
    assert run.state.expected_count == 3


def test_two_follow_ups_are_the_most_that_a_topic_takes() -> None:
    run = Run(SlotRule(True, 9, 9999), MUST)
    run.turn(PROBE)
    run.turn(PROBE)
    run.turn(PROBE)
    assert [turn.slot for turn in run.state.turns] == [0, 0, 0, 1]


@pytest.mark.parametrize("outcome", [Outcome.SKIPPED, Outcome.DECLINED])
def test_what_was_skipped_or_declined_is_not_taken_up_again(outcome: Outcome) -> None:
    run = Run()
    run.answer(outcome)
    assert run.state.decision is not None
    assert run.state.decision["reason"] == outcome.value
    assert run.state.pending is not None
    assert run.state.pending.slot == 1


def test_who_does_not_know_twice_is_asked_something_else() -> None:
    run = Run()
    run.turn(PROBE, Outcome.DONT_KNOW)
    assert run.state.turns[-1].slot == 0
    run.answer(Outcome.DONT_KNOW)
    assert run.state.decision is not None
    assert run.state.decision["reason"] == Veto.DONT_KNOW_TWICE


def test_no_follow_up_takes_the_time_of_a_topic_that_must_come() -> None:
    run = Run(MUST, MUST, limit_s=240)
    run.answer(after_s=70)
    assert run.state.decision is not None
    assert run.state.decision["reason"] == Veto.TIME_SHORT


def test_a_topic_that_used_up_its_share_is_not_followed_up() -> None:
    run = Run(SlotRule(True, 2, 60), MUST)
    run.answer(after_s=61)
    assert run.state.decision is not None
    assert run.state.decision["reason"] == Veto.TOPIC_TIME


def test_topics_that_need_not_come_make_room_when_time_is_short() -> None:
    run = Run(MUST, SlotRule(False, 0, 120), SlotRule(True, 0, 120), limit_s=300)
    run.answer(after_s=100)
    run.do(machine.decide, ADVANCE)
    run.ask()
    assert run.state.dropped == {1}
    assert run.state.turns[-1].slot == 2


def test_the_last_answer_ends_the_interview() -> None:
    run = Run(SlotRule(True, 0, 60))
    assert run.answer() == [Kind.ANSWERED, Kind.FOLLOW_UP_DECIDED, Kind.FINISHED]
    assert run.state.finish_reason is FinishReason.PLAN_DONE
    assert run.state.expected_count == 1


def test_answering_twice_another_question_or_after_the_end_is_refused() -> None:
    run = Run()
    first = run.open
    unknown = code_of(lambda: run.do(machine.answer, uuid4(), uuid4(), Outcome.ANSWERED))
    run.turn()
    twice = code_of(lambda: run.do(machine.answer, first, uuid4(), Outcome.ANSWERED))
    second = run.open
    run.do(machine.finish)
    over = code_of(lambda: run.do(machine.answer, second, uuid4(), Outcome.ANSWERED))
    assert [unknown, twice, over] == ["NOT_CURRENT_QUESTION", "QUESTION_ALREADY_ANSWERED", "INTERVIEW_FINISHED"]


def test_finishing_twice_ends_once() -> None:
    run = Run()
    assert run.do(machine.finish) == [Kind.FINISHED]
    assert run.do(machine.finish) == []


def test_the_clock_runs_while_a_question_is_open_only() -> None:
    run = Run()
    run.answer(after_s=30)
    run.do(machine.decide, ADVANCE, after_s=500)
    run.ask(after_s=500)
    assert run.state.used_s(run.now) == 30
    assert run.state.used_s(run.now + timedelta(seconds=5)) == 35
    assert run.state.used_s(run.now + timedelta(seconds=5), 0) == 30


def test_a_pause_stops_the_clock_and_takes_no_answer() -> None:
    run = Run()
    assert run.do(machine.pause, after_s=20) == [Kind.PAUSED]
    assert run.do(machine.pause) == []
    assert code_of(run.answer) == "INTERVIEW_PAUSED"
    assert run.do(machine.resume, after_s=100) == [Kind.RESUMED]
    assert run.do(machine.resume) == []
    run.answer(after_s=10)
    assert run.state.used_s(run.now) == 30


def test_a_question_that_comes_in_a_pause_waits_for_its_end() -> None:
    run = Run()
    run.answer()
    run.do(machine.pause)
    run.do(machine.decide, ADVANCE)
    run.ask()
    assert run.state.used_s(run.now + timedelta(seconds=50)) == 10
    run.do(machine.resume, after_s=50)
    assert run.state.used_s(run.now + timedelta(seconds=1)) == 11


def test_a_moment_to_think_is_not_counted_and_there_are_two() -> None:
    run = Run()
    assert run.do(machine.moment, run.open, 30.0, after_s=5) == [Kind.MOMENT_TAKEN]
    assert run.state.used_s(run.now + timedelta(seconds=30)) == 5
    assert run.do(machine.moment, run.open, 30.0, after_s=10) == [Kind.MOMENT_TAKEN]
    assert run.do(machine.moment, run.open, 30.0) == []
    assert run.state.used_s(run.now + timedelta(seconds=51)) == 6


def test_hints_end_where_there_are_no_more() -> None:
    run = Run()
    assert [run.do(machine.hint, run.open, 2) for _ in range(3)] == [[Kind.HINT_GIVEN], [Kind.HINT_GIVEN], []]


def test_distress_pauses() -> None:
    run = Run()
    assert run.do(machine.comfort, run.open) == [Kind.DISTRESS_SHOWN, Kind.PAUSED]


def test_an_answer_after_the_time_counts_and_is_the_last() -> None:
    run = Run(limit_s=60)
    assert run.answer(after_s=100)[-1] is Kind.FINISHED
    assert run.state.finish_reason is FinishReason.TIME_UP
    assert len(run.state.answered) == 1


def test_nobody_there_ends_when_the_time_and_its_grace_are_over() -> None:
    run = Run(limit_s=60, grace_s=30)
    assert run.do(machine.expire, after_s=89) == []
    assert run.do(machine.expire, after_s=1) == [Kind.FINISHED]
    assert run.state.finish_reason is FinishReason.TIME_UP
    assert run.do(machine.expire, after_s=1) == []


def test_a_pause_that_lasts_too_long_ends_the_interview() -> None:
    run = Run(pause_limit_s=600)
    run.do(machine.pause, after_s=5)
    assert run.do(machine.expire, after_s=599) == []
    assert run.do(machine.expire, after_s=1) == [Kind.FINISHED]
    assert run.state.finish_reason is FinishReason.ABANDONED


def test_a_command_for_an_earlier_state_is_told_the_present_one() -> None:
    run = Run()
    seen = run.state.sequence
    machine.require_sequence(run.state, seen)
    codes = []
    for step in (run.answer, lambda: run.do(machine.decide, ADVANCE), run.ask, lambda: run.do(machine.pause)):
        step()
        codes.append(code_of(lambda: machine.require_sequence(run.state, seen)))
    run.do(machine.finish)
    codes.append(code_of(lambda: machine.require_sequence(run.state, seen)))
    assert codes == [
        "QUESTION_PENDING", "QUESTION_PENDING", "INTERVIEW_CHANGED", "INTERVIEW_PAUSED", "INTERVIEW_FINISHED",
    ]  # fmt: skip


def test_an_interview_that_began_before_plans_goes_on_to_its_end() -> None:
    question, answer = uuid4(), uuid4()
    old = [
        (1, "started", {"question_count": 2}, BEGIN),
        (2, "question_asked", {"position": 1, "question_id": str(question)}, BEGIN),
        (3, "answered", {"position": 1, "answer_id": str(answer), "is_skipped": False}, BEGIN),
        (4, "question_requested", {"position": 2}, BEGIN),
    ]
    run = Run()
    run.state = fold(old)
    run.do(machine.decide, PROBE)
    assert run.state.decision is not None
    assert run.state.decision["reason"] == Veto.ENOUGH_PROBES
    run.ask()
    run.answer()
    assert run.state.finish_reason is FinishReason.PLAN_DONE
    assert len(run.state.answered) == 2


class AnyOrder(RuleBasedStateMachine):
    """Candidates, late workers, timers and double clicks in any order, over slots of every kind."""

    def __init__(self) -> None:
        super().__init__()
        own = (SlotRule(True, 2, 100), SlotRule(True, 0, 60), SlotRule(False, 2, 60))
        added = AddedSlot(1, SlotRule(False, 1, 100), "책임감")
        slots = (own[0], added.rule, *own[1:])
        self.run = Run(*own, limit_s=500, grace_s=30, pause_limit_s=300, added=(added,))
        self.most_turns = sum(1 + slot.max_probes for slot in slots)
        self.wished = False

    def attempt(self, command: Callable[..., list[NewEvent]], *arguments: Any) -> None:
        before = self.run.state
        try:
            self.run.do(command, *arguments)
        except Conflict:
            assert self.run.state is before

    def some_question(self, data: st.DataObject) -> UUID:
        return data.draw(st.sampled_from([*self.run.state.asked.values(), UUID(int=0)]))

    @rule(seconds=st.sampled_from([0.1, 1, 20, 90, 400]))
    def time_passes(self, seconds: float) -> None:
        self.run.now += timedelta(seconds=seconds)

    @rule(position=st.integers(1, 8))
    def ask(self, position: int) -> None:
        before = len(self.run.state.turns)
        self.attempt(machine.ask, position, uuid4())
        assert len(self.run.state.turns) in (before, position)

    @rule(is_probe=st.booleans())
    def decide(self, is_probe: bool) -> None:
        self.attempt(machine.decide, PROBE if is_probe else ADVANCE)

    @rule(data=st.data(), outcome=st.sampled_from(Outcome))
    def answer(self, data: st.DataObject, outcome: Outcome) -> None:
        self.attempt(machine.answer, self.some_question(data), uuid4(), outcome)

    @rule(data=st.data(), which=st.sampled_from(["repeat", "hint", "moment", "time", "comfort"]))
    def speak(self, data: st.DataObject, which: str) -> None:
        question = self.some_question(data)
        commands: dict[str, tuple[Any, ...]] = {
            "repeat": (machine.repeat, question),
            "hint": (machine.hint, question, 2),
            "moment": (machine.moment, question, 30.0),
            "time": (machine.tell_time, question),
            "comfort": (machine.comfort, question),
        }
        self.attempt(*commands[which])

    @rule()
    def pause(self) -> None:
        self.attempt(machine.pause)

    @rule()
    def resume(self) -> None:
        self.attempt(machine.resume)

    @rule()
    def sweep(self) -> None:
        self.attempt(machine.expire)

    @precondition(lambda self: len(self.run.state.turns) > 3)
    @rule()
    def finish(self) -> None:
        self.wished = True
        self.attempt(machine.finish)

    @invariant()
    def questions_are_answered_in_order_and_once(self) -> None:
        state = self.run.state
        assert list(state.answered) == list(range(1, len(state.answered) + 1))
        assert len(set(state.asked.values())) == len(state.turns) <= self.most_turns

    @invariant()
    def no_topic_opens_twice_or_has_more_than_two_follow_ups(self) -> None:
        for slot, rule_ in enumerate(self.run.state.slots):
            probes = [turn.probe for turn in self.run.state.topic(slot)]
            assert probes == list(range(len(probes)))
            assert len(probes) <= 1 + min(rule_.max_probes, 2)

    @invariant()
    def it_ends_by_its_plan_only_when_each_topic_was_asked_or_had_no_time(self) -> None:
        state = self.run.state
        touched = {turn.slot for turn in state.turns} | state.dropped
        must = {index for index, slot in enumerate(state.slots) if slot.is_must}
        assert not state.dropped & must
        if state.finish_reason is FinishReason.PLAN_DONE:
            assert touched == set(range(len(state.slots)))
            assert all(turn.outcome for turn in state.turns)
        if state.finish_reason is FinishReason.CANDIDATE:
            assert self.wished

    @invariant()
    def somebody_always_has_the_next_move(self) -> None:
        state = self.run.state
        moves = [state.is_finished, state.current_position is not None, state.requested_position is not None]
        assert sum(moves) == 1

    @invariant()
    def it_always_ends_even_if_nobody_comes_back(self) -> None:
        state, due_at = self.run.state, self.run.state.due_at
        assert (due_at is None) == state.is_finished
        if due_at is not None:
            ended = fold_on(state, machine.expire(state, max(due_at, self.run.now)))
            assert ended.finish_reason in (FinishReason.TIME_UP, FinishReason.ABANDONED)

    @invariant()
    def the_clock_never_runs_backwards_and_the_stored_events_say_the_same(self) -> None:
        run = self.run
        stored = fold((place, event.kind.value, event.payload, event.at) for place, event in enumerate(run.events, 1))
        assert stored == run.state
        rounding_s = 1e-6  # the clock adds up parts of seconds
        assert 0 <= run.state.used_s(run.now) <= (run.now - BEGIN).total_seconds() + rounding_s


AnyOrder.TestCase.settings = settings(max_examples=150, stateful_step_count=60, deadline=None)
TestAnyOrder = AnyOrder.TestCase
