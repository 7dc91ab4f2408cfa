"""What a candidate does in an interview. Each command is one transaction under a lock on the interview."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlmodel import Session, select

from interview_api.interviews.service import get_interview, lock_own_interview
from interview_api.speech.spoken_text import SpokenText
from interview_core import interview as machine
from interview_core.accommodations import Accommodations
from interview_core.contract.payloads import EvaluateAnswer
from interview_core.contract.tasks import EVALUATE_ANSWER
from interview_core.db.interviews import append_events, database_time, load_state
from interview_core.db.questions import hint_count
from interview_core.db.tables import Answer, Interview, Question
from interview_core.errors import Conflict
from interview_core.interview_state import InterviewState, NewEvent, Outcome, fold_on
from interview_core.jobs import enqueue
from interview_core.speech_acts import SpeechAct, recognise

Decide = Callable[[InterviewState, datetime], list[NewEvent]]


@dataclass(frozen=True)
class Heard:
    """What became of words that were sent as an answer."""

    interview: Interview
    act: SpeechAct | None
    """They were taken for this instead of an answer, or beside it; None: an answer like any other."""


def hear(
    session: Session,
    user_id: UUID,
    interview_id: UUID,
    question_id: UUID,
    text: str,
    sequence: int | None,
    spoken: SpokenText | None = None,
) -> Heard:
    """Take words to the open question: as an answer, or as the wish that they are, which is never judged.

    `spoken` is what an answer keeps of having been spoken.

    Raises:
        Conflict: as for an answer.
    """
    language = get_interview(session, user_id, interview_id).language.value
    act = recognise(text, language)
    if act is SpeechAct.SKIP:
        return Heard(submit_answer(session, user_id, interview_id, question_id, None, sequence=sequence), act)
    if act in _WISHES:
        return Heard(_WISHES[act](session, user_id, interview_id, question_id, sequence), act)
    outcome = _OUTCOMES.get(act, Outcome.ANSWERED)
    interview = submit_answer(
        session, user_id, interview_id, question_id, text, outcome=outcome, spoken=spoken, sequence=sequence
    )
    return Heard(interview, act)


def submit_answer(
    session: Session,
    user_id: UUID,
    interview_id: UUID,
    question_id: UUID,
    text: str | None,
    *,
    outcome: Outcome = Outcome.ANSWERED,
    spoken: SpokenText | None = None,
    sequence: int | None = None,
) -> Interview:
    """Take an answer, or the wish to skip (no text), to the open question. The very same again changes nothing.

    `spoken` is what an answer keeps of having been spoken.

    Raises:
        Conflict: INTERVIEW_FINISHED, INTERVIEW_PAUSED, QUESTION_ALREADY_ANSWERED, NOT_CURRENT_QUESTION, or what the
            present state is where `sequence` is not its.
    """
    interview = lock_own_interview(session, user_id, interview_id)
    if _is_repeated(session, interview_id, question_id, text):
        session.commit()
        return interview
    state, now = load_state(session, interview_id), database_time(session)
    machine.require_sequence(state, sequence)
    outcome = Outcome.SKIPPED if text is None else outcome
    answer = Answer(
        id=uuid4(),
        question_id=question_id,
        interview_id=interview_id,
        text=text or "",
        is_skipped=text is None,
        outcome=outcome.value,
        submitted_at=now,
        **(spoken.fields if spoken else {}),
    )
    events = machine.answer(state, question_id, answer.id, outcome, now)
    session.add(answer)
    session.flush()
    append_events(session, interview, state, events)
    if not answer.is_skipped:
        enqueue(session, EVALUATE_ANSWER, EvaluateAnswer(answer_id=answer.id), subject_id=interview_id)
    session.commit()
    return interview


def _is_repeated(session: Session, interview_id: UUID, question_id: UUID, text: str | None) -> bool:
    answer = session.exec(
        select(Answer).where(Answer.question_id == question_id, Answer.interview_id == interview_id)
    ).one_or_none()
    return answer is not None and answer.is_skipped == (text is None) and answer.text == (text or "")


def repeat_question(
    session: Session, user_id: UUID, interview_id: UUID, question_id: UUID, sequence: int | None
) -> Interview:
    return _carry_out(
        session, user_id, interview_id, sequence, lambda state, now: machine.repeat(state, question_id, now)
    )


def give_hint(
    session: Session, user_id: UUID, interview_id: UUID, question_id: UUID, sequence: int | None
) -> Interview:
    question = session.get(Question, question_id)
    most = hint_count(question) if question else 0
    return _carry_out(
        session, user_id, interview_id, sequence, lambda state, now: machine.hint(state, question_id, most, now)
    )


def take_moment(
    session: Session, user_id: UUID, interview_id: UUID, question_id: UUID, sequence: int | None
) -> Interview:
    needs = Accommodations.model_validate(get_interview(session, user_id, interview_id).accommodations)
    return _carry_out(
        session,
        user_id,
        interview_id,
        sequence,
        lambda state, now: machine.moment(state, question_id, needs.moment_s, now),
    )


def tell_time(
    session: Session, user_id: UUID, interview_id: UUID, question_id: UUID, sequence: int | None
) -> Interview:
    return _carry_out(
        session, user_id, interview_id, sequence, lambda state, now: machine.tell_time(state, question_id, now)
    )


def comfort(session: Session, user_id: UUID, interview_id: UUID, question_id: UUID, sequence: int | None) -> Interview:
    """Pause for somebody who is in distress."""
    return _carry_out(
        session, user_id, interview_id, sequence, lambda state, now: machine.comfort(state, question_id, now)
    )


_WISHES: dict[SpeechAct | None, Callable[[Session, UUID, UUID, UUID, int | None], Interview]] = {
    SpeechAct.REPEAT: repeat_question,
    SpeechAct.HINT: give_hint,
    SpeechAct.MOMENT: take_moment,
    SpeechAct.TIME: tell_time,
    SpeechAct.DISTRESS: comfort,
}
_OUTCOMES: dict[SpeechAct | None, Outcome] = {
    SpeechAct.DONT_KNOW: Outcome.DONT_KNOW,
    SpeechAct.DECLINED: Outcome.DECLINED,
}


def pause(session: Session, user_id: UUID, interview_id: UUID, sequence: int | None) -> Interview:
    return _carry_out(session, user_id, interview_id, sequence, machine.pause)


def resume(session: Session, user_id: UUID, interview_id: UUID, sequence: int | None) -> Interview:
    return _carry_out(session, user_id, interview_id, sequence, machine.resume)


def finish(session: Session, user_id: UUID, interview_id: UUID, sequence: int | None) -> Interview:
    """End the interview on the candidate's wish; once it is over this changes nothing."""
    return _carry_out(session, user_id, interview_id, sequence, machine.finish)


