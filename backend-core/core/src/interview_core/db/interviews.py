"""Storing what `interview` decides: events and their projections in one transaction, under a lock on the interview."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import distinct_on
from sqlmodel import Session, col, func, select

from interview_core import interview as machine
from interview_core.contract.payloads import NextQuestion, PrepareQuestion, WriteReport
from interview_core.contract.tasks import NEXT_QUESTION, PREPARE_QUESTION, WRITE_REPORT
from interview_core.db.questions import opening_template, template_question
from interview_core.db.spoken_questions import drop_prepared, is_spoken, speak_later
from interview_core.db.tables import (
    Answer,
    Consent,
    ConsentPurpose,
    Interview,
    InterviewEvent,
    InterviewStatus,
    Question,
    Report,
)
from interview_core.interview import Decision
from interview_core.interview_state import InterviewState, Kind, NewEvent, SlotRule, TimeRules, fold, fold_on
from interview_core.jobs import enqueue
from interview_core.plan import PlannedSlot

NO_DECISION = Decision(is_probe=False, reason="undecided", decided_by="rules")
"""Where no worker looked at an answer, the next topic follows."""


def lock_interview(session: Session, interview_id: UUID) -> Interview | None:
    """Return the interview, locked until the transaction ends, so that of two writers one waits for the other."""
    return session.exec(
        select(Interview)
        .where(Interview.id == interview_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()


def load_state(session: Session, interview_id: UUID) -> InterviewState:
    """Return the fold of the interview's events."""
    rows = session.exec(
        select(InterviewEvent.sequence, InterviewEvent.kind, InterviewEvent.payload, InterviewEvent.at)
        .where(InterviewEvent.interview_id == interview_id)
        .order_by(col(InterviewEvent.sequence))
    ).all()
    return fold(rows)


def database_time(session: Session) -> datetime:
    """Return what the database's clock says right now, not when the transaction began."""
    now: datetime = session.exec(select(func.clock_timestamp())).one()
    return now


def append_events(session: Session, interview: Interview, state: InterviewState, events: Sequence[NewEvent]) -> None:
    """Add events to a locked interview, and do what follows from them: projections and jobs.

    The primary key (interview, sequence) refuses a second writer even without the lock.
    """
    for offset, event in enumerate(events, start=1):
        session.add(
            InterviewEvent(
                interview_id=interview.id,
                sequence=state.sequence + offset,
                kind=event.kind.value,
                payload=event.payload,
                at=event.at,
            )
        )
        _follow_up(session, interview, event)
    after = fold_on(state, events)
    if any(event.kind is Kind.QUESTION_ASKED for event in events) and after.open_slots and not after.is_finished:
        preparation = PrepareQuestion(interview_id=interview.id, position=len(after.turns))
        enqueue(session, PREPARE_QUESTION, preparation, subject_id=interview.id)
    interview.sequence = after.sequence
    interview.question_count = after.expected_count
    interview.answered_count = len(after.answered)
    interview.ends_at = after.due_at
    session.add(interview)
    session.flush()


def pause_absent(session: Session, interview_id: UUID, absent_s: float) -> bool:
    """Pause an interview whose candidate is gone, if nothing has happened for `absent_s`; tell whether it was paused.

    Ends the transaction.
    """
    interview = lock_interview(session, interview_id)
    state = load_state(session, interview_id)
    newest = session.exec(select(func.max(InterviewEvent.at)).where(InterviewEvent.interview_id == interview_id)).one()
    now = database_time(session)
    is_absent = newest is not None and now - newest >= timedelta(seconds=absent_s)
    events = machine.pause(state, now) if interview and is_absent and not state.is_finished else []
    if interview and events:
        append_events(session, interview, state, events)
    session.commit()
    return bool(events)


def _follow_up(session: Session, interview: Interview, event: NewEvent) -> None:
    if event.kind is Kind.QUESTION_REQUESTED:
        request = NextQuestion(interview_id=interview.id, position=event.payload["position"])
        enqueue(session, NEXT_QUESTION, request, subject_id=interview.id)
    elif event.kind is Kind.QUESTION_ASKED:
        # Who answers by voice wants to hear the questions; for others one is spoken when they ask for it.
        question_id = UUID(event.payload["question_id"])
        is_heard = current_consents(session, interview.id)[ConsentPurpose.TRANSCRIPTION]
        if is_heard and not is_spoken(session, question_id):
            speak_later(session, interview.id, question_id)
    elif event.kind is Kind.FINISHED:
        interview.status = InterviewStatus.FINISHED
        interview.finished_at = event.at
        drop_prepared(session, interview.id)
        session.add(Report(interview_id=interview.id))
        enqueue(session, WRITE_REPORT, WriteReport(interview_id=interview.id), subject_id=interview.id)


