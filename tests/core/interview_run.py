"""An interview's state machine with a clock of its own, and no database."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from interview_core import interview as machine
from interview_core.interview import AddedSlot, Decision
from interview_core.interview_state import InterviewState, Kind, NewEvent, Outcome, SlotRule, TimeRules, fold_on

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
