"""Tells from a report how it came about: nothing is asked, looked up or judged anew."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from interview_api.explanations import schemas
from interview_api.explanations.wording import Wording, figure, wording
from interview_api.reports.schemas import (
    AnswerReview,
    CompetencyResult,
    EvaluationStatus,
    Report,
    Unquoted,
    UnquotedKind,
)
from interview_core.db.tables import Language


def explain(report: Report, language: Language) -> schemas.Explanation:
    """Return how the scores of a report came about, as far as it is written."""
    return _Explaining(report, language, wording(language)).explanation()


@dataclass(frozen=True)
class _Explaining:
    report: Report
    language: Language
    words: Wording

    def explanation(self) -> schemas.Explanation:
        judges = self.judges()
        total = self.total()
        points = [self.points(review) for review in self.report.answers if review.status is EvaluationStatus.DONE]
        return schemas.Explanation(
            interview_id=self.report.interview_id,
            language=self.language,
            sentences=[*self.sentences(total, judges), *self.left_out(points)],
            total=total,
            competencies=[self.competency(item) for item in self.report.competencies],
            points=points,
            not_assessed=list(self.not_assessed()),
            judges=judges,
            versions=self.report.versions,
            is_calibrated=self.report.is_calibrated,
            not_looked_at=self.words.things,
        )

    @cached_property
    def positions(self) -> Mapping[UUID, int]:
        return {turn.question.id: turn.question.position for turn in self.report.turns}

    @cached_property
    def scored(self) -> Sequence[CompetencyResult]:
        return [item for item in self.report.competencies if item.score is not None]

    @cached_property
    def total_weight(self) -> float:
        return sum(item.weight for item in self.scored)

    def total(self) -> schemas.ExplainedTotal | None:
        if self.report.overall_score is None or not self.scored:
            return None
        parts = " + ".join(f"{figure(item.score)} × {figure(item.weight)}" for item in self.scored)
        formula = f"({parts}) ÷ {figure(self.total_weight)} = {figure(self.report.overall_score)}"
        return schemas.ExplainedTotal(score=self.report.overall_score, formula=formula)

    def sentences(self, total: schemas.ExplainedTotal | None, judges: Sequence[schemas.Judge]) -> Iterator[str]:
        say, versions = self.words.say, self.report.versions
        if total is None:
            yield say("no_total", reason=self.words.reason(self.report.not_scored_reason))
        else:
            yield say("total", score=figure(total.score), formula=total.formula)
        if self.report.superseded_overall is not None:
            yield say("total_superseded")
        if versions.rubric:
            yield say("rubric", rubric=versions.rubric)
        yield say("judges", judges="; ".join(map(self.judge_text, judges))) if judges else say("no_judge")
        if versions.code:
            yield say("code", code=versions.code)
        if judges:
            yield say("calibrated" if self.report.is_calibrated else "not_calibrated")
        yield say("not_looked_at_lead", things=", ".join(self.words.things))

    def left_out(self, points: Sequence[schemas.ExplainedPoints]) -> Iterator[str]:
        counts = {
            "points_counted": sum(len(item.counted) for item in points),
            "points_dropped": sum(len(item.dropped or []) for item in points),
            "removed": self.report.removed_statements,
            "instructions": self.report.instruction_count,
        }
        yield from (self.words.say(name, count=count) for name, count in counts.items() if count)

    def judge_text(self, judge: schemas.Judge) -> str:
        model = judge.model or judge.provider
        return self.words.say("judge", model=model, prompt=judge.prompt or "–", count=judge.answer_count)

    def judges(self) -> list[schemas.Judge]:
        found = Counter(
            (review.evaluated_by.provider, review.evaluated_by.model, review.evaluated_by.prompt_version)
            for review in self.report.answers
            if review.evaluated_by
        )
        return [
            schemas.Judge(provider=provider, model=model, prompt=prompt, answer_count=count)
            for (provider, model, prompt), count in found.items()
        ]

    def competency(self, item: CompetencyResult) -> schemas.ExplainedCompetency:
        answers = list(self.answers(item.key))
        dropped = self.dropped(item.key)
        share = item.weight / self.total_weight if item.score is not None else None
        # What a review withdrew is explained as it was, for whoever wants to see what was wrong with it.
        score = item.superseded.score if item.superseded else item.score
        explained = schemas.ExplainedCompetency(
            **item.model_dump(include={"key", "title", "score", "not_scored_reason", "superseded", "weight"}),
            share=None if share is None else round(share * 100, 1),
            points=None if share is None or item.score is None else round(item.score * share, 1),
            bands=bands_reached(item, score),
            answers=answers,
            dropped=dropped,
            sentences=[],
        )
        return explained.model_copy(update={"sentences": list(self.competency_sentences(explained, score))})

    def answers(self, key: str) -> Iterator[schemas.ExplainedAnswer]:
        for review in self.report.answers:
            for given in review.competencies:
                if given.key == key:
                    yield schemas.ExplainedAnswer(
                        question_id=review.question_id,
                        position=self.positions[review.question_id],
                        score=given.score,
                        adjustment=given.adjustment,
                        grades=given.grades,
                        grading_count=review.grading_count,
                        spread=None if given.uncertainty is None else given.uncertainty * 2,
                        quote_count=1,
                    )

    def dropped(self, key: str) -> list[Unquoted] | None:
        lists = [review.unquoted for review in self.report.answers if review.status is EvaluationStatus.DONE]
        if any(found is None for found in lists):
            return None
        return [
            item for found in lists for item in found or [] if item.kind is UnquotedKind.COMPETENCY and item.name == key
        ]

    def points(self, review: AnswerReview) -> schemas.ExplainedPoints:
        dropped = review.unquoted
        return schemas.ExplainedPoints(
            question_id=review.question_id,
            position=self.positions[review.question_id],
            counted=[point.text for point in review.points],
            dropped=None if dropped is None else [item for item in dropped if item.kind is not UnquotedKind.COMPETENCY],
        )

    def competency_sentences(self, item: schemas.ExplainedCompetency, score: float | None) -> Iterator[str]:
        say = self.words.say
        if item.superseded:
            yield say("superseded", score=figure(item.superseded.score))
        elif score is None:
            yield say("not_scored", reason=self.words.reason(item.not_scored_reason))
        if score is not None:
            yield self.band_sentence(item, score)
            yield from self.answer_sentences(item.answers)
            if quotes := sum(answer.quote_count for answer in item.answers):
                yield say("quotes", count=quotes)
        if item.dropped:
            yield say("dropped", count=len(item.dropped))
        if item.dropped is None and score is not None:
            yield say("dropped_unknown")
        if item.share is not None:
            yield say("share", weight=figure(item.weight), share=figure(item.share), points=figure(item.points))

    def band_sentence(self, item: schemas.ExplainedCompetency, score: float) -> str:
        reached = next((band for band in item.bands if band.is_reached), None)
        if reached is None:
            return self.words.say("no_band")
        return self.words.say("band", score=figure(score), low=reached.low, high=reached.high, text=reached.text)

    def answer_sentences(self, answers: Sequence[schemas.ExplainedAnswer]) -> Iterator[str]:
        say = self.words.say
        if len(answers) == 1:
            yield say("one_answer", position=answers[0].position)
        elif answers:
            scores = [say("answer_score", position=one.position, score=figure(one.score)) for one in answers]
            yield say("answers", count=len(answers), scores=", ".join(scores))
        for answer in answers:
            yield self.grading_sentence(answer)
            if answer.adjustment:
                name = "bonus" if answer.adjustment > 0 else "malus"
                yield say(name, position=answer.position, points=abs(answer.adjustment))

    def grading_sentence(self, answer: schemas.ExplainedAnswer) -> str:
        if answer.spread is None:
            return self.words.say("graded_once", position=answer.position)
        facts = {"position": answer.position, "count": len(answer.grades) or answer.grading_count}
        if not answer.grades:
            return self.words.say("graded_without_grades", **facts)
        return self.words.say(
            "graded", **facts, grades=", ".join(map(str, answer.grades)), spread=figure(answer.spread)
        )

    def not_assessed(self) -> Iterator[schemas.NotAssessed]:
        for item in self.report.competencies:
            if item.score is None:
                reason = self.words.reason(item.not_scored_reason)
                yield schemas.NotAssessed(
                    competency=item.key,
                    sentence=self.words.say("unassessed_competency", title=item.title, reason=reason),
                )
        for review in self.report.answers:
            if review.score is None and review.not_scored_reason is not None:
                reason = self.words.problem(review.transcript_problem) or self.words.reason(review.not_scored_reason)
                position = self.positions[review.question_id]
                yield schemas.NotAssessed(
                    question_id=review.question_id,
                    sentence=self.words.say("unassessed_answer", position=position, reason=reason),
                )


def bands_reached(item: CompetencyResult, score: float | None) -> list[schemas.ExplainedBand]:
    """Mark the band that a score reaches: the highest whose lower edge it is not below."""
    edges = [band.low for band in item.bands if score is not None and score >= band.low]
    reached = max(edges, default=None)
    return [schemas.ExplainedBand(**band.model_dump(), is_reached=band.low == reached) for band in item.bands]
