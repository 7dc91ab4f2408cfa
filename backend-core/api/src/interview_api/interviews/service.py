"""What a candidate does with an interview; the decisions themselves are in `interview_core.interview`."""

from uuid import UUID, uuid4

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, func, select

from interview_api.interviews import schemas
from interview_api.resumes.service import require_ready_resume
from interview_api.settings import ApiSettings
from interview_core import interview as machine
from interview_core.contract.payloads import EvaluateAnswer, StorageKey
from interview_core.contract.tasks import EVALUATE_ANSWER
from interview_core.db.interviews import (
    append_events,
    current_consents,
    load_state,
    lock_interview,
    template_question,
)
from interview_core.db.tables import (
    Answer,
    Consent,
    ConsentPurpose,
    Interview,
    InterviewStatus,
    Purpose,
    Report,
    ReportPdf,
    ReportStatus,
)
from interview_core.errors import Conflict, NotFound
from interview_core.interview import InterviewState
from interview_core.jobs import cancel_jobs, enqueue
from interview_core.scenario import get_scenario
from interview_core.tickets import MEDIA_TICKET_LIFETIME_S, MediaTicket, sign_media_ticket

CONSENT_TEXT_VERSION = "2026-11"


def create_interview(
    session: Session,
    user_id: UUID,
    body: schemas.CreateInterview,
    *,
    idempotency_key: str | None,
    is_emotion_enabled: bool,
) -> Interview:
    """Start an interview with its first question; the same idempotency key again returns the same interview.

    Raises:
        NotFound: the résumé or the scenario.
        Conflict: RESUME_NOT_READY, CONSENT_NOT_ALLOWED.
    """
    if known := _find_by_key(session, user_id, idempotency_key):
        return known
    _check_consents(body.consents, body.purpose, is_emotion_enabled=is_emotion_enabled)
    interview = _new_interview(user_id, body, idempotency_key)
    require_ready_resume(session, user_id, body.resume_id)
    try:
        session.add(interview)
        session.flush()
    except IntegrityError:
        session.rollback()
        if known := _find_by_key(session, user_id, idempotency_key):
            return known
        raise
    for purpose in ConsentPurpose:
        session.add(_consent(interview, purpose, is_granted=body.consents.of(purpose)))
    _ask_first_question(session, interview)
    session.commit()
    session.refresh(interview)
    return interview


def _new_interview(user_id: UUID, body: schemas.CreateInterview, idempotency_key: str | None) -> Interview:
    scenario = get_scenario(body.scenario_id)
    return Interview(
        user_id=user_id,
        scenario_id=scenario.id,
        scenario_version=scenario.version,
        question_count=len(scenario.slots),
        idempotency_key=idempotency_key,
        **body.model_dump(exclude={"scenario_id", "consents"}),
    )


def _ask_first_question(session: Session, interview: Interview) -> None:
    first = template_question(session, interview, 1, fallback_reason=None)
    session.add(first)
    session.flush()
    events = machine.start(interview.question_count, first.id)
    append_events(session, interview, InterviewState(), events)


def _find_by_key(session: Session, user_id: UUID, idempotency_key: str | None) -> Interview | None:
    if idempotency_key is None:
        return None
    return session.exec(
        select(Interview).where(Interview.user_id == user_id, Interview.idempotency_key == idempotency_key)
    ).one_or_none()


def _check_consents(consents: schemas.Consents, purpose: Purpose, *, is_emotion_enabled: bool) -> None:
    if not consents.emotion:
        return
    if purpose is not Purpose.PRACTICE:
        raise Conflict("Emotions are never analysed in an assessment.", code="CONSENT_NOT_ALLOWED")
    if not is_emotion_enabled:
        raise Conflict("This installation does not analyse emotions.", code="CONSENT_NOT_ALLOWED")


def _consent(interview: Interview, purpose: ConsentPurpose, *, is_granted: bool) -> Consent:
    return Consent(
        user_id=interview.user_id,
        interview_id=interview.id,
        purpose=purpose,
        is_granted=is_granted,
        text_version=CONSENT_TEXT_VERSION,
    )


def list_interviews(
    session: Session, user_id: UUID, *, limit: int, offset: int
) -> tuple[list[tuple[Interview, ReportStatus | None]], int]:
    """Return a page of the user's interviews with their reports' states, newest first, and how many there are."""
    total = session.exec(select(func.count()).select_from(Interview).where(Interview.user_id == user_id)).one()
    rows = session.exec(
        select(Interview, Report)
        .join(Report, col(Report.interview_id) == col(Interview.id), isouter=True)
        .where(Interview.user_id == user_id)
        .order_by(col(Interview.created_at).desc(), col(Interview.id))
        .limit(limit)
        .offset(offset)
    ).all()
    return [(interview, report.status if report else None) for interview, report in rows], total


def get_interview(session: Session, user_id: UUID, interview_id: UUID) -> Interview:
    """Return an interview of the user, or raise NotFound; another user's is not found either."""
    interview = session.exec(
        select(Interview).where(Interview.id == interview_id, Interview.user_id == user_id)
    ).one_or_none()
    return _require(interview)


