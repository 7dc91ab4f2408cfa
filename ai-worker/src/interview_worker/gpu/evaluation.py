"""Judges answers behind the conversation, and stores verdicts."""

from dataclasses import dataclass, replace
from uuid import UUID

import structlog
from sqlalchemy import or_
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, func, select

from interview_core.contract.payloads import EvaluateAnswer
from interview_core.contract.tasks import EVALUATE_ANSWER
from interview_core.db.interviews import current_consents
from interview_core.db.questions import slot_of
from interview_core.db.resumes import candidate_names
from interview_core.db.speech import load_take
from interview_core.db.tables import (
    Answer,
    AnswerSource,
    ConsentPurpose,
    Evaluation,
    EvaluationStatus,
    Interview,
    Job,
    JobState,
    Question,
    Resume,
    User,
)
from interview_worker.binding import JobRun, handles
from interview_worker.gpu.findings import Findings, JudgedAnswer, NotScored, Status, Verdict
from interview_worker.gpu.judging import judge, not_scored
from interview_worker.gpu.provenance import AnsweredBy
from interview_worker.gpu.resources import GpuResources
from interview_worker.gpu.spoken_words import SpokenWord, place_words
from interview_worker.rubrics.loader import Rubric, rubric_for

log = structlog.get_logger(__name__)

EVALUATION_DEADLINE_S = 150

# What a later run may get right: the model came back, the hour is over, the consent was given, the failure passed.
_OPEN_REASONS = {
    NotScored.NO_MODEL,
    NotScored.LIMIT_REACHED,
    NotScored.NO_CONSENT,
    NotScored.EVALUATION_FAILED,
}


@dataclass(frozen=True)
class AnswerToJudge:
    answer: JudgedAnswer
    rubric: Rubric
    has_consent: bool
    verdict: Verdict | None
    """What was stored before."""

    @property
    def is_settled(self) -> bool:
        """Whether judging again would change nothing."""
        if self.verdict is None:
            return False
        if not self.has_consent:
            return self.verdict.reason is NotScored.NO_CONSENT
        return self.verdict.reason not in _OPEN_REASONS


@handles(EVALUATE_ANSWER)
def evaluate_answer(payload: EvaluateAnswer, job: JobRun, resources: GpuResources) -> None:
    """Store the verdict on an answer."""
    with resources.session() as session:
        material = load_answer(session, payload.answer_id)
    if material is None or material.is_settled:
        return
    verdict = judge(
        material.answer,
        resources.language_model,
        material.rubric,
        has_consent=material.has_consent,
        deadline_s=EVALUATION_DEADLINE_S,
        gradings=resources.gradings,
        is_cancelled=lambda: job.is_cancelled,
    )
    log.info("answer judged", answer_id=str(payload.answer_id), status=verdict.status.value, reason=verdict.reason)
    with job.complete() as session:
        save_verdict(session, payload.answer_id, verdict)


def load_answer(session: Session, answer_id: UUID) -> AnswerToJudge | None:
    """Return an answer with what it is judged by; None when it was deleted."""
    answer = session.get(Answer, answer_id)
    if answer is None:
        return None
    interview = session.get_one(Interview, answer.interview_id)
    question = session.get_one(Question, answer.question_id)
    return AnswerToJudge(
        answer=replace(
            judged_answer(interview, question, answer),
            names=candidate_names_of(session, interview),
            words=_words_of(session, answer),
        ),
        rubric=rubric_for(interview.scenario_id),
        has_consent=current_consents(session, interview.id)[ConsentPurpose.SCORING],
        verdict=stored_verdict(session, answer_id),
    )


def is_being_judged(session: Session, answer_id: UUID) -> bool:
    """Tell whether a living worker evaluates the answer right now."""
    return (
        session.exec(
            select(Job.id).where(
                Job.task == EVALUATE_ANSWER.name,
                Job.state == JobState.RUNNING,
                col(Job.payload)["answer_id"].astext == str(answer_id),
                col(Job.lease_until) > func.clock_timestamp(),
            )
        ).first()
        is not None
    )


def candidate_names_of(session: Session, interview: Interview) -> tuple[str, ...]:
    """Return the candidate's names, which no judge gets to see."""
    resume = session.get(Resume, interview.resume_id) if interview.resume_id else None
    user = session.get_one(User, interview.user_id)
    return tuple(dict.fromkeys([*candidate_names(resume), user.display_name]))


def _words_of(session: Session, answer: Answer) -> tuple[SpokenWord, ...]:
    if answer.source is not AnswerSource.VOICE or answer.take is None:
        return ()
    segments = load_take(session, answer.question_id, answer.take).segments
    return place_words(answer.text, [word for segment in segments for word in segment.words])


def judged_answer(interview: Interview, question: Question, answer: Answer) -> JudgedAnswer:
    return JudgedAnswer(
        question_id=question.id,
        question=question.text,
        stage=question.stage_title,
        covers=tuple(question.covers),
        competency=question.competency or slot_of(interview, question).competency,
        role=interview.target_role,
        language=interview.language.value,
        text=answer.text,
        is_skipped=answer.is_skipped,
        is_follow_up=question.is_follow_up,
        interview_id=interview.id,
    )


def stored_verdict(session: Session, answer_id: UUID) -> Verdict | None:
    """Return the verdict that is stored for an answer."""
    row = session.get(Evaluation, answer_id)
    if row is None:
        return None
    return Verdict(
        status=Status(row.status.value),
        reason=NotScored(row.not_scored_reason) if row.not_scored_reason else None,
        score=row.score,
        findings=Findings.model_validate(row.content),
        answered_by=AnsweredBy.model_validate(row.answered_by) if row.answered_by else None,
        versions={"rubric": None, "prompt": None, "model": None, "code": None, **row.versions},
    )


def save_verdict(session: Session, answer_id: UUID, verdict: Verdict) -> None:
    """Store a verdict in the caller's transaction, if the answer is still there and its scoring still allowed.

    A score that is there already stays, unless the consent to it was withdrawn.
    """
    answer = session.get(Answer, answer_id)
    if answer is None:
        return
    if not current_consents(session, answer.interview_id)[ConsentPurpose.SCORING]:
        interview = session.get_one(Interview, answer.interview_id)
        verdict = not_scored(NotScored.NO_CONSENT, rubric_for(interview.scenario_id))
    values = {
        "status": EvaluationStatus(verdict.status.value),
        "not_scored_reason": verdict.reason.value if verdict.reason else None,
        "score": verdict.score,
        "content": verdict.findings.model_dump(mode="json"),
        "answered_by": verdict.answered_by.model_dump(mode="json") if verdict.answered_by else None,
        "versions": verdict.versions,
    }
    row = insert(Evaluation).values(answer_id=answer_id, **values)
    session.execute(
        row.on_conflict_do_update(
            index_elements=["answer_id"],
            set_=values,
            where=or_(
                col(Evaluation.status) != EvaluationStatus.DONE,
                row.excluded.not_scored_reason == NotScored.NO_CONSENT.value,
            ),
        )
    )
