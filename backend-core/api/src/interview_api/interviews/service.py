"""What a candidate does with an interview; the decisions themselves are in `interview_core.interview`."""

from collections.abc import Sequence
from uuid import UUID, uuid4

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, func, select

from interview_api.interviews import schemas
from interview_api.resumes.service import require_ready_resume
from interview_api.settings import ApiSettings
from interview_api.speech.withdrawal import cancel_withdrawn, withdraw
from interview_api.system.speech import lacks_recogniser
from interview_core.contract.payloads import StorageKey
from interview_core.db.interviews import begin_interview, current_consents, lock_interview
from interview_core.db.questions import patience_of
from interview_core.db.resumes import effective_profile
from interview_core.db.speech import erase_audio_later
from interview_core.db.tables import (
    Consent,
    ConsentPurpose,
    Interview,
    InterviewStatus,
    Purpose,
    Report,
    ReportPdf,
    ReportStatus,
    Resume,
)
from interview_core.errors import Conflict, NotFound
from interview_core.interview_state import TimeRules
from interview_core.jobs import cancel_jobs
from interview_core.plan import PlannedSlot, default_limit_s, make_plan, read_applicant
from interview_core.scenario import get_scenario
from interview_core.settings import InterviewSettings
from interview_core.tickets import MEDIA_TICKET_LIFETIME_S, MediaTicket, sign_media_ticket
from interview_core.turn_servers import make_ice_servers

CONSENT_TEXT_VERSION = "2026-11"


def create_interview(
    session: Session,
    user_id: UUID,
    body: schemas.CreateInterview,
    *,
    idempotency_key: str | None,
    is_emotion_enabled: bool,
    limits: InterviewSettings,
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
    resume = require_ready_resume(session, user_id, body.resume_id)
    plan = _make_plan(body, resume)
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
    extra_time = body.accommodations.extra_time
    begin_interview(session, interview, plan, _time_rules(body, plan, limits), extra_time=extra_time)
    session.commit()
    session.refresh(interview)
    return interview


def _new_interview(user_id: UUID, body: schemas.CreateInterview, idempotency_key: str | None) -> Interview:
    scenario = get_scenario(body.scenario_id)
    return Interview(
        user_id=user_id,
        scenario_id=scenario.id,
        scenario_version=scenario.version,
        idempotency_key=idempotency_key,
        accommodations=body.accommodations.model_dump(mode="json"),
        **body.model_dump(exclude={"scenario_id", "consents", "accommodations", "plan", "time_limit_minutes"}),
    )


def _make_plan(body: schemas.CreateInterview, resume: Resume) -> list[PlannedSlot]:
    return make_plan(
        get_scenario(body.scenario_id),
        body.language.value,
        read_applicant(effective_profile(resume)),
        wishes=body.plan,
        job_description=body.job_description,
        difficulty=body.difficulty,
    )


def _time_rules(body: schemas.CreateInterview, plan: list[PlannedSlot], limits: InterviewSettings) -> TimeRules:
    limit_s = body.time_limit_minutes * 60 if body.time_limit_minutes else default_limit_s(plan)
    return TimeRules(
        limit_s=limit_s * body.accommodations.extra_time,
        grace_s=limits.interview_grace_s,
        pause_limit_s=limits.interview_pause_limit_s,
    )


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
    erase_audio_later(session, interview_id)
    session.commit()
    return [file for file in files if file is not None]


def update_consents(
    session: Session, user_id: UUID, interview_id: UUID, consents: schemas.Consents, *, is_emotion_enabled: bool
) -> list[StorageKey]:
    """Store the decisions that changed, each with its time, and return the files that are nobody's now.

    Raises:
        Conflict: CONSENT_NOT_ALLOWED.
    """
    get_interview(session, user_id, interview_id)
    # Jobs before their subject: a worker locks in this order too.
    cancel_withdrawn(session, interview_id, _withdrawn(session, interview_id, consents))
    interview = lock_own_interview(session, user_id, interview_id)
    _check_consents(consents, interview.purpose, is_emotion_enabled=is_emotion_enabled)
    withdrawn = _withdrawn(session, interview_id, consents)
    for purpose, was_granted in current_consents(session, interview_id).items():
        if consents.of(purpose) != was_granted:
            session.add(_consent(interview, purpose, is_granted=not was_granted))
    session.flush()
    files = [file for purpose in withdrawn for file in withdraw(session, interview_id, purpose)]
    session.commit()
    return files


def _withdrawn(session: Session, interview_id: UUID, consents: schemas.Consents) -> list[ConsentPurpose]:
    granted = current_consents(session, interview_id)
    return [purpose for purpose in ConsentPurpose if granted[purpose] and not consents.of(purpose)]


def list_consents(session: Session, user_id: UUID, interview_id: UUID) -> Sequence[Consent]:
    """Return every decision of an interview's candidate, newest first."""
    get_interview(session, user_id, interview_id)
    return session.exec(
        select(Consent).where(Consent.interview_id == interview_id).order_by(col(Consent.at).desc(), col(Consent.id))
    ).all()


def create_media_ticket(
    session: Session, user_id: UUID, interview_id: UUID, settings: ApiSettings
) -> schemas.MediaTicket:
    """Return a ticket for one connection to the media server, or raise Conflict once the interview is over."""
    interview = lock_own_interview(session, user_id, interview_id)
    if interview.status is InterviewStatus.FINISHED:
        raise Conflict("This interview is over; read its report.", code="INTERVIEW_FINISHED")
    interview.media_epoch += 1
    session.add(interview)
    patience = patience_of(interview)
    ticket = MediaTicket(
        ticket_id=uuid4(),
        interview_id=interview.id,
        epoch=interview.media_epoch,
        purpose=interview.purpose.value,
        language=interview.language.value,
        min_silence_ms=patience.min_silence_ms,
        max_silence_ms=patience.max_silence_ms,
        may_transcribe=_may_transcribe(session, interview),
        may_analyze_emotion=_may_analyze_emotion(session, interview, settings),
    )
    session.commit()
    return schemas.MediaTicket(
        ticket=sign_media_ticket(ticket, secret=settings.media_secret_key.get_secret_value()),
        offer_url=f"{settings.media_url.rstrip('/')}/media/offer",
        expires_in=MEDIA_TICKET_LIFETIME_S,
        ice_servers=make_ice_servers(settings, interview.id),
    )


def _may_transcribe(session: Session, interview: Interview) -> bool:
    """Tell whether a voice is listened to: not where nothing here could write down what it says."""
    return current_consents(session, interview.id)[ConsentPurpose.TRANSCRIPTION] and not lacks_recogniser(session)


def _may_analyze_emotion(session: Session, interview: Interview, settings: ApiSettings) -> bool:
    is_possible = settings.emotion_enabled and interview.purpose is Purpose.PRACTICE
    return is_possible and current_consents(session, interview.id)[ConsentPurpose.EMOTION]
