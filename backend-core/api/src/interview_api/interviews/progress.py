"""How far an interview is: its clock, its topics, and how long silence lasts in it."""

from collections.abc import Sequence
from datetime import datetime

from interview_api.interviews import schemas
from interview_core.accommodations import Accommodations
from interview_core.db import tables
from interview_core.interview_state import InterviewState
from interview_core.plan import PlannedSlot

_WARNINGS = (
    (0, schemas.TimeWarning.OVER),
    (60, schemas.TimeWarning.ONE_MINUTE),
    (300, schemas.TimeWarning.FIVE_MINUTES),
)


def view_clock(state: InterviewState, now: datetime) -> schemas.Clock:
    left_s = state.left_s(now)
    turn, counting_from = state.open_turn, state.counting_from
    is_thinking = counting_from is not None and counting_from > now
    return schemas.Clock(
        at=now,
        limit_s=state.time.limit_s,
        used_s=round(state.used_s(now), 1),
        left_s=round(left_s, 1),
        topic_left_s=round(state.slots[turn.slot].budget_s - state.used_s(now, turn.slot), 1) if turn else None,
        is_running=counting_from is not None and not is_thinking,
        is_paused=state.is_paused,
        resumes_at=counting_from if is_thinking else None,
        ends_at=state.due_at,
        warning=None if state.is_finished else _warning(left_s),
    )


def _warning(left_s: float) -> schemas.TimeWarning | None:
    return next((warning for most_s, warning in _WARNINGS if left_s <= most_s), None)


def view_topics(plan: Sequence[PlannedSlot], state: InterviewState) -> list[schemas.Topic]:
    return [
        schemas.Topic(
            key=slot.key,
            stage=slot.stage,
            title=slot.stage_title,
            competency=slot.competency,
            is_must=slot.is_must,
            state=_topic_state(state, index),
            question_count=len(state.topic(index)),
            added_for=slot.added_for,
        )
        for index, slot in enumerate(plan)
    ]


def _topic_state(state: InterviewState, index: int) -> schemas.TopicState:
    if index in state.dropped:
        return schemas.TopicState.DROPPED
    newest = state.pending.slot if state.pending else None
    if newest is None and state.turns:
        newest = state.turns[-1].slot
    if index == newest and not state.is_finished:
        return schemas.TopicState.CURRENT
    return schemas.TopicState.DONE if state.topic(index) else schemas.TopicState.OPEN


def view_turn_taking(
    plan: Sequence[PlannedSlot], state: InterviewState, row: tables.Interview
) -> schemas.TurnTaking | None:
    """Return how long silence lasts in the open question; None when none is open."""
    turn = state.open_turn
    if turn is None:
        return None
    needs = Accommodations.model_validate(row.accommodations)
    return schemas.TurnTaking.model_validate(needs.patience(plan[turn.slot].patience), from_attributes=True)
