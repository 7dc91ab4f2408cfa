"""The question bank's answer to a situation: where no model writes, and as a focus for one that does."""

from typing import Any

from interview_core.db.question_bank import PROVIDER as BANK_PROVIDER
from interview_core.plan import added_reason
from interview_core.scenario import Difficulty
from interview_worker.gpu.provenance import AnsweredBy, FallbackReason
from interview_worker.gpu.resume_facts import usable_fact
from interview_worker.gpu.situation import Situation, WrittenQuestion
from interview_worker.question_bank.bank import BankQuestion, Wanted, choose
from interview_worker.question_bank.entries import VERSION as BANK_VERSION
from interview_worker.question_bank.reasons import reason_of

_HARD_FOR_NOBODY = frozenset({"introduction", "motivation", "final"})
_OTHERS_REASONS = frozenset({"introduction", "review", "highlight", "job_skill"})
"""Stages whose place in the plan says better than a question what it is asked for."""


def choose_from_bank(situation: Situation) -> BankQuestion | None:
    """Return a bank question for the situation that this interview has not had, the same one every time."""
    company = usable_fact(situation.company)
    employers = [name for name in situation.facts.employers if name != company]
    role = usable_fact(situation.role)
    wanted = Wanted(
        seed=situation.seed,
        language=situation.language,
        stage=situation.stage,
        is_follow_up=situation.is_follow_up,
        difficulty=situation.place.planned.difficulty,
        avoids=_too_easy(situation),
        type=situation.place.planned.type,
        technologies=_technologies(situation),
        role_groups=situation.bank.role_groups,
        near_ids=situation.bank.near_ids,
        had_ids=situation.bank.had_ids,
        facts={
            "role": [role] if role else [],
            "company": [company] if company else [],
            "employer": employers,
            "project": situation.facts.projects,
            "skill": situation.facts.skills,
        },
        used_ids=frozenset(turn.bank_id for turn in situation.turns if turn.bank_id),
        used_types=frozenset(turn.type for turn in situation.turns if turn.type),
        earlier_text="\n".join(situation.asked),
    )
    return choose(wanted)


def _too_easy(situation: Situation) -> frozenset[Difficulty]:
    """Return what somebody with long experience is not asked, who did not wish for it."""
    planned = situation.place.planned
    is_about_work = planned.stage not in _HARD_FOR_NOBODY and planned.difficulty != "easy"
    return frozenset({"easy"}) if situation.facts.is_senior and is_about_work else frozenset()


def _technologies(situation: Situation) -> frozenset[str]:
    """Return what somebody may be asked about as one who uses it: the job's technologies only of who names none."""
    own = situation.facts.technologies.union(situation.facts.skills)
    return own or situation.bank.technologies.union(situation.place.planned.topics)


def bank_id_of(answered_by: dict[str, Any]) -> str | None:
    """Return which bank entry a stored question came from."""
    if answered_by.get("provider") != BANK_PROVIDER:
        return None
    return str(answered_by.get("prompt_version") or "").partition("@")[0] or None


def from_bank(situation: Situation, chosen: BankQuestion, reason: FallbackReason, took_ms: int) -> WrittenQuestion:
    named = [chosen.facts[kind] for kind in ("project", "employer", "skill") if kind in chosen.facts]
    own = situation.facts.technologies
    from_resume = next(iter([*named, *(name for name in chosen.entry.technologies if name in own)]), None)
    claim = next((claim for claim in situation.claims if from_resume and claim.about == from_resume), None)
    quote = claim.text if claim else situation.facts.quote_of(from_resume) if from_resume else None
    return WrittenQuestion(
        text=chosen.text,
        type=chosen.entry.type,
        difficulty=chosen.entry.difficulty,
        topic=chosen.topic,
        source_quote=quote,
        claim_id=claim.id if claim else None,
        reason=_reason(situation, chosen, from_resume),
        covers=chosen.covers,
        answered_by=AnsweredBy(
            provider=BANK_PROVIDER,
            model=None,
            prompt_version=f"{chosen.entry.id}@{BANK_VERSION}",
            is_fallback=True,
            fallback_reason=reason,
            took_ms=took_ms,
        ),
    )


def _reason(situation: Situation, chosen: BankQuestion, from_resume: str | None) -> str | None:
    """Return why this entry is asked; None where its place in the plan says so."""
    planned, language = situation.place.planned, situation.language
    if planned.stage in _OTHERS_REASONS or situation.place.decision is not None:
        return None
    reason = reason_of(chosen.entry, language, stage=planned.stage, fact=from_resume, role=situation.role)
    return f"{added_reason(planned.added_for, language)} {reason}" if planned.added_for else reason
