"""What a report is made of, read from the database."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from interview_core.db.interviews import list_turns
from interview_core.db.questions import slot_of
from interview_core.db.resumes import effective_profile
from interview_core.db.tables import Answer, Interview, Question, Resume, ResumeClaim
from interview_worker.gpu.claims import Claim, Probe
from interview_worker.gpu.evaluation import candidate_names_of
from interview_worker.gpu.role_match import AnswerText, Candidature, passages_of
from interview_worker.rubrics.loader import Rubric, rubric_for


@dataclass(frozen=True)
class AnsweredTurn:
    """A question that was answered or skipped."""

    answer_id: UUID
    question_id: UUID
    competency: str | None


@dataclass(frozen=True)
class ReportMaterial:
    """A finished interview as the report needs it."""

    interview_id: UUID
    role: str
    language: str
    rubric: Rubric
    job_description: str | None
    turns: tuple[AnsweredTurn, ...]
    """In the order of the questions."""
    claims: tuple[tuple[Claim, tuple[Probe, ...]], ...]
    """The résumé's statements, each with the answered questions about it."""
    candidature: Candidature


def load_material(session: Session, interview_id: UUID) -> ReportMaterial | None:
    """Return what a report is made of; None when the interview was deleted."""
    interview = session.get(Interview, interview_id)
    if interview is None:
        return None
    resume = session.get(Resume, interview.resume_id) if interview.resume_id else None
    answered = [(question, answer) for question, answer in list_turns(session, interview_id) if answer is not None]
    claims = _claims(session, resume)
    names = candidate_names_of(session, interview)
    return ReportMaterial(
        interview_id=interview_id,
        role=interview.target_role,
        language=interview.language.value,
        rubric=rubric_for(interview.scenario_id),
        job_description=interview.job_description,
        turns=tuple(
            AnsweredTurn(answer.id, question.id, question.competency or slot_of(interview, question).competency)
            for question, answer in answered
        ),
        claims=tuple((_claim(row), _probes(row, answered, names)) for row in claims),
        candidature=_candidature(resume, claims, answered),
    )


def _claims(session: Session, resume: Resume | None) -> Sequence[ResumeClaim]:
    if resume is None:
        return []
    return session.exec(
        select(ResumeClaim).where(ResumeClaim.resume_id == resume.id).order_by(col(ResumeClaim.position))
    ).all()


def _claim(row: ResumeClaim) -> Claim:
    return Claim(row.id, row.kind, row.about, row.text)


def _probes(
    claim: ResumeClaim, answered: Sequence[tuple[Question, Answer]], names: tuple[str, ...]
) -> tuple[Probe, ...]:
    return tuple(
        Probe(question.id, question.text, answer.text, names)
        for question, answer in answered
        if not answer.is_skipped and _is_about(question, claim)
    )


def _is_about(question: Question, claim: ResumeClaim) -> bool:
    """Tell whether a question probes a claim: it was asked for it, or made from its own words."""
    if question.claim_id is not None:
        return question.claim_id == claim.id
    quote = (question.source_quote or "").strip()
    return bool(quote) and (claim.text in quote or quote in claim.text)


def _candidature(
    resume: Resume | None, claims: Sequence[ResumeClaim], answered: Sequence[tuple[Question, Answer]]
) -> Candidature:
    profile: dict[str, Any] = (effective_profile(resume) if resume else None) or {}
    return Candidature(
        resume_passages=passages_of(profile, [claim.text for claim in claims]),
        skills=profile.get("skills") or [],
        experience_months=profile.get("total_experience_months"),
        answers=[AnswerText(question.id, answer.text) for question, answer in answered if not answer.is_skipped],
    )
