"""Completes a résumé's profile with a model where the rules found nothing, from masked text and only with its words."""

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import structlog
from langchain_core.messages import BaseMessage
from sqlmodel import Session, col, select

from interview_core.contract.payloads import ProfileResume
from interview_core.contract.tasks import PROFILE_RESUME
from interview_core.db.tables import Resume, ResumeChunk, ResumeStatus
from interview_core.errors import EngineFailed, EngineUnavailable
from interview_core.profiles import apply_corrections, missing_fields
from interview_worker.binding import JobRun, handles
from interview_worker.engines.langchain_model import EngineChatModel, result_of
from interview_worker.engines.language_model import LanguageModel, OutputRefused, Priority, PromptTooLong
from interview_worker.gpu.found_fields import Located, Passage, found_schema, locate_fields
from interview_worker.gpu.provenance import AnsweredBy, by_model
from interview_worker.gpu.resources import GpuResources
from interview_worker.gpu.situations import name_hider
from interview_worker.prompts.loader import get_prompt

log = structlog.get_logger(__name__)

_DEADLINE_S = 150
_MAX_TOKENS = 900
_BUDGETS = (6000, 2500)
"""Characters of the résumé shown to the model; the next one when the prompt is too long."""
_KOREAN_SHARE = 0.1


@dataclass(frozen=True)
class Incomplete:
    """A résumé of whose profile the rules left something out."""

    profile: dict[str, Any]
    fields: list[str]
    passages: list[Passage]

    @property
    def language(self) -> str:
        text = "".join(passage.text for passage in self.passages)
        return "ko" if len(re.findall("[가-힣]", text)) > _KOREAN_SHARE * max(len(text), 1) else "en"


@handles(PROFILE_RESUME)
def profile_resume(payload: ProfileResume, job: JobRun, resources: GpuResources) -> None:
    """Add to the résumé's profile what a model finds in its text; without a model of this machine's own, nothing."""
    model = resources.language_model
    status = model.status()
    if not status.is_usable or status.is_remote:
        # Candidates are told where their text goes when an interview begins, and this comes before.
        log.info("profile left to the rules", state=status.state.value, is_remote=status.is_remote)
        return
    with resources.session() as session:
        resume = load_incomplete(session, payload.resume_id)
    if resume is None:
        return
    try:
        located, answered_by = complete(resume, model, lambda: job.is_cancelled)
    except (EngineFailed, EngineUnavailable, OutputRefused, PromptTooLong) as error:
        log.warning("profile left to the rules", error_code=error.code)
        return
    with job.complete() as session:
        is_kept = save_completion(session, payload.resume_id, resume.profile, located, answered_by)
    log.info("profile completed", fields=sorted(located.values), is_kept=is_kept)


def load_incomplete(session: Session, resume_id: UUID) -> Incomplete | None:
    """Return a résumé that is ready and lacks something; None where there is nothing to complete."""
    resume = session.get(Resume, resume_id)
    if resume is None or resume.profile is None or resume.status is not ResumeStatus.READY:
        return None
    fields = [name for name in missing_fields(resume.profile) if name not in resume.corrections]
    chunks = session.exec(
        select(ResumeChunk).where(ResumeChunk.resume_id == resume_id).order_by(col(ResumeChunk.position))
    ).all()
    if not fields or not chunks:
        return None
    incomplete = Incomplete(resume.profile, fields, [])
    hide = name_hider(resume, incomplete.language)
    return Incomplete(resume.profile, fields, [Passage(chunk.page, hide(chunk.text)) for chunk in chunks])


def complete(resume: Incomplete, model: LanguageModel, is_cancelled: Callable[[], bool]) -> tuple[Located, AnsweredBy]:
    """Return what a model found of the missing fields and the text bears out, and who said it.

    Raises:
        EngineFailed, EngineUnavailable, OutputRefused, PromptTooLong: there is no usable answer.
    """
    started = time.monotonic()
    prompt = get_prompt("complete_profile", resume.language)
    chat = EngineChatModel(
        model,
        is_cancelled=is_cancelled,
        max_tokens=_MAX_TOKENS,
        temperature=0,
        deadline_s=_DEADLINE_S,
        priority=Priority.REPORT,
        prompt=prompt.id,
    )
    runnable = chat.with_structured_output(found_schema(resume.fields), include_raw=True)

    def ask(budget: int) -> tuple[Any, BaseMessage]:
        values = {"fields": ", ".join(resume.fields), "resume": _shown(resume.passages, budget)}
        answer: tuple[Any, BaseMessage] = runnable.invoke(prompt.messages(values))
        return answer

    try:
        found, message = ask(_BUDGETS[0])
    except PromptTooLong:
        found, message = ask(_BUDGETS[1])
    took_ms = round((time.monotonic() - started) * 1000)
    return locate_fields(found.model_dump(), resume.passages), by_model(result_of(message), prompt.id, took_ms)


def _shown(passages: Sequence[Passage], budget: int) -> str:
    return "\n".join(passage.text for passage in passages)[:budget]


def save_completion(
    session: Session, resume_id: UUID, read: dict[str, Any], located: Located, answered_by: AnsweredBy
) -> bool:
    """Store what was found beside what the rules read. False: the résumé was read again or deleted meanwhile."""
    resume = session.get(Resume, resume_id, with_for_update=True)
    if resume is None or resume.profile != read:
        return False
    if located.values:
        completed = apply_corrections(read, located.values, datetime.now(UTC).date())
        completed["sources"] = {**(completed.get("sources") or {}), **located.sources}
        completed["completed"] = {
            "fields": sorted(located.values),
            "provider": answered_by.provider,
            "model": answered_by.model,
        }
        resume.profile = completed
        session.add(resume)
    return True