def begin_interview(
    session: Session, interview: Interview, plan: Sequence[PlannedSlot], time: TimeRules, *, extra_time: float = 1
) -> Question:
    """Store the plan of a new interview and ask its first question; in the caller's transaction.

    `extra_time` is the factor by which topics may take longer than planned; the time rules hold it already.
    """
    interview.plan = [slot.model_dump(mode="json") for slot in plan]
    rules = [SlotRule(slot.is_must, slot.max_probes, slot.budget_s * extra_time) for slot in plan]
    added = [
        machine.AddedSlot(place, rules[place], slot.added_for) for place, slot in enumerate(plan) if slot.added_for
    ]
    places = {addition.slot for addition in added}
    own = [rule for place, rule in enumerate(rules) if place not in places]
    first = opening_template(session, interview)
    session.add(first)
    session.flush()
    events = machine.start(own, time, first.id, database_time(session), added)
    append_events(session, interview, InterviewState(), events)
    return first


def decide_follow_up(session: Session, interview: Interview, decision: Decision) -> InterviewState:
    """Store whether the newest answer of a locked interview is followed up, and return the state after it.

    A decision that was stored before stands.
    """
    state = load_state(session, interview.id)
    events = machine.decide(state, decision, database_time(session))
    append_events(session, interview, state, events)
    return fold_on(state, events)


def ask_question(
    session: Session,
    interview: Interview,
    question: Question,
    *,
    first_text_ms: int | None = None,
    is_prepared: bool = False,
) -> bool:
    """Put a question to the candidate of a locked interview. False: its place is taken or the interview is over.

    `first_text_ms` is how long the candidate waited for the first words, where they were streamed; `is_prepared` says
    that the question was written before the answer came.
    """
    state, now = load_state(session, interview.id), database_time(session)
    events = machine.ask(state, question.position, question.id, now)
    if not events:
        return False
    waited = _waiting(session, interview.id, question, now, first_text_ms)
    question.waiting = {**waited, "is_prepared": is_prepared} if waited else None
    session.add(question)
    session.flush()
    append_events(session, interview, state, events)
    drop_prepared(session, interview.id, slot=question.slot, asked=question.id)
    session.refresh(question)
    return True


def _waiting(
    session: Session, interview_id: UUID, question: Question, now: datetime, first_text_ms: int | None
) -> dict[str, Any] | None:
    answered_at = session.exec(
        select(Answer.submitted_at)
        .join(Question, col(Question.id) == col(Answer.question_id))
        .where(Question.interview_id == interview_id, Question.position == question.position - 1)
    ).one_or_none()
    if answered_at is None:
        return None
    whole_ms = max(round((now - answered_at).total_seconds() * 1000), 0)
    first_ms = whole_ms if first_text_ms is None else min(first_text_ms, whole_ms)
    return {"first_text_ms": first_ms, "whole_ms": whole_ms}


def ask_template(session: Session, interview: Interview, *, fallback_reason: str | None) -> Question | None:
    """Ask the requested question of a locked interview from the templates; None when none is requested any more."""
    state = decide_follow_up(session, interview, NO_DECISION)
    if state.pending is None or state.pending.slot is None:
        return None
    question = template_question(session, interview, state, fallback_reason=fallback_reason)
    return question if ask_question(session, interview, question) else None


def end_overdue(session: Session, interview: Interview) -> bool:
    """End a locked interview whose time is over, or from whose pause nobody came back. False: it goes on."""
    state = load_state(session, interview.id)
    events = machine.expire(state, database_time(session))
    append_events(session, interview, state, events)
    return bool(events)


def current_consents(session: Session, interview_id: UUID) -> dict[ConsentPurpose, bool]:
    """Return the newest decision per purpose; a purpose never decided is not granted."""
    rows = session.exec(
        select(Consent.purpose, Consent.is_granted)
        .where(Consent.interview_id == interview_id)
        .ext(distinct_on(col(Consent.purpose)))
        .order_by(col(Consent.purpose), col(Consent.at).desc())
    ).all()
    granted: dict[ConsentPurpose, bool] = dict.fromkeys(ConsentPurpose, False)
    granted.update({ConsentPurpose(purpose): is_granted for purpose, is_granted in rows})
    return granted


def list_turns(session: Session, interview_id: UUID) -> list[tuple[Question, Answer | None]]:
    """Return questions with their answers, in order."""
    rows: Sequence[Any] = session.exec(
        select(Question, Answer)
        .join(Answer, col(Answer.question_id) == col(Question.id), isouter=True)
        .where(Question.interview_id == interview_id)
        .order_by(col(Question.position))
    ).all()
    return [(question, answer) for question, answer in rows]
