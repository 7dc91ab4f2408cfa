"""Lets a model sum a report up in words; what cannot be read or may not be said is left out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

import structlog
from langchain_core.output_parsers import StrOutputParser

from interview_core.errors import InterviewError
from interview_worker.engines.langchain_model import EngineChatModel
from interview_worker.engines.language_model import LanguageModel, Priority
from interview_worker.gpu.findings import Verdict
from interview_worker.gpu.forbidden import without_forbidden
from interview_worker.gpu.grounding import readable
from interview_worker.gpu.question_checks import holds_mask, is_in_language, repeats_instructions
from interview_worker.gpu.reporting import Aggregate
from interview_worker.prompts.loader import Prompt, get_prompt

log = structlog.get_logger(__name__)

_MAX_SUMMARY = 900
_MAX_TOKENS = 400
_TEMPERATURE = 0.3
_MAX_REVIEWS = 5000


@dataclass(frozen=True)
class Summary:
    """A report's overall comment; None when there is none."""

    text: str | None
    removed: int = 0
    """Statements about the person that were taken out of it."""


NO_SUMMARY = Summary(None)


def summarise(
    result: Aggregate,
    verdicts: Sequence[Verdict],
    model: LanguageModel,
    *,
    role: str,
    language: str,
    deadline_s: float,
    is_cancelled: Callable[[], bool] = lambda: False,
    interview_id: UUID | None = None,
) -> Summary:
    """Return the model's overall comment; none when nothing was scored or the model wrote nothing usable."""
    if result.overall_score is None or not model.status().is_usable or deadline_s <= 0:
        return NO_SUMMARY
    prompt = get_prompt("report_summary", language)
    chat = EngineChatModel(
        model,
        is_cancelled=is_cancelled,
        max_tokens=_MAX_TOKENS,
        temperature=_TEMPERATURE,
        deadline_s=deadline_s,
        priority=Priority.REPORT,
        interview_id=interview_id,
        prompt=prompt.id,
    )
    values = {"role": role, "competencies": _outline(result), "reviews": _reviews(verdicts)}
    try:
        text: str = (chat | StrOutputParser()).invoke(prompt.messages(values))
    except InterviewError as error:
        log.warning("report summary not written", error_code=error.code)
        return NO_SUMMARY
    return _checked(text, language, prompt)


def _checked(text: str, language: str, prompt: Prompt) -> Summary:
    line = readable(text)
    if line is None or len(line) > _MAX_SUMMARY or not is_in_language(line, language):
        return NO_SUMMARY
    if holds_mask(line) or repeats_instructions(line, prompt.system):
        return NO_SUMMARY
    clean = without_forbidden(line)
    return Summary(clean.text, clean.removed)


def _outline(result: Aggregate) -> str:
    return "\n".join(
        f"- {item.title}: {item.comment or '-'}" for item in result.content.competencies if item.score is not None
    )


def _reviews(verdicts: Sequence[Verdict]) -> str:
    lines = [f"- {verdict.findings.summary}" for verdict in verdicts if verdict.findings.summary]
    lines += [f"- ({point.kind}) {point.text}" for verdict in verdicts for point in verdict.findings.points]
    return "\n".join(lines)[:_MAX_REVIEWS]
