"""The interview's state machine, without a database."""

from uuid import UUID, uuid4

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from interview_core import interview as machine
from interview_core.errors import Conflict
from interview_core.interview import InterviewState, NewEvent


def fold(events: list[NewEvent]) -> InterviewState:
    return machine.fold((place, event.kind.value, event.payload) for place, event in enumerate(events, start=1))


def test_the_first_question_is_open_at_once() -> None:
    question = uuid4()
    state = fold(machine.start(5, question))
    assert state.current_position == 1
    assert state.asked == {1: question}


def test_an_answer_requests_the_next_question() -> None:
    question = uuid4()
    events = machine.start(2, question)
    events += machine.answer(fold(events), question, uuid4(), is_skipped=False)
    state = fold(events)
    assert state.requested_position == 2
    assert state.current_position is None


def test_the_last_answer_ends_the_interview() -> None:
    question = uuid4()
    events = machine.start(1, question)
    events += machine.answer(fold(events), question, uuid4(), is_skipped=True)
    assert fold(events).finish_reason is machine.FinishReason.PLAN_DONE


def test_answering_twice_another_question_or_after_the_end_is_refused() -> None:
    question = uuid4()
    events = machine.start(2, question)
    with pytest.raises(Conflict) as unknown:
        machine.answer(fold(events), uuid4(), uuid4(), is_skipped=False)
    events += machine.answer(fold(events), question, uuid4(), is_skipped=False)
    with pytest.raises(Conflict) as twice:
        machine.answer(fold(events), question, uuid4(), is_skipped=False)
    second = uuid4()
    events += machine.ask(fold(events), 2, second)
    events += machine.finish(fold(events))
    with pytest.raises(Conflict) as over:
        machine.answer(fold(events), second, uuid4(), is_skipped=False)
    codes = [error.value.code for error in (unknown, twice, over)]
    assert codes == ["NOT_CURRENT_QUESTION", "QUESTION_ALREADY_ANSWERED", "INTERVIEW_FINISHED"]


def test_finishing_twice_ends_once() -> None:
    events = machine.start(3, uuid4())
    events += machine.finish(fold(events))
    assert machine.finish(fold(events)) == []


class AnyOrder(RuleBasedStateMachine):
    """Candidates, late workers and double clicks in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 4
        self.events = machine.start(self.count, uuid4())
        self.questions: list[UUID] = []

    @property
    def state(self) -> InterviewState:
        return fold(self.events)

    @rule(position=st.integers(1, 6))
    def ask(self, position: int) -> None:
        if position == self.state.requested_position:
            self.events += machine.ask(self.state, position, uuid4())

    @rule(position=st.integers(1, 6))
    def ask_again(self, position: int) -> None:
        if position in self.state.asked:
            assert machine.ask(self.state, position, uuid4()) == []

    @precondition(lambda self: self.state.asked)
    @rule(data=st.data(), is_skipped=st.booleans())
    def answer(self, data: st.DataObject, is_skipped: bool) -> None:
        question = data.draw(st.sampled_from(list(self.state.asked.values())))
        before = self.state
        try:
            self.events += machine.answer(before, question, uuid4(), is_skipped=is_skipped)
        except Conflict:
            assert before.is_finished or before.asked.get(before.current_position or 0) != question

    @rule()
    def finish(self) -> None:
        self.events += machine.finish(self.state)

    @invariant()
    def places_are_answered_in_order_and_once(self) -> None:
        assert list(self.state.answered) == list(range(1, len(self.state.answered) + 1))

    @invariant()
    def it_ends_by_plan_only_when_all_is_answered(self) -> None:
        if self.state.finish_reason is machine.FinishReason.PLAN_DONE:
            assert len(self.state.answered) == self.count

    @invariant()
    def somebody_always_has_the_next_move(self) -> None:
        state = self.state
        moves = [state.is_finished, state.current_position is not None, state.requested_position is not None]
        assert sum(moves) == 1


AnyOrder.TestCase.settings = settings(max_examples=100, stateful_step_count=50, deadline=None)
TestAnyOrder = AnyOrder.TestCase
