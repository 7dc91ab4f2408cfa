"""Storing what `interview` decides: events and their projections in one transaction, under a lock on the interview."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.dialects.postgresql import distinct_on
from sqlmodel import Session, col, func, select

from interview_core import interview as machine
from interview_core.contract.payloads import NextQuestion, WriteReport
from interview_core.contract.tasks import NEXT_QUESTION, WRITE_REPORT
from interview_core.db.resumes import effective_profile
from interview_core.db.tables import (
    Answer,
    Consent,
    ConsentPurpose,
    Interview,
    InterviewEvent,
    InterviewStatus,
    Question,
    Report,
    Resume,
)
from interview_core.interview import InterviewState, Kind, NewEvent
from interview_core.jobs import enqueue
from interview_core.scenario import Slot, get_scenario

TEMPLATE_PROVIDER = "template"


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
        select(InterviewEvent.sequence, InterviewEvent.kind, InterviewEvent.payload)
        .where(InterviewEvent.interview_id == interview_id)
        .order_by(col(InterviewEvent.sequence))
    ).all()
    return machine.fold(rows)


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
            )
        )
        _follow_up(session, interview, event)
    interview.sequence = state.sequence + len(events)
    session.add(interview)
    session.flush()


def _follow_up(session: Session, interview: Interview, event: NewEvent) -> None:
    if event.kind is Kind.ANSWERED:
        interview.answered_count += 1
    elif event.kind is Kind.QUESTION_REQUESTED:
        request = NextQuestion(interview_id=interview.id, position=event.payload["position"])
        enqueue(session, NEXT_QUESTION, request, subject_id=interview.id)
    elif event.kind is Kind.FINISHED:
        interview.status = InterviewStatus.FINISHED
        interview.finished_at = session.exec(select(func.now())).one()
        session.add(Report(interview_id=interview.id))
        enqueue(session, WRITE_REPORT, WriteReport(interview_id=interview.id), subject_id=interview.id)


def ask_question(session: Session, interview: Interview, question: Question) -> bool:
    """Put a question to the candidate of a locked interview. False: its place is taken or the interview is over."""
    state = load_state(session, interview.id)
    events = machine.ask(state, question.position, question.id)
    if not events:
        return False
    session.add(question)
    session.flush()
    append_events(session, interview, state, events)
    session.refresh(question)
    return True


def slot_at(interview: Interview, position: int) -> Slot:
    """Return the plan's slot at a position (1-based)."""
    return get_scenario(interview.scenario_id).slots[position - 1]


def template_question(
    session: Session, interview: Interview, position: int, *, fallback_reason: str | None
) -> Question:
    """Return the slot's ready question, filled with the résumé's facts.

    With a `fallback_reason` it is shown as a stand-in for a question that the model could not write.
    """
    slot = slot_at(interview, position)
    language = interview.language.value
    return Question(
        id=uuid4(),
        interview_id=interview.id,
        position=position,
        stage=slot.stage,
        stage_title=slot.title.get(language),
        text=slot.templates.fill(language, _facts(session, interview)),
        reason=slot.reason.get(language),
        covers=slot.covers.get(language, []),
        is_follow_up=slot.is_follow_up,
        answered_by={
            "provider": TEMPLATE_PROVIDER,
            "model": None,
            "prompt_version": f"{interview.scenario_id}@{interview.scenario_version}",
            "is_fallback": fallback_reason is not None,
            "fallback_reason": fallback_reason,
            "took_ms": None,
        },
    )


_QUESTION_VIEW = {
    "id", "position", "stage", "stage_title", "text", "type", "difficulty", "topic", "reason", "source_quote",
    "is_follow_up", "answered_by", "created_at",
}  # fmt: skip


def question_view(question: Question) -> dict[str, Any]:
    """Return a stored question as the browser sees it, in the API's response and in the event stream alike."""
    return question.model_dump(mode="json", include=_QUESTION_VIEW)


def _facts(session: Session, interview: Interview) -> dict[str, str]:
    resume = session.get(Resume, interview.resume_id) if interview.resume_id else None
    name = ((effective_profile(resume) or {}) if resume else {}).get("name")
    facts = {"role": interview.target_role, "company": interview.company, "name": name}
    return {key: value for key, value in facts.items() if value}


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
