"""Trial B9: candidates in two tabs, late workers, timers and double clicks in any order, over plans of every kind."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise
from typing import Any, ClassVar
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from interview_core import interview as machine
from interview_core.errors import Conflict
from interview_core.interview import AddedSlot
from interview_core.interview_state import (
    FinishReason,
    InterviewState,
    Kind,
    NewEvent,
    Outcome,
    SlotRule,
    fold,
    fold_on,
)
from tests.core.interview_run import ADVANCE, BEGIN, PROBE, Run

LEAST_COMMANDS = 5000
SLOTS = st.builds(SlotRule, st.booleans(), st.sampled_from([2, 0, 1, 4]), st.sampled_from([100, 60, 400]))
TABS = (0, 1)


class AnyOrder(RuleBasedStateMachine):
    """What two tabs of one candidate, workers and timers can do, and what must hold after each step."""

    tally: ClassVar[Counter[str]] = Counter()
    """Commands that were given, and what came of them, over all runs."""

    @initialize(
        slots=st.lists(SLOTS, min_size=2, max_size=4),
        added=SLOTS,
        limit_s=st.sampled_from([300, 900, 10_000]),
    )
    def begin(self, slots: list[SlotRule], added: SlotRule, limit_s: float) -> None:
        self.run = Run(*slots, limit_s=limit_s, grace_s=30, pause_limit_s=300, added=(AddedSlot(1, added, "책임감"),))
        self.most_turns = sum(1 + min(slot.max_probes, 2) for slot in (*slots, added))
        self.seen = [self.run.state.sequence for _ in TABS]
        self.wished = False

    def attempt(self, command: Callable[..., list[NewEvent]], *arguments: Any) -> str | None:
        """Give a command; return the code of its refusal, which changes nothing."""
        before, known = self.run.state, len(self.run.events)
        self.tally["commands"] += 1
        try:
            self.run.do(command, *arguments)
        except Conflict as refused:
            assert self.run.state is before
            self.tally[refused.code] += 1
            return refused.code
        for event in self.run.events[known:]:
            self.tally[event.kind] += 1
            assert event.kind is not Kind.SLOT_DROPPED or self.has_no_time_for(before, event)
        return None

    def has_no_time_for(self, before: InterviewState, dropped: NewEvent) -> bool:
        """Tell whether the topics that must still come leave no time for one that was left out."""
        must_s = sum(before.slots[slot].budget_s for slot in before.open_slots if before.slots[slot].is_must)
        return before.left_s(self.run.now) < must_s + before.slots[dropped.payload["slot"]].budget_s

    def some_question(self, data: st.DataObject) -> UUID:
        newest = self.run.state.turns[-1].question_id
        return data.draw(st.sampled_from([newest, newest, newest, *self.run.state.asked.values(), UUID(int=0)]))

    def send(self, question: UUID, outcome: Outcome) -> str | None:
        """Answer a question; that it is taken, or why not, is told here once more."""
        state, expected = self.run.state, None
        if question in {turn.question_id for turn in state.turns if turn.outcome}:
            expected = "QUESTION_ALREADY_ANSWERED"
        elif state.is_finished:
            expected = "INTERVIEW_FINISHED"
        elif state.open_turn is None or question != state.open_turn.question_id:
            expected = "NOT_CURRENT_QUESTION"
        elif state.is_paused:
            expected = "INTERVIEW_PAUSED"
        code = self.attempt(machine.answer, question, uuid4(), outcome)
        assert code == expected
        return code

    @rule(seconds=st.sampled_from([0.1, 1, 20, 90, 350]))
    def time_passes(self, seconds: float) -> None:
        self.run.now += timedelta(seconds=seconds)

    @rule(
        outcome=st.sampled_from([Outcome.ANSWERED, *Outcome]),
        is_probe=st.booleans(),
        takes_s=st.sampled_from([1, 30, 80]),
    )
    def an_undisturbed_turn(self, outcome: Outcome, is_probe: bool, takes_s: int) -> None:
        self.attempt(machine.resume)
        if (turn := self.run.state.open_turn) is not None:
            self.run.now += timedelta(seconds=takes_s)
            assert self.send(turn.question_id, outcome) is None
        self.decide(is_probe)
        if (position := self.run.state.requested_position) is not None:
            self.ask(position)

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
        self.send(self.some_question(data), outcome)

    @rule(tab=st.sampled_from(TABS))
    def a_tab_is_reloaded(self, tab: int) -> None:
        self.seen[tab] = self.run.state.sequence

    @rule(tab=st.sampled_from(TABS), data=st.data(), outcome=st.sampled_from(Outcome))
    def a_tab_answers(self, tab: int, data: st.DataObject, outcome: Outcome) -> None:
        """It is told the present state where it does not know it."""
        before, question = self.run.state, self.some_question(data)
        if self.seen[tab] == before.sequence:
            machine.require_sequence(before, self.seen[tab])
            self.send(question, outcome)
            self.seen[tab] = self.run.state.sequence
            return
        self.tally["stale tab"] += 1
        with pytest.raises(Conflict):
            machine.require_sequence(before, self.seen[tab])

    @rule(outcomes=st.tuples(st.sampled_from(Outcome), st.sampled_from(Outcome)))
    def both_tabs_answer_at_once(self, outcomes: tuple[Outcome, Outcome]) -> None:
        """Even where both know the present state, one answer counts."""
        question, answers = self.run.state.turns[-1].question_id, len(self.run.state.answered)
        codes = [self.send(question, outcome) for outcome in outcomes]
        assert codes[1] is not None
        assert len(self.run.state.answered) - answers == codes.count(None) <= 1
        self.tally["both tabs"] += codes.count(None)

    @precondition(lambda self: not self.run.state.is_paused)
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
    @rule(is_in_a_pause=st.booleans())
    def nobody_comes_back(self, is_in_a_pause: bool) -> None:
        if is_in_a_pause:
            self.attempt(machine.pause)
        self.run.now = max(self.run.now, self.run.state.due_at or self.run.now)
        self.attempt(machine.expire)
        assert self.run.state.is_finished

    @precondition(lambda self: len(self.run.state.turns) > 3)
    @rule(outcome=st.sampled_from(Outcome))
    def finish_while_an_answer_is_on_its_way(self, outcome: Outcome) -> None:
        on_its_way = self.run.state.turns[-1].question_id
        self.wished = True
        self.attempt(machine.finish)
        assert self.run.state.is_finished
        assert self.send(on_its_way, outcome) in ("INTERVIEW_FINISHED", "QUESTION_ALREADY_ANSWERED")

    @invariant()
    def questions_are_answered_in_order_and_once(self) -> None:
        state = self.run.state
        assert list(state.answered) == list(range(1, len(state.answered) + 1))
        assert len(set(state.asked.values())) == len(state.turns) <= self.most_turns

    @invariant()
    def no_place_is_asked_twice_and_no_answer_taken_twice(self) -> None:
        for kind in (Kind.QUESTION_ASKED, Kind.ANSWERED, Kind.FOLLOW_UP_DECIDED):
            places = [event.payload["position"] for event in self.run.events if event.kind is kind]
            assert places == list(range(1, len(places) + 1))

    @invariant()
    def no_topic_opens_twice_or_has_more_than_two_follow_ups(self) -> None:
        for slot, rule_ in enumerate(self.run.state.slots):
            probes = [turn.probe for turn in self.run.state.topic(slot)]
            assert probes == list(range(len(probes)))
            assert len(probes) <= 1 + min(rule_.max_probes, 2)

    @invariant()
    def what_was_skipped_or_declined_is_not_followed_up(self) -> None:
        turns = self.run.state.turns
        for before, after in pairwise(turns):
            assert after.probe == 0 or before.outcome not in (Outcome.SKIPPED, Outcome.DECLINED)

    @invariant()
    def it_ends_before_its_plan_only_when_time_is_up_or_the_candidate_wishes_it(self) -> None:
        state = self.run.state
        touched = {turn.slot for turn in state.turns} | state.dropped
        must = {index for index, slot in enumerate(state.slots) if slot.is_must}
        assert not state.dropped & must
        if state.finish_reason is FinishReason.PLAN_DONE:
            assert touched == set(range(len(state.slots)))
            assert all(turn.outcome for turn in state.turns)
        if state.finish_reason is FinishReason.CANDIDATE:
            assert self.wished
        if state.finish_reason is FinishReason.TIME_UP:
            assert sum(state.counted_s.values()) >= state.time.limit_s
        if state.finish_reason is FinishReason.ABANDONED:
            assert state.waiting_since is not None
            assert state.last_at is not None
            assert (state.last_at - state.waiting_since).total_seconds() >= state.time.pause_limit_s

    @invariant()
    def nothing_happens_after_the_end(self) -> None:
        ends = [place for place, event in enumerate(self.run.events, 1) if event.kind is Kind.FINISHED]
        assert ends == ([len(self.run.events)] if self.run.state.is_finished else [])

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

    def teardown(self) -> None:
        """Who goes on answering from here, and is followed up wherever that may be, comes to an end as well."""
        if not hasattr(self, "run"):
            return
        state = self.run.state
        self.tally[f"ended: {state.finish_reason}"] += state.is_finished
        turns = 0
        while not self.run.state.is_finished:
            turns += 1
            assert turns <= self.most_turns + 1
            self.an_undisturbed_turn(Outcome.ANSWERED, is_probe=True, takes_s=1)
        assert len(self.run.state.turns) <= self.most_turns
        self.tally["second follow-up"] += any(turn.probe == 2 for turn in self.run.state.turns)


def test_no_order_of_commands_breaks_an_interview() -> None:
    AnyOrder.tally.clear()
    # The same runs each time, so that what is reached hangs on nobody's luck.
    settings_ = settings(
        max_examples=120,
        stateful_step_count=60,
        derandomize=True,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(AnyOrder, settings=settings_)

    tally = AnyOrder.tally
    assert tally["commands"] >= LEAST_COMMANDS
    never = [kind for kind in Kind if not tally[kind] and kind not in (Kind.STARTED, Kind.SLOT_ADDED)]
    never += [f"ended: {reason}" for reason in FinishReason if not tally[f"ended: {reason}"]]
    refusals = ("QUESTION_ALREADY_ANSWERED", "INTERVIEW_FINISHED", "NOT_CURRENT_QUESTION", "INTERVIEW_PAUSED")
    never += [what for what in (*refusals, "stale tab", "both tabs", "second follow-up") if not tally[what]]
    assert never == []