def lock_own_interview(session: Session, user_id: UUID, interview_id: UUID) -> Interview:
    """Return an interview of the user, locked until the transaction ends, or raise NotFound."""
    interview = lock_interview(session, interview_id)
    return _require(interview if interview and interview.user_id == user_id else None)


def _require(interview: Interview | None) -> Interview:
    if interview is None:
        raise NotFound("There is no such interview; see GET /api/v1/interviews.", code="INTERVIEW_NOT_FOUND")
    return interview


def delete_interview(session: Session, user_id: UUID, interview_id: UUID) -> list[StorageKey]:
    """Remove the interview with everything that came of it, and return the files that are nobody's now."""
    get_interview(session, user_id, interview_id)
    files = session.exec(select(ReportPdf.file).where(ReportPdf.interview_id == interview_id)).all()
    # Jobs before their subject: a worker locks in this order too.
    cancel_jobs(session, interview_id)
    session.delete(lock_own_interview(session, user_id, interview_id))
    session.commit()
    return [file for file in files if file is not None]


def submit_answer(
    session: Session, user_id: UUID, interview_id: UUID, question_id: UUID, text: str | None
) -> Interview:
    """Take an answer, or the wish to skip (no text), to the open question. The very same again changes nothing.

    Raises:
        Conflict: INTERVIEW_FINISHED, QUESTION_ALREADY_ANSWERED or NOT_CURRENT_QUESTION.
    """
    interview = lock_own_interview(session, user_id, interview_id)
    if _is_repeated(session, interview_id, question_id, text):
        session.commit()
        return interview
    state = load_state(session, interview_id)
    answer = Answer(
        id=uuid4(), question_id=question_id, interview_id=interview_id, text=text or "", is_skipped=text is None
    )
    events = machine.answer(state, question_id, answer.id, is_skipped=answer.is_skipped)
    session.add(answer)
    session.flush()
    append_events(session, interview, state, events)
    if not answer.is_skipped:
        enqueue(session, EVALUATE_ANSWER, EvaluateAnswer(answer_id=answer.id), subject_id=interview_id)
    session.commit()
    return interview


def position_after(session: Session, user_id: UUID, interview_id: UUID, question_id: UUID) -> int | None:
    """Return the position after the open question; None when it is the last one.

    Raises:
        Conflict: NOT_CURRENT_QUESTION.
    """
    interview = get_interview(session, user_id, interview_id)
    state = load_state(session, interview_id)
    present = state.current_position
    if present is None or state.asked[present] != question_id:
        raise Conflict("This question is not open any more.", code="NOT_CURRENT_QUESTION")
    return present + 1 if present < interview.question_count else None


def _is_repeated(session: Session, interview_id: UUID, question_id: UUID, text: str | None) -> bool:
    answer = session.exec(
        select(Answer).where(Answer.question_id == question_id, Answer.interview_id == interview_id)
    ).one_or_none()
    return answer is not None and answer.is_skipped == (text is None) and answer.text == (text or "")


def finish(session: Session, user_id: UUID, interview_id: UUID) -> Interview:
    """End the interview on the candidate's wish; once it is over this changes nothing."""
    interview = lock_own_interview(session, user_id, interview_id)
    state = load_state(session, interview_id)
    append_events(session, interview, state, machine.finish(state))
    session.commit()
    return interview


def update_consents(
    session: Session, user_id: UUID, interview_id: UUID, consents: schemas.Consents, *, is_emotion_enabled: bool
) -> None:
    """Store the decisions that changed, each with its time, or raise Conflict CONSENT_NOT_ALLOWED."""
    interview = lock_own_interview(session, user_id, interview_id)
    _check_consents(consents, interview.purpose, is_emotion_enabled=is_emotion_enabled)
    for purpose, was_granted in current_consents(session, interview_id).items():
        if consents.of(purpose) != was_granted:
            session.add(_consent(interview, purpose, is_granted=not was_granted))
    session.commit()


def create_media_ticket(
    session: Session, user_id: UUID, interview_id: UUID, settings: ApiSettings
) -> schemas.MediaTicket:
    """Return a ticket for one connection to the media server, or raise Conflict once the interview is over."""
    interview = lock_own_interview(session, user_id, interview_id)
    if interview.status is InterviewStatus.FINISHED:
        raise Conflict("This interview is over; read its report.", code="INTERVIEW_FINISHED")
    interview.media_epoch += 1
    session.add(interview)
    ticket = MediaTicket(
        ticket_id=uuid4(),
        interview_id=interview.id,
        epoch=interview.media_epoch,
        purpose=interview.purpose.value,
        may_analyze_emotion=_may_analyze_emotion(session, interview, settings),
    )
    session.commit()
    return schemas.MediaTicket(
        ticket=sign_media_ticket(ticket, secret=settings.media_secret_key.get_secret_value()),
        offer_url=f"{settings.media_url.rstrip('/')}/media/offer",
        expires_in=MEDIA_TICKET_LIFETIME_S,
    )


def _may_analyze_emotion(session: Session, interview: Interview, settings: ApiSettings) -> bool:
    is_possible = settings.emotion_enabled and interview.purpose is Purpose.PRACTICE
    return is_possible and current_consents(session, interview.id)[ConsentPurpose.EMOTION]
