"""The claims ledger: what became of a résumé's statements in the interview.

A claim is judged apart from the answers' scores, so that no score depends on a résumé.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal
from uuid import UUID

import structlog
from pydantic import BaseModel, ConfigDict, Field

from interview_core.errors import InterviewError
from interview_worker.engines.langchain_model import EngineChatModel
from interview_worker.engines.language_model import LanguageModel, Priority
from interview_worker.gpu.findings import Evidence, Stored
from interview_worker.gpu.seen_answer import SeenAnswer, see
from interview_worker.gpu.transcript_quality import problem_of
from interview_worker.masking import mask
from interview_worker.prompts.loader import get_prompt

log = structlog.get_logger(__name__)

_MAX_TOKENS = 200
_MAX_ANSWER = 2500


class ClaimVerdict(StrEnum):
    SUPPORTED = "supported"
    CONTRADICTED = "contradicted"
    UNCLEAR = "unclear"
    """It was asked about, and the answers' words settle it neither way."""
    NOT_JUDGED = "not_judged"
    """It was asked about, and no model judged the answers to it."""
    NEVER_PROBED = "never_probed"


class ClaimResult(Stored):
    claim_id: UUID
    kind: str
    about: str | None
    text: str
    verdict: ClaimVerdict
    evidence: Evidence | None = None
    question_ids: tuple[UUID, ...] = ()


@dataclass(frozen=True)
class Claim:
    id: UUID
    kind: str
    about: str | None
    text: str


@dataclass(frozen=True)
class Probe:
    """An answered question about a claim."""

    question_id: UUID
    question: str
    answer: str
    names: tuple[str, ...] = ()


class ClaimJudgement(BaseModel):
    """What a model is asked to write about a claim."""

    model_config = ConfigDict(extra="forbid")

    quote: str | None = Field(min_length=1, max_length=160)
    verdict: Literal["supported", "contradicted", "unclear"]


def judge_claim(
    claim: Claim,
    probes: Sequence[Probe],
    model: LanguageModel,
    *,
    language: str,
    deadline_s: float,
    has_consent: bool,
    is_cancelled: Callable[[], bool] = lambda: False,
    interview_id: UUID | None = None,
) -> ClaimResult:
    """Return what the answers say about a claim; supported or contradicted only with words of an answer."""
    usable = [probe for probe in probes if problem_of(probe.answer) is None]
    if not probes:
        return _result(claim, (), ClaimVerdict.NEVER_PROBED)
    if not has_consent or not usable or deadline_s <= 0 or not model.status().is_usable:
        return _result(claim, probes, ClaimVerdict.NOT_JUDGED)
    seen = [see(probe.answer, probe.names) for probe in usable]
    prompt = get_prompt("check_claim", language)
    chat = EngineChatModel(
        model,
        is_cancelled=is_cancelled,
        max_tokens=_MAX_TOKENS,
        temperature=0,
        deadline_s=deadline_s,
        priority=Priority.REPORT,
        interview_id=interview_id,
        prompt=prompt.id,
    )
    values = {"claim": mask(claim.text), "conversation": _conversation(usable, seen)}
    started = time.monotonic()
    try:
        judged: ClaimJudgement = chat.with_structured_output(ClaimJudgement).invoke(prompt.messages(values))
    except InterviewError as error:
        log.warning("claim not judged", error_code=error.code, took_s=round(time.monotonic() - started, 1))
        return _result(claim, probes, ClaimVerdict.NOT_JUDGED)
    evidence = _evidence(judged.quote, usable, seen)
    return _result(claim, probes, ClaimVerdict(judged.verdict) if evidence else ClaimVerdict.UNCLEAR, evidence)


def _conversation(probes: Sequence[Probe], seen: Sequence[SeenAnswer]) -> str:
    return "\n".join(
        f"Q: {mask(probe.question)}\nA: {answer.text[:_MAX_ANSWER]}" for probe, answer in zip(probes, seen, strict=True)
    )


def _evidence(quote: str | None, probes: Sequence[Probe], seen: Sequence[SeenAnswer]) -> Evidence | None:
    for probe, answer in zip(probes, seen, strict=True):
        place = answer.find(quote) if quote else None
        if place:
            return Evidence(
                question_id=probe.question_id,
                quote=probe.answer[place.start : place.end],
                start=place.start,
                end=place.end,
            )
    return None


def _result(
    claim: Claim, probes: Sequence[Probe], verdict: ClaimVerdict, evidence: Evidence | None = None
) -> ClaimResult:
    return ClaimResult(
        claim_id=claim.id,
        kind=claim.kind,
        about=claim.about,
        text=claim.text,
        verdict=verdict,
        evidence=evidence,
        question_ids=tuple(probe.question_id for probe in probes),
    )
