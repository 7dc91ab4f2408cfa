"""Writes the next question of an interview and puts it to the candidate."""

import time
from uuid import UUID

import structlog
from sqlmodel import Session

from interview_core.contract.payloads import NextQuestion
from interview_core.contract.tasks import NEXT_QUESTION
from interview_core.db.interviews import (
    NO_DECISION,
    ask_question,
    ask_template,
    decide_follow_up,
    load_state,
    lock_interview,
)
from interview_core.db.questions import Place, make_question, pending_place, plan_of, question_view
from interview_core.db.tables import Interview, Question
from interview_core.drafts import Draft
from interview_core.errors import LeaseLost
from interview_core.interview import Decision
from interview_core.streams import EventKind, Stream
from interview_worker.binding import JobRun, handles
from interview_worker.engines.langchain_model import to_messages
from interview_worker.gpu.asking import write_question
from interview_worker.gpu.follow_up import decide, load_answer
from interview_worker.gpu.model_pace import ModelPace
from interview_worker.gpu.model_question import opening_messages
from interview_worker.gpu.prepared import find_prepared
from interview_worker.gpu.provenance import FallbackReason
from interview_worker.gpu.resources import GpuResources
from interview_worker.gpu.situation import Situation, WrittenQuestion
from interview_worker.gpu.situations import load_situation
from interview_worker.gpu.watch import Watch

log = structlog.get_logger(__name__)

QUESTION_DEADLINE_S = 20
"""Within this a worker that took up an answer has decided about it and asked: the model's question or a stand-in."""
_STAND_IN_S = 1.0
"""What is left of it for choosing and storing a stand-in."""


@handles(NEXT_QUESTION)
def next_question(payload: NextQuestion, job: JobRun, resources: GpuResources) -> None:
    """Decide whether the answer is followed up, stream the question's text to the browser, then ask it, once."""
    started = time.monotonic()
    situation = _decided_situation(payload, job, resources)
    if situation is None:
        return
    live = LiveQuestion(resources, situation)
    if (prepared := _ask_prepared(payload, situation, job)) is not None:
        _show(prepared, live, resources)
        return
    live.start(is_repeated=job.claim.attempt > 1)
    watch = Watch(payload.interview_id, job, resources, lambda state: state.requested_position == payload.position)
    written = write_question(
        situation,
        resources.language_model,
        live,
        deadline_s=QUESTION_DEADLINE_S - _STAND_IN_S - (time.monotonic() - started),
        is_cancelled=watch.is_in_vain,
    )
    note_pace(resources.pace, written)
    try:
        with job.complete() as session:
            row = _ask(session, payload, situation, written, live)
    except LeaseLost:
        live.erase_if_deleted()
        raise
    if row is not None:
        _show(row, live, resources)


def note_pace(pace: ModelPace, written: WrittenQuestion | FallbackReason) -> None:
    """Remember how fast the model wrote a question."""
    result = written.result if isinstance(written, WrittenQuestion) else None
    if result is not None:
        pace.note(tokens=result.tokens_out, first_token_ms=result.first_token_ms, total_ms=result.total_ms)


def _show(row: Question, live: "LiveQuestion", resources: GpuResources) -> None:
    """Let the browser see a question that was asked, and the model read it."""
    live.ready(row)
    read_upcoming(row.interview_id, row.position + 1, resources)
    log.info("question asked", interview_id=str(row.interview_id), position=row.position, **row.answered_by)


def _ask_prepared(payload: NextQuestion, situation: Situation, job: JobRun) -> Question | None:
    """Ask the question that was prepared while the candidate answered; None when there is none that still fits."""
    with job.sessions() as session:
        prepared = find_prepared(session, situation)
    if prepared is None:
        return None
    question_id, written = prepared
    with job.session() as session:
        interview = lock_interview(session, payload.interview_id)
        if interview is None:
            return None
        row = question_row(interview, situation, written)
        row.id = question_id
        return row if ask_question(session, interview, row, is_prepared=True) else None


def _decided_situation(payload: NextQuestion, job: JobRun, resources: GpuResources) -> Situation | None:
    """Decide whether the newest answer is followed up, once, and return what the question depends on.

    None: the interview is gone or over, or has its question already.
    """
    with resources.session() as session:
        if load_state(session, payload.interview_id).requested_position != payload.position:
            return None
    decision = _decide(payload, job, resources)
    with job.session() as session:
        interview = lock_interview(session, payload.interview_id)
        if interview is None:
            return None
        state = decide_follow_up(session, interview, decision)
    if state.is_finished:
        data = {"interview_id": str(payload.interview_id)}
        resources.events.append(Stream.INTERVIEW, payload.interview_id, EventKind.INTERVIEW_FINISHED, data)
    # Not under the job's lock, which would hold up its heartbeat: the first time this reads the whole question bank.
    with resources.session() as session:
        current = session.get(Interview, payload.interview_id)
        place = pending_place(current, state) if current else None
        return load_situation(session, current, place) if current and place else None


