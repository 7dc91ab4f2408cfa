"""What the choice from the question bank goes by, beside the candidate's facts."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlmodel import Session

from interview_core.db.question_bank import asked_before, nearest_entries
from interview_core.db.tables import Interview
from interview_core.skills import find_skills
from interview_worker.masking import mask
from interview_worker.question_bank.nearness import merge_ranks, near_by_words
from interview_worker.question_bank.role_groups import role_groups

_NEAR = 40
_CAREER_CHANGE = "career_change"


@dataclass(frozen=True)
class BankMaterial:
    """Nothing of it is needed: without it the bank chooses by stage, type, difficulty and facts."""

    role_groups: frozenset[str] = frozenset()
    technologies: frozenset[str] = frozenset()
    """Those that the job description names."""
    near_ids: tuple[str, ...] = ()
    had_ids: frozenset[str] = frozenset()


def material_of(
    role: str, language: str, job_description: str | None, *about: str | None, is_career_change: bool = False
) -> BankMaterial:
    """Return what a role, a job description and other texts point to in the bank, by rules alone."""
    text = "\n".join(part for part in (job_description, *about) if part)
    return BankMaterial(
        role_groups=role_groups(role, is_career_change=is_career_change),
        technologies=frozenset(find_skills(job_description or "", is_list=False)),
        near_ids=tuple(near_by_words(mask(text), language, _NEAR)),
    )


def load_bank_material(session: Session, interview: Interview, *, claims: Sequence[str] = ()) -> BankMaterial:
    """Return what an interview points to in the bank, and what its candidate was asked in others.

    The nearest entries are found by words, and by vectors as well once a worker has made them.
    """
    by_rules = material_of(
        interview.target_role,
        interview.language.value,
        interview.job_description,
        interview.company_description,
        *claims,
        is_career_change=interview.scenario_id == _CAREER_CHANGE,
    )
    by_vectors = nearest_entries(session, interview.id, interview.language, _NEAR)
    return replace(
        by_rules,
        near_ids=tuple(merge_ranks(by_rules.near_ids, by_vectors)),
        had_ids=asked_before(session, interview),
    )
