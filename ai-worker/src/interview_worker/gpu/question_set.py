"""Writes five questions about a résumé that belong to no interview."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

import structlog
from sqlmodel import Session, col, select

from interview_core.contract.payloads import WriteQuestionSet
from interview_core.contract.tasks import WRITE_QUESTION_SET
from interview_core.db.questions import Place
from interview_core.db.resumes import effective_profile
from interview_core.db.tables import QuestionSet, Resume, SetQuestion
from interview_core.plan import DIFFICULTIES, PlannedSlot, plan_places, read_applicant
from interview_core.scenario import get_scenario
from interview_core.streams import Stream
from interview_worker.binding import JobRun, handles
from interview_worker.engines.language_model import Priority
from interview_worker.gpu.asking import write_question
from interview_worker.gpu.bank_choice import bank_id_of
from interview_worker.gpu.bank_material import material_of
from interview_worker.gpu.provenance import AnsweredBy, FallbackReason
from interview_worker.gpu.resources import GpuResources
from interview_worker.gpu.situation import PastTurn, Situation, WrittenQuestion
from interview_worker.gpu.situations import load_facts, name_hider
from interview_worker.gpu.writings import ResumeDeleted, Writing

log = structlog.get_logger(__name__)

QUESTIONS = 5
QUESTION_DEADLINE_S = 40
_EARLIER = 15
"""Questions of earlier sets on the same résumé that are not asked again."""
_STAGES = ("skill", "experience", "problem_solving", "communication")
_LAST_STAGES = ("responsibility", "growth")
_LEVELS = {"easy": "junior", "medium": "mid", "hard": "senior"}


class Unheard:
    """Nobody follows the text while it is written: a set shows whole questions."""

    def on_text(self, text: str) -> None: ...

    def on_reset(self) -> None: ...


@dataclass(frozen=True)
class SetMaterial:
    """All that the questions of a set are made of."""

    first: Situation
    """Of the first question, before anything is asked."""
    slots: tuple[PlannedSlot, ...]
    written: tuple[PastTurn, ...]
    """The questions that an earlier attempt has left."""
    priority: Priority


@handles(WRITE_QUESTION_SET)
def write_question_set(payload: WriteQuestionSet, job: JobRun, resources: GpuResources) -> None:
    """Write what is missing of a set, question by question, each readable once it is there."""
    with resources.session() as session:
        material = load_material(session, payload.question_set_id)
    if material is not None:
        _SetWriter(payload.question_set_id, material, job, resources).run()


def load_material(session: Session, question_set_id: UUID) -> SetMaterial | None:
    """Return what a set is made of; None when it was deleted.

    Raises:
        ResumeDeleted: there is nothing to ask about any more.
    """
    row = session.get(QuestionSet, question_set_id)
    if row is None:
        return None
    resume = session.get(Resume, row.resume_id) if row.resume_id else None
    if resume is None:
        raise ResumeDeleted("The résumé was deleted before its questions were written.")
    earlier = _earlier_sets(session, row)
    turns = _questions(session, earlier, _EARLIER)
    slots = _plan(row, resume, len(earlier), turns)
    facts = load_facts(session, resume, name_hider(resume, row.language.value))
    first = Situation(
        interview_id=row.id,
        language=row.language.value,
        place=Place(1, 0, slots[0]),
        role=row.target_role,
        company=row.company,
        company_description=None,
        job_description=row.job_description,
        facts=facts,
        turns=turns,
        bank=material_of(row.target_role, row.language.value, row.job_description),
    )
    priority = Priority.REPORT if row.batch_id else Priority.EVALUATION
    return SetMaterial(first, slots, _questions(session, [row.id], QUESTIONS), priority)


def _earlier_sets(session: Session, row: QuestionSet) -> list[UUID]:
    query = select(QuestionSet.id).where(
        QuestionSet.resume_id == row.resume_id,
        QuestionSet.language == row.language,
        QuestionSet.created_at < row.created_at,
    )
    return list(session.exec(query).all())


def _questions(session: Session, set_ids: list[UUID], limit: int) -> tuple[PastTurn, ...]:
    """Return the newest questions of some sets, in order, as questions that nobody answered."""
    query = select(SetQuestion).where(col(SetQuestion.question_set_id).in_(set_ids))
    newest = session.exec(query.order_by(col(SetQuestion.created_at).desc()).limit(limit)).all()
    return tuple(map(_as_turn, reversed(newest)))


def _as_turn(row: SetQuestion) -> PastTurn:
    return PastTurn(row.text, None, is_skipped=False, type=row.type, bank_id=bank_id_of(row.answered_by))


def _plan(row: QuestionSet, resume: Resume, earlier_sets: int, turns: Sequence[PastTurn]) -> tuple[PlannedSlot, ...]:
    """Return a slot for each question, of types that earlier sets on the same résumé had least."""
    last = _LAST_STAGES[earlier_sets % len(_LAST_STAGES)]
    places = get_scenario("standard").slots
    chosen = [next(place for place in places if place.content.stage == stage) for stage in (*_STAGES, last)]
    applicant = read_applicant(effective_profile(resume))
    level = _LEVELS[row.difficulty] if row.difficulty else applicant.level
    used_types = [turn.type for turn in turns if turn.type]
    return tuple(plan_places(chosen, row.language.value, applicant, DIFFICULTIES[level], used_types=used_types))


class _SetWriter:
    def __init__(self, set_id: UUID, material: SetMaterial, job: JobRun, resources: GpuResources) -> None:
        self._set_id = set_id
        self._material = material
        self._model = resources.language_model
        self._writing = Writing(QuestionSet, Stream.QUESTION_SET, set_id, job, resources)

    def run(self) -> None:
        written = self._material.written
        self._writing.keep(_percent(len(written)))
        try:
            for position in range(len(written) + 1, QUESTIONS + 1):
                row = self._write(position, written)
                written = (*written, _as_turn(row))
                self._writing.keep(_percent(position), row)
        finally:
            self._model.forget(self._set_id)
        self._writing.finish()
        log.info("question set written", question_set_id=str(self._set_id))

    def _write(self, position: int, written: tuple[PastTurn, ...]) -> SetQuestion:
        first = self._material.first
        place = Place(position, position - 1, self._material.slots[position - 1])
        situation = replace(first, place=place, turns=(*first.turns, *written))
        question = write_question(
            situation,
            self._model,
            Unheard(),
            deadline_s=QUESTION_DEADLINE_S,
            is_cancelled=lambda: self._writing.job.is_cancelled,
            priority=self._material.priority,
        )
        self._writing.stop_when_cancelled()
        return _row(situation, self._set_id, question)


def _percent(count: int) -> int:
    return 100 * count // QUESTIONS


def _row(situation: Situation, set_id: UUID, question: WrittenQuestion | FallbackReason) -> SetQuestion:
    planned = situation.place.planned
    if not isinstance(question, WrittenQuestion):
        question = _from_template(situation, question)
    return SetQuestion(
        question_set_id=set_id,
        position=situation.position,
        stage=planned.stage,
        text=question.text,
        type=question.type,
        difficulty=question.difficulty,
        topic=question.topic or planned.stage_title,
        reason=question.reason or planned.reason,
        source_quote=question.source_quote,
        covers=question.covers,
        answered_by=question.answered_by.model_dump(mode="json"),
    )


def _from_template(situation: Situation, reason: FallbackReason) -> WrittenQuestion:
    """Return the stage's ready question, where neither a model nor the bank has one."""
    facts = {"role": situation.role, "company": situation.company}
    return WrittenQuestion(
        text=situation.place.planned.fill({key: value for key, value in facts.items() if value}),
        type=None,
        difficulty=None,
        topic=None,
        source_quote=None,
        covers=situation.place.planned.covers,
        answered_by=AnsweredBy(
            provider="template",
            model=None,
            prompt_version=None,
            is_fallback=True,
            fallback_reason=reason,
            took_ms=None,
        ),
    )
