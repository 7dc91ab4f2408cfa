"""Puts a report together from verdicts: sums in code, words only where a quote bears them out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from interview_worker.gpu.claims import ClaimResult
from interview_worker.gpu.findings import (
    CompetencyScore,
    Evidence,
    NotScored,
    NoUncertainty,
    Point,
    Stored,
    Verdict,
)
from interview_worker.gpu.grounding import weighted_score
from interview_worker.gpu.practice import PracticeItem
from interview_worker.gpu.provenance import code_version
from interview_worker.gpu.role_match import RoleMatch
from interview_worker.rubrics.calibration import Calibration, calibrations_of
from interview_worker.rubrics.loader import Rubric

MAX_POINTS = 5

# What is missing for want of a model or consent is said before what is missing for want of words.
_REASONS = (
    NotScored.NO_CONSENT,
    NotScored.NO_MODEL,
    NotScored.LIMIT_REACHED,
    NotScored.EVALUATION_FAILED,
    NotScored.NOT_ENOUGH_EVIDENCE,
)


class BandText(Stored):
    """What answers with a score from `low` to `high` are like, in the report's language."""

    low: int
    high: int
    text: str


class CompetencyResult(Stored):
    """One line of the report; a score, or the reason why there is none."""

    key: str
    title: str
    weight: float
    score: float | None
    not_scored_reason: NotScored | None
    uncertainty: float | None = None
    no_uncertainty_reason: NoUncertainty | None = None
    answer_count: int = 0
    """How many answers the score rests on."""
    comment: str | None
    evidence: list[Evidence]
    bands: tuple[BandText, ...] = ()
    """The rubric's, as it was then."""


class ReportContent(Stored):
    """The body of a report; stored as JSON."""

    summary: str | None
    strengths: list[str]
    improvements: list[str]
    competencies: list[CompetencyResult]
    uncertainty: float | None = None
    no_uncertainty_reason: NoUncertainty | None = None
    answer_count: int = 0
    claims: tuple[ClaimResult, ...] = ()
    role_match: RoleMatch | None = None
    practice: tuple[PracticeItem, ...] = ()
    calibrations: tuple[Calibration, ...] = ()
    removed_statements: int = 0
    instruction_count: int = 0


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
            # A score that was given by another rubric than today's has no place in its sum.
            if item.key in scores:
                scores[item.key].append(item)
    reason = _common_reason(verdicts)
    results = [_competency_result(key, found, rubric, language, reason) for key, found in scores.items()]
    overall = weighted_score({item.key: item.score for item in results if item.score is not None}, rubric)
    judged = [verdict for verdict in verdicts if verdict.score is not None]
    content = ReportContent(
        summary=None,
        strengths=_texts(verdicts, "strength"),
        improvements=_texts(verdicts, "improvement"),
        competencies=results,
        **_overall_uncertainty(results, rubric),
        answer_count=len(judged),
        calibrations=tuple(calibrations_of([verdict.versions for verdict in judged])),
        removed_statements=sum(verdict.findings.removed_statements for verdict in verdicts),
        instruction_count=sum(verdict.findings.instruction_count for verdict in verdicts),
    )
    return Aggregate(overall, None if overall is not None else reason, content, _versions(verdicts, rubric))


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
    widths = [item.uncertainty for item in found if item.uncertainty is not None]
    is_known = bool(found) and len(widths) == len(found)
    return CompetencyResult(
        key=key,
        title=competency.title.get(language),
        weight=float(competency.weight),
        score=round(fmean(item.score for item in found), 1) if found else None,
        not_scored_reason=None if found else reason,
        # One judge errs the same way in all answers: so widths are averaged, not played off against each other.
        uncertainty=round(fmean(widths), 1) if is_known else None,
        no_uncertainty_reason=NoUncertainty.ONE_GRADING if found and not is_known else None,
        answer_count=len(found),
        comment=(best.comment or None) if best else None,
        evidence=[item.evidence for item in found],
        bands=tuple(BandText(low=band.low, high=band.high, text=band.get(language)) for band in competency.bands),
    )


def _overall_uncertainty(results: Sequence[CompetencyResult], rubric: Rubric) -> dict[str, Any]:
    scored = [item for item in results if item.score is not None]
    widths = {item.key: item.uncertainty for item in scored if item.uncertainty is not None}
    if scored and len(widths) == len(scored):
        return {"uncertainty": weighted_score(widths, rubric)}
    return {"no_uncertainty_reason": NoUncertainty.ONE_GRADING if scored else None}


def _texts(verdicts: Sequence[Verdict], kind: str) -> list[str]:
    points: list[Point] = [point for verdict in verdicts for point in verdict.findings.points if point.kind == kind]
    return list(dict.fromkeys(point.text for point in points))[:MAX_POINTS]


def _versions(verdicts: Sequence[Verdict], rubric: Rubric) -> dict[str, str | None]:
    judged = [verdict.versions for verdict in verdicts if verdict.versions.get("model")]
    return {
        "rubric": rubric.label,
        "prompt": _all_of("prompt", judged),
        "model": _all_of("model", judged),
        "code": code_version(),
    }


def _all_of(key: str, versions: Sequence[Mapping[str, str | None]]) -> str | None:
    """Return the versions of one kind, each once; several models may have judged, when one of them was away."""
    return ", ".join(dict.fromkeys(value for item in versions if (value := item.get(key)))) or None
