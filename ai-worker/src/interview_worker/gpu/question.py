"""Writes the next question of an interview and puts it to the candidate."""

from collections.abc import Callable
from uuid import UUID, uuid4

import structlog
from sqlmodel import Session, col, select

from interview_core.contract.payloads import NextQuestion
from interview_core.contract.tasks import NEXT_QUESTION
from interview_core.db.interviews import (
    ask_question,
    list_turns,
    load_state,
    lock_interview,
    question_view,
    slot_at,
    template_question,
)
from interview_core.db.resumes import candidate_names, effective_profile
from interview_core.db.tables import Answer, Interview, Question, Resume, ResumeChunk
from interview_core.drafts import Draft
from interview_core.errors import LeaseLost
from interview_core.streams import EventKind, EventWriter, Stream
from interview_worker.binding import JobRun, handles
from interview_worker.engines.langchain_model import to_messages
from interview_worker.gpu.asking import (
    PastTurn,
    Situation,
    WrittenQuestion,
    bank_id_of,
    opening_messages,
    write_question,
)
from interview_worker.gpu.resources import GpuResources
from interview_worker.gpu.resume_facts import ResumeFacts, read_facts
from interview_worker.masking import mask

log = structlog.get_logger(__name__)

QUESTION_DEADLINE_S = 20

# Contact data, education and the life story stay out of questions.
_SECTIONS = ("experience", "projects", "skills", "summary", "certifications", "activities")


@handles(NEXT_QUESTION)
def next_question(payload: NextQuestion, job: JobRun, resources: GpuResources) -> None:
    """Stream the question's text to the browser, then store it and ask it, once."""
    with resources.session() as session:
        situation = load_situation(session, payload)
    if situation is None:
        return
    live = LiveQuestion(resources.events, situation)
    live.start(is_repeated=job.claim.attempt > 1)
    written = write_question(
        situation,
        resources.language_model,
        live,
        deadline_s=QUESTION_DEADLINE_S,
        is_cancelled=lambda: job.is_cancelled,
    )
    try:
        with job.complete() as session:
            interview = lock_interview(session, payload.interview_id)
            if interview is None:
                return
            if isinstance(written, WrittenQuestion):
                row = question_row(situation, written)
            else:
                row = template_question(session, interview, payload.position, fallback_reason=written.value)
            is_asked = ask_question(session, interview, row)
    except LeaseLost:
        live.erase_if_deleted(resources)
        raise
    if is_asked:
        live.ready(row)
        read_upcoming(payload.interview_id, payload.position + 1, resources)
        log.info("question asked", interview_id=str(payload.interview_id), position=payload.position, **row.answered_by)


def read_upcoming(interview_id: UUID, position: int, resources: GpuResources, draft: Draft | None = None) -> None:
    """Let the model begin to read the prompt of the question at a position, as far as it is known; returns at once."""
    if not resources.language_model.status().is_usable:
        return
    with resources.session() as session:
        situation = load_situation(session, NextQuestion(interview_id=interview_id, position=position), draft)
    if situation is not None:
        resources.language_model.read_ahead(to_messages(opening_messages(situation)), interview_id)


class LiveQuestion:
    """Shows a question in the interview's event stream while it is written."""

    def __init__(self, events: EventWriter, situation: Situation) -> None:
        self._events = events
        self._situation = situation

    def start(self, *, is_repeated: bool) -> None:
        self._append(EventKind.QUESTION_STARTED, {"stage": self._situation.slot.stage})
        if is_repeated:
            self.on_reset()

    def on_text(self, text: str) -> None:
        self._append(EventKind.QUESTION_TOKEN, {"text": text})

    def on_reset(self) -> None:
        self._append(EventKind.QUESTION_RESET, {})

    def ready(self, question: Question) -> None:
        self._events.append(
            Stream.INTERVIEW, self._situation.interview_id, EventKind.QUESTION_READY, question_view(question)
        )

    def erase_if_deleted(self, resources: GpuResources) -> None:
        """Take back what was streamed after the interview's events had been erased with it."""
        with resources.session() as session:
            is_deleted = session.get(Interview, self._situation.interview_id) is None
        if is_deleted:
            self._events.erase(Stream.INTERVIEW, self._situation.interview_id)

    def _append(self, kind: EventKind, data: dict[str, str]) -> None:
        self._events.append(
            Stream.INTERVIEW, self._situation.interview_id, kind, {"position": self._situation.position, **data}
        )


def load_situation(session: Session, payload: NextQuestion, draft: Draft | None = None) -> Situation | None:
    """Return what the question depends on; None when the interview is gone, over, or has its question already.

    A draft stands for the answer that is still being written.
    """
    interview = session.get(Interview, payload.interview_id)
    if interview is None:
        return None
    resume = session.get(Resume, interview.resume_id) if interview.resume_id else None
    hide = name_hider(resume, interview.language.value)
    state = load_state(session, interview.id)
    if state.is_finished or payload.position in state.asked or payload.position > interview.question_count:
        return None
    return Situation(
        interview_id=interview.id,
        position=payload.position,
        language=interview.language.value,
        slot=slot_at(interview, payload.position),
        role=interview.target_role,
        company=interview.company,
        company_description=interview.company_description,
        job_description=interview.job_description,
        facts=load_facts(session, resume, hide),
        turns=tuple(
            _past_turn(question, answer, hide, draft) for question, answer in list_turns(session, interview.id)
        ),
    )


def load_facts(session: Session, resume: Resume | None, hide: Callable[[str], str]) -> ResumeFacts:
    """Return what the interview's résumé offers; nothing when it was deleted."""
    if resume is None:
        return ResumeFacts()
    passages = session.exec(
        select(ResumeChunk.text)
        .where(ResumeChunk.resume_id == resume.id, col(ResumeChunk.section).in_(_SECTIONS))
        .order_by(col(ResumeChunk.position))
    ).all()
    return read_facts(effective_profile(resume), map(hide, passages))


def question_row(situation: Situation, written: WrittenQuestion) -> Question:
    """Return the row of a written question."""
    slot, language = situation.slot, situation.language
    return Question(
        id=uuid4(),
        interview_id=situation.interview_id,
        position=situation.position,
        stage=slot.stage,
        stage_title=slot.title.get(language),
        text=written.text,
        type=written.type,
        difficulty=written.difficulty,
        topic=written.topic,
        reason=slot.reason.get(language),
        source_quote=written.source_quote,
        covers=written.covers,
        is_follow_up=situation.is_follow_up,
        answered_by=written.answered_by.model_dump(mode="json"),
    )


def name_hider(resume: Resume | None, language: str) -> Callable[[str], str]:
    """Return a function that takes the candidate's name and personal data out of a text that a model will read."""
    names = candidate_names(resume)
    stand_in = "지원자" if language == "ko" else "the candidate"

    def hide(text: str) -> str:
        for name in names:
            text = text.replace(name, stand_in)
        return mask(text)

    return hide


def _past_turn(question: Question, answer: Answer | None, hide: Callable[[str], str], draft: Draft | None) -> PastTurn:
    said = answer.text if answer else draft.text if draft and draft.question_id == question.id else None
    return PastTurn(
        question=hide(question.text),
        answer=None if said is None else hide(said),
        is_skipped=bool(answer and answer.is_skipped),
        type=question.type,
        bank_id=bank_id_of(question.answered_by),
    )
