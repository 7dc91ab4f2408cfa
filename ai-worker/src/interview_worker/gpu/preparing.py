"""Writes the next topic's question while the candidate still answers, so that it is there when the answer is."""

from uuid import UUID

import structlog
from sqlmodel import Session

from interview_core.contract.payloads import PrepareQuestion
from interview_core.contract.tasks import PREPARE_QUESTION
from interview_core.db.interviews import current_consents, load_state, lock_interview
from interview_core.db.questions import Place, plan_of
from interview_core.db.spoken_questions import drop_prepared, speak_later
from interview_core.db.tables import ConsentPurpose, Interview, PreparedQuestion
from interview_core.db.workers import list_workers, voice_engine_of
from interview_worker.binding import JobRun, handles
from interview_worker.engines.language_model import Priority
from interview_worker.gpu.asking import write_question
from interview_worker.gpu.provenance import FallbackReason
from interview_worker.gpu.question import note_pace
from interview_worker.gpu.resources import GpuResources
from interview_worker.gpu.situation import Situation, WrittenQuestion
from interview_worker.gpu.situations import load_situation
from interview_worker.gpu.watch import Watch

log = structlog.get_logger(__name__)

PREPARATION_DEADLINE_S = 90

# Where there is no model, live writing would take from the bank too; other failures may pass until the answer comes.
_GOOD_ENOUGH = (FallbackReason.NO_MODEL, FallbackReason.LIMIT_REACHED)


class Unheard:
    """Nobody reads along while a question is prepared."""

    def on_text(self, text: str) -> None: ...

    def on_reset(self) -> None: ...


@handles(PREPARE_QUESTION)
def prepare_question(payload: PrepareQuestion, job: JobRun, resources: GpuResources) -> None:
    """Write the opening question of the next topic and keep it until the answer has come.

    Where too many are prepared already it is not, and is written once the answer has come.
    """
    situation = _load(payload, resources)
    if situation is None or not resources.preparations.acquire(blocking=False):
        return
    try:
        written = _write(situation, payload, job, resources)
    finally:
        resources.preparations.release()
    note_pace(resources.pace, written)
    if isinstance(written, WrittenQuestion) and _is_worth_keeping(written):
        _keep(written, situation, payload, job)


def _write(
    situation: Situation, payload: PrepareQuestion, job: JobRun, resources: GpuResources
) -> WrittenQuestion | FallbackReason:
    slot = situation.place.slot
    watch = Watch(
        payload.interview_id,
        job,
        resources,
        # In vain: another question was asked in its place, or the interview is over.
        lambda state: not state.is_finished and slot in state.open_slots,
    )
    return write_question(
        situation,
        resources.language_model,
        Unheard(),
        deadline_s=PREPARATION_DEADLINE_S,
        is_cancelled=watch.is_in_vain,
        priority=Priority.SPECULATIVE,
    )


def _keep(written: WrittenQuestion, situation: Situation, payload: PrepareQuestion, job: JobRun) -> None:
    with job.complete() as session:
        interview = lock_interview(session, payload.interview_id)
        if interview is None or situation.place.slot not in load_state(session, interview.id).open_slots:
            return
        drop_prepared(session, interview.id, slot=situation.place.slot)
        row = PreparedQuestion(
            interview_id=interview.id,
            slot=situation.place.slot,
            after_position=payload.position,
            content=written.store(),
        )
        session.add(row)
        if _is_heard(session, interview.id):
            speak_later(session, interview.id, row.question_id)
    log.info("question prepared", interview_id=str(payload.interview_id), slot=situation.place.slot)


def _load(payload: PrepareQuestion, resources: GpuResources) -> Situation | None:
    """Return what the next topic's question depends on; None when it is not needed, or depends on this answer."""
    with resources.session() as session:
        interview = session.get(Interview, payload.interview_id)
        if interview is None:
            return None
        state = load_state(session, interview.id)
        if state.current_position != payload.position or not state.open_slots:
            return None
        slot = state.open_slots[0]
        planned = plan_of(interview)[slot]
        if planned.returns_to is not None or session.get(PreparedQuestion, (interview.id, slot)) is not None:
            return None
        return load_situation(session, interview, Place(payload.position + 1, slot, planned))


def _is_heard(session: Session, interview_id: UUID) -> bool:
    """Tell whether the candidate, who answers by voice, will want to hear the question, and something here speaks."""
    answers_by_voice = current_consents(session, interview_id)[ConsentPurpose.TRANSCRIPTION]
    # One that is away for a moment finds the job when it is back.
    return answers_by_voice and voice_engine_of(list_workers(session)) is not None


def _is_worth_keeping(written: WrittenQuestion) -> bool:
    answered_by = written.answered_by
    return not answered_by.is_fallback or answered_by.fallback_reason in _GOOD_ENOUGH
