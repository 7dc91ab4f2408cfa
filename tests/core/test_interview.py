"""The interview's state machine, without a database."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from interview_core import interview as machine
from interview_core.errors import Conflict
from interview_core.interview import AddedSlot, Veto
from interview_core.interview_state import FinishReason, Kind, Outcome, SlotRule, fold
from tests.core.interview_run import ADVANCE, BEGIN, MUST, PROBE, Run


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
