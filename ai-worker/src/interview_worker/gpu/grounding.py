"""Turns judgements into findings: what the answer's own words bear out is kept, with its place; sums are made here."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from interview_core.scores import weighted_mean
from interview_worker.gpu.findings import (
    STAR_PARTS,
    CompetencyScore,
    Covered,
    Dropped,
    Evidence,
    Findings,
    JudgedAnswer,
    NoUncertainty,
    Point,
    StarPart,
    Unquoted,
    UnquotedKind,
)
from interview_worker.gpu.forbidden import Clean, without_forbidden
from interview_worker.gpu.improved_answer import check_improved
from interview_worker.gpu.judgement import JudgedPoint, Judgement, aspect_keys
from interview_worker.gpu.seen_answer import SeenAnswer
from interview_worker.gpu.spoken_words import spoken_at
from interview_worker.rubrics.loader import Rubric

_BROKEN = ("\N{REPLACEMENT CHARACTER}", "\x00", "[|", "<|")


def ground(answer: JudgedAnswer, seen: SeenAnswer, judgements: Sequence[Judgement], rubric: Rubric) -> Findings:
    """Return the findings that one or more gradings of an answer agree on.

    Words are the first grading's. A competency's score is the median of the gradings that found evidence for it, if
    those are more than half.
    """
    return _Grounding(answer, seen, rubric).findings(judgements)


def weighted_score(scores: dict[str, float], rubric: Rubric) -> float | None:
    """Return the mean of competencies' scores by the rubric's weights, to one decimal; None of no scores."""
    return weighted_mean([(score, rubric.get(key).weight) for key, score in scores.items()])


@dataclass(frozen=True)
class _Graded:
    """A competency as one grading judged it, with evidence that was found."""

    score: int
    comment: str
    evidence: Evidence


class _Grounding:
    def __init__(self, answer: JudgedAnswer, seen: SeenAnswer, rubric: Rubric) -> None:
        self._answer = answer
        self._seen = seen
        self._rubric = rubric
        self._removed = 0
        self._unquoted: list[Unquoted] = []

    def findings(self, judgements: Sequence[Judgement]) -> Findings:
        contents = [judgement.model_dump() for judgement in judgements]
        first = contents[0]
        covered = self._covered(first["covered"])
        competencies = self._competencies([content["competencies"] for content in contents], covered)
        improved, dropped = self._improved(first["improved_answer"])
        is_single = len(judgements) == 1
        return Findings(
            summary=self._clean(judgements[0].summary),
            covered=covered,
            missed=[text for text in self._answer.covers if text not in {item.text for item in covered}],
            star=self._star(first["star"]),
            points=self._points(judgements[0].points),
            improved_answer=improved,
            improved_answer_dropped=dropped,
            competencies=competencies,
            uncertainty=_weighted_uncertainty(competencies, self._rubric),
            no_uncertainty_reason=NoUncertainty.ONE_GRADING if is_single and competencies else None,
            grading_count=len(judgements),
            unquoted=self._unquoted,
            removed_statements=self._removed,
            instruction_count=self._seen.instruction_count,
        )

    def _covered(self, quotes: dict[str, str | None]) -> list[Covered]:
        aspects = zip(aspect_keys(len(self._answer.covers)), self._answer.covers, strict=True)
        located = [(text, self._evidence(quotes[key], UnquotedKind.ASPECT, text)) for key, text in aspects]
        return [Covered(text=text, evidence=evidence) for text, evidence in located if evidence]

    def _star(self, quotes: dict[str, str | None]) -> list[StarPart]:
        key = self._answer.competency
        if key is None or not self._rubric.asks_for_star(key):
            return []
        return [
            StarPart(part=part, evidence=self._evidence(quotes[part], UnquotedKind.STAR_PART, part))
            for part in STAR_PARTS
        ]

    def _points(self, points: Sequence[JudgedPoint]) -> list[Point]:
        found = []
        for point in points:
            evidence = self._evidence(point.quote, UnquotedKind.POINT, point.kind)
            text = self._clean(point.text)
            if evidence and text:
                found.append(Point(kind=point.kind, text=text, evidence=evidence))
        return found

    def _competencies(
        self, judged: Sequence[dict[str, dict[str, Any] | None]], covered: Sequence[Covered]
    ) -> list[CompetencyScore]:
        found = []
        for key in judged[0]:
            gradings = [graded for content in judged if (graded := self._graded(key, content[key]))]
            if len(gradings) * 2 > len(judged):
                found.append(self._competency(key, gradings, covered))
        return found

    def _graded(self, key: str, item: dict[str, Any] | None) -> _Graded | None:
        if item is None:
            return None
        evidence = self._evidence(item["quote"], UnquotedKind.COMPETENCY, key)
        if evidence is None:
            return None
        return _Graded(item["score"], self._clean(item["comment"]) or "", evidence)

    def _competency(self, key: str, gradings: Sequence[_Graded], covered: Sequence[Covered]) -> CompetencyScore:
        scores = [graded.score for graded in gradings]
        middle = median(scores)
        shown = min(gradings, key=lambda graded: abs(graded.score - middle))
        adjustment = self._adjustment(key, covered)
        return CompetencyScore(
            key=key,
            score=min(max(middle + adjustment, 0), 100),
            uncertainty=(max(scores) - min(scores)) / 2 if len(scores) > 1 else None,
            adjustment=adjustment,
            grades=scores,
            comment=shown.comment,
            evidence=shown.evidence,
        )

    def _adjustment(self, key: str, covered: Sequence[Covered]) -> int:
        """Return what a follow-up adds for covering all of what it asks for, or takes away for covering nothing."""
        rule = self._rubric.follow_up
        if rule is None or not self._answer.is_follow_up or key != self._answer.competency or not self._answer.covers:
            return 0
        if len(covered) == len(self._answer.covers):
            return rule.bonus
        return 0 if covered else -rule.malus

    def _improved(self, text: str) -> tuple[str | None, Dropped | None]:
        clean = without_forbidden(readable(text))
        self._removed += clean.removed
        # Without one of its sentences it may say something else.
        return (None, Dropped.FORBIDDEN) if clean.removed else check_improved(clean.text, self._answer)

    def _evidence(self, quote: str | None, kind: UnquotedKind, name: str) -> Evidence | None:
        """Return the place of a quote; where the answer does not hold it, note what is dropped, without its words."""
        if not quote:
            return None
        place = self._seen.find(quote)
        if place is None:
            self._unquoted.append(Unquoted(kind=kind, name=name))
            return None
        start_ms, end_ms = spoken_at(place, self._answer.words)
        return Evidence(
            question_id=self._answer.question_id,
            quote=self._answer.text[place.start : place.end],
            start=place.start,
            end=place.end,
            start_ms=start_ms,
            end_ms=end_ms,
        )

    def _clean(self, text: str) -> str | None:
        """Return a text of the model as it may be read; what it says about the person is taken out and counted."""
        clean: Clean = without_forbidden(readable(text))
        self._removed += clean.removed
        return clean.text


def readable(text: str) -> str | None:
    """Return a text of a model on one line; None of one with broken characters or marks of its prompt."""
    line = " ".join(text.split())
    return line if line and not any(mark in line for mark in _BROKEN) else None


def _weighted_uncertainty(competencies: Sequence[CompetencyScore], rubric: Rubric) -> float | None:
    widths = {item.key: item.uncertainty for item in competencies if item.uncertainty is not None}
    return weighted_score(widths, rubric) if len(widths) == len(competencies) else None