def _carry_out(session: Session, user_id: UUID, interview_id: UUID, sequence: int | None, decide: Decide) -> Interview:
    """Store what a command decides on the present state; an interview that is overdue ends first.

    Raises:
        Conflict: what the present state is, where the command is not possible in it or was made for another.
    """
    interview = lock_own_interview(session, user_id, interview_id)
    state, now = load_state(session, interview_id), database_time(session)
    overdue = machine.expire(state, now)
    append_events(session, interview, state, overdue)
    state = fold_on(state, overdue)
    try:
        if not state.is_finished:
            machine.require_sequence(state, sequence)
        append_events(session, interview, state, decide(state, now))
    except Conflict:
        session.commit()
        raise
    session.commit()
    return interview


def position_after(session: Session, user_id: UUID, interview_id: UUID, question_id: UUID) -> int | None:
    """Return the position after the open question; None when it is the last one for certain.

    Raises:
        Conflict: NOT_CURRENT_QUESTION.
    """
    get_interview(session, user_id, interview_id)
    state = load_state(session, interview_id)
    turn = state.open_turn
    if turn is None or turn.question_id != question_id:
        raise Conflict("This question is not open any more.", code="NOT_CURRENT_QUESTION")
    may_follow_up = turn.probe < state.slots[turn.slot].max_probes
    return len(state.turns) + 1 if state.open_slots or may_follow_up else None