def _decide(payload: NextQuestion, job: JobRun, resources: GpuResources) -> Decision:
    """Decide whether to follow up, where that is not decided yet."""
    with resources.session() as session:
        interview = session.get(Interview, payload.interview_id)
        pending = load_state(session, payload.interview_id).pending
        if interview is None or pending is None or pending.slot is not None:
            return NO_DECISION
        context = load_answer(session, interview)
    if context is None:
        return NO_DECISION
    return decide(context, resources.language_model, resources.pace, is_cancelled=lambda: job.is_cancelled)


def _ask(
    session: Session,
    payload: NextQuestion,
    situation: Situation,
    written: WrittenQuestion | FallbackReason,
    live: "LiveQuestion",
) -> Question | None:
    """Ask what was written, or the template's question; None when the interview is gone, over, or moved on."""
    interview = lock_interview(session, payload.interview_id)
    if interview is None:
        return None
    if isinstance(written, WrittenQuestion):
        row = question_row(interview, situation, written)
        return row if ask_question(session, interview, row, first_text_ms=live.first_text_ms) else None
    if load_state(session, interview.id).requested_position != payload.position:
        return None
    return ask_template(session, interview, fallback_reason=written.value)


def read_upcoming(interview_id: UUID, position: int, resources: GpuResources, draft: Draft | None = None) -> None:
    """Let the model begin to read the prompt of the question at a position, as far as it is known; returns at once."""
    if not resources.language_model.status().is_usable:
        return
    with resources.session() as session:
        interview = session.get(Interview, interview_id)
        state = load_state(session, interview_id)
        turn = state.open_turn
        if interview is None or turn is None or position != len(state.turns) + 1:
            return
        # How the prompt begins depends on nothing of the question's own place.
        place = Place(position, turn.slot, plan_of(interview)[turn.slot])
        situation = load_situation(session, interview, place, draft)
    resources.language_model.read_ahead(to_messages(opening_messages(situation)), interview_id)


class LiveQuestion:
    """Shows a question in the interview's event stream while it is written."""

    def __init__(self, resources: GpuResources, situation: Situation) -> None:
        self._resources = resources
        self._events = resources.events
        self._situation = situation
        self._first_text_at: float | None = None
        self._started_at = time.monotonic()

    @property
    def first_text_ms(self) -> int | None:
        """How long the candidate waited for the first words of what is shown; None when none were streamed."""
        if self._first_text_at is None or self._situation.answered_ms_ago is None:
            return None
        return self._situation.answered_ms_ago + round((self._first_text_at - self._started_at) * 1000)

    def start(self, *, is_repeated: bool) -> None:
        self._append(EventKind.QUESTION_STARTED, {"stage": self._situation.place.planned.stage})
        if is_repeated:
            self.on_reset()

    def on_text(self, text: str) -> None:
        self._first_text_at = self._first_text_at or time.monotonic()
        self._append(EventKind.QUESTION_TOKEN, {"text": text})

    def on_reset(self) -> None:
        self._first_text_at = None
        self._append(EventKind.QUESTION_RESET, {})

    def ready(self, question: Question) -> None:
        self._events.append(
            Stream.INTERVIEW, self._situation.interview_id, EventKind.QUESTION_READY, question_view(question)
        )

    def erase_if_deleted(self) -> None:
        """Take back what was streamed after the interview's events had been erased with it."""
        with self._resources.session() as session:
            is_deleted = session.get(Interview, self._situation.interview_id) is None
        if is_deleted:
            self._events.erase(Stream.INTERVIEW, self._situation.interview_id)

    def _append(self, kind: EventKind, data: dict[str, str]) -> None:
        self._events.append(
            Stream.INTERVIEW, self._situation.interview_id, kind, {"position": self._situation.position, **data}
        )


def question_row(interview: Interview, situation: Situation, written: WrittenQuestion) -> Question:
    """Return the row of a written question."""
    return make_question(
        interview,
        situation.place,
        text=written.text,
        covers=written.covers,
        answered_by=written.answered_by.model_dump(mode="json"),
        type=written.type,
        difficulty=written.difficulty,
        topic=written.topic,
        source_quote=written.source_quote,
        claim_id=written.claim_id,
        competency=situation.competency,
        reason=written.reason or situation.reason,
    )
