"""Loads what a question depends on: plan, conversation, résumé, and what is still worth asking about."""

from collections.abc import Callable, Sequence
from uuid import UUID

from sqlmodel import Session, col, select

from interview_core.db.interviews import database_time, list_turns
from interview_core.db.questions import Place
from interview_core.db.resumes import candidate_names, effective_profile
from interview_core.db.tables import Answer, Evaluation, Interview, Question, Resume, ResumeChunk, ResumeClaim
from interview_core.drafts import Draft
from interview_core.interview_state import Outcome
from interview_core.speech_acts import is_meaningless
from interview_worker.gpu.bank_choice import bank_id_of
from interview_worker.gpu.bank_material import load_bank_material
from interview_worker.gpu.resume_facts import ResumeFacts, read_facts
from interview_worker.gpu.returning import PastTopic, choose_topic
from interview_worker.gpu.situation import OpenClaim, PastTurn, Situation
from interview_worker.masking import mask

# Contact data, education and the life story stay out of questions.
_SECTIONS = ("experience", "projects", "skills", "summary", "certifications", "activities")

_CLAIMS_FOR = frozenset({"skill", "experience", "problem_solving", "highlight"})
"""Stages whose questions may probe a statement of the résumé."""
_MAX_CLAIMS = 8
_NEAR_CLAIMS = 3
"""Claims that say what kind of question of the bank is near."""

Turns = Sequence[tuple[Question, Answer | None]]


def load_situation(session: Session, interview: Interview, place: Place, draft: Draft | None = None) -> Situation:
    """Return what the question at a place depends on. A draft stands for the answer that is still being written."""
    language = interview.language.value
    resume = session.get(Resume, interview.resume_id) if interview.resume_id else None
    hide = name_hider(resume, language)
    turns = list_turns(session, interview.id)
    newest = turns[-1][1] if turns else None
    claims = _open_claims(session, interview, resume, turns) if place.planned.stage in _CLAIMS_FOR else ()
    waited_s = (database_time(session) - newest.submitted_at).total_seconds() if newest else None
    return Situation(
        interview_id=interview.id,
        language=language,
        place=place,
        role=interview.target_role,
        company=interview.company,
        company_description=interview.company_description,
        job_description=interview.job_description,
        facts=load_facts(session, resume, hide),
        turns=tuple(_past_turn(question, answer, hide, draft, language) for question, answer in turns),
        answered_ms_ago=None if waited_s is None else round(waited_s * 1000),
        claims=claims,
        returns_to=_topic_to_return_to(session, place, turns, hide),
        bank=load_bank_material(session, interview, claims=[claim.text for claim in claims[:_NEAR_CLAIMS]]),
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


def name_hider(resume: Resume | None, language: str) -> Callable[[str], str]:
    """Return a function that takes the candidate's name and personal data out of a text that a model will read."""
    names = candidate_names(resume)
    stand_in = "지원자" if language == "ko" else "the candidate"

    def hide(text: str) -> str:
        for name in names:
            text = text.replace(name, stand_in)
        return mask(text)

    return hide


def list_claims(session: Session, resume_id: UUID | None) -> Sequence[ResumeClaim]:
    """Return the résumé's statements, in their order."""
    query = select(ResumeClaim).where(ResumeClaim.resume_id == resume_id).order_by(col(ResumeClaim.position))
    return session.exec(query).all()


def _open_claims(session: Session, interview: Interview, resume: Resume | None, turns: Turns) -> tuple[OpenClaim, ...]:
    """Return statements that no question of the interview came from: near the job first, then those with figures."""
    probed = {question.claim_id for question, _ in turns}
    claims = [claim for claim in list_claims(session, resume.id if resume else None) if claim.id not in probed]
    wanted = f"{interview.target_role} {interview.job_description or ''} {interview.company_description or ''}"
    words = set(wanted.casefold().split())
    claims.sort(key=lambda claim: (-len(words & set(claim.text.casefold().split())), not claim.has_figure))
    return tuple(OpenClaim(claim.id, claim.about, claim.text) for claim in claims[:_MAX_CLAIMS])


def _topic_to_return_to(session: Session, place: Place, turns: Turns, hide: Callable[[str], str]) -> PastTopic | None:
    if place.planned.returns_to is None:
        return None
    scores = dict(
        session.exec(
            select(Evaluation.answer_id, Evaluation.score).where(
                col(Evaluation.answer_id).in_([answer.id for _, answer in turns if answer])
            )
        ).all()
    )
    return choose_topic(place.planned.returns_to, turns, scores, hide)


def _past_turn(
    question: Question, answer: Answer | None, hide: Callable[[str], str], draft: Draft | None, language: str
) -> PastTurn:
    said = answer.text if answer else draft.text if draft and draft.question_id == question.id else None
    # What says nothing is not shown to the model, so that it is not summarised back.
    is_empty = bool(answer) and (answer is None or answer.is_skipped or is_meaningless(answer.text, language))
    return PastTurn(
        question=hide(question.text),
        answer=None if said is None or is_empty else hide(said),
        is_skipped=is_empty,
        type=question.type,
        bank_id=bank_id_of(question.answered_by),
        is_closed=bool(answer and answer.outcome in (Outcome.SKIPPED, Outcome.DECLINED)),
    )
