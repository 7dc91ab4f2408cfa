"""Puts a report together from verdicts: sums in code, words only where a quote bears them out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import fmean
from uuid import UUID

import structlog
from langchain_core.output_parsers import StrOutputParser
from pydantic import BaseModel, ConfigDict

from interview_core.errors import InterviewError
from interview_worker.engines.langchain_model import EngineChatModel
from interview_worker.engines.language_model import LanguageModel, Priority
from interview_worker.gpu.judging import CompetencyScore, Evidence, NotScored, Point, Verdict, weighted_score
from interview_worker.gpu.provenance import code_version
from interview_worker.gpu.question_checks import is_in_language
from interview_worker.prompts.loader import get_prompt
from interview_worker.rubrics.loader import Rubric

log = structlog.get_logger(__name__)

MAX_POINTS = 5
_MAX_SUMMARY = 900
_MAX_TOKENS = 400
_TEMPERATURE = 0.3
_MAX_REVIEWS = 5000

# What is missing for want of a model or consent is said before what is missing for want of words.
_REASONS = (
    NotScored.NO_CONSENT,
    NotScored.NO_MODEL,
    NotScored.LIMIT_REACHED,
    NotScored.EVALUATION_FAILED,
    NotScored.NOT_ENOUGH_EVIDENCE,
)


class CompetencyResult(BaseModel):
    """One line of the report; a score, or the reason why there is none."""

    model_config = ConfigDict(frozen=True)

    key: str
    title: str
    weight: float
    score: float | None
    not_scored_reason: NotScored | None
    comment: str | None
    evidence: list[Evidence]


class ReportContent(BaseModel):
    """The body of a report; stored as JSON."""

    model_config = ConfigDict(frozen=True)

    summary: str | None
    strengths: list[str]
    improvements: list[str]
    competencies: list[CompetencyResult]


@dataclass(frozen=True)
class Aggregate:
    """A report's figures and findings."""

    overall_score: float | None
    not_scored_reason: NotScored | None
    content: ReportContent
    versions: dict[str, str | None]


def aggregate(verdicts: Sequence[Verdict], rubric: Rubric, language: str) -> Aggregate:
    """Return what the verdicts on all answers add up to."""
    scores: dict[str, list[CompetencyScore]] = {item.key: [] for item in rubric.competencies}
    for verdict in verdicts:
        for item in verdict.findings.competencies:
            scores[item.key].append(item)
    reason = _common_reason(verdicts)
    results = [_competency_result(key, found, rubric, language, reason) for key, found in scores.items()]
    overall = weighted_score({item.key: item.score for item in results if item.score is not None}, rubric)
    content = ReportContent(
        summary=None,
        strengths=_texts(verdicts, "strength"),
        improvements=_texts(verdicts, "improvement"),
        competencies=results,
    )
    return Aggregate(overall, None if overall is not None else reason, content, _versions(verdicts, rubric))


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
) -> str | None:
    """Return the model's overall comment; None when nothing was scored or the model wrote nothing usable."""
    if result.overall_score is None or not model.status().is_usable:
        return None
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
        return None
    return _checked(text, language)


def _checked(text: str, language: str) -> str | None:
    line = " ".join(text.split())
    is_whole = "\N{REPLACEMENT CHARACTER}" not in line and "[|" not in line
    return line if 0 < len(line) <= _MAX_SUMMARY and is_whole and is_in_language(line, language) else None


def _common_reason(verdicts: Sequence[Verdict]) -> NotScored:
    reasons = {verdict.reason for verdict in verdicts} - {NotScored.NO_ANSWERS}
    if not reasons:
        return NotScored.NO_ANSWERS
    return next((reason for reason in _REASONS if reason in reasons), NotScored.NOT_ENOUGH_EVIDENCE)


def _competency_result(
    key: str, found: Sequence[CompetencyScore], rubric: Rubric, language: str, reason: NotScored
) -> CompetencyResult:
    competency = rubric.get(key)
    best = max(found, key=lambda item: len(item.evidence.quote), default=None)
    return CompetencyResult(
        key=key,
        title=competency.title.get(language),
        weight=float(competency.weight),
        score=round(fmean(item.score for item in found), 1) if found else None,
        not_scored_reason=None if found else reason,
        comment=(best.comment or None) if best else None,
        evidence=[item.evidence for item in found],
    )


def _texts(verdicts: Sequence[Verdict], kind: str) -> list[str]:
    points: list[Point] = [point for verdict in verdicts for point in verdict.findings.points if point.kind == kind]
    return list(dict.fromkeys(point.text for point in points))[:MAX_POINTS]


def _outline(result: Aggregate) -> str:
    return "\n".join(
        f"- {item.title}: {item.comment or '-'}" for item in result.content.competencies if item.score is not None
    )


def _reviews(verdicts: Sequence[Verdict]) -> str:
    lines = [f"- {verdict.findings.summary}" for verdict in verdicts if verdict.findings.summary]
    lines += [f"- ({point.kind}) {point.text}" for verdict in verdicts for point in verdict.findings.points]
    return "\n".join(lines)[:_MAX_REVIEWS]


def _versions(verdicts: Sequence[Verdict], rubric: Rubric) -> dict[str, str | None]:
    judged = [verdict.versions for verdict in verdicts if verdict.versions["model"]]
    return {
        "rubric": rubric.label,
        "prompt": judged[-1]["prompt"] if judged else None,
        "model": judged[-1]["model"] if judged else None,
        "code": code_version(),
    }
