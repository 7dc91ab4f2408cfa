"""What changed between interviews; numbers only where the same judge gave them."""

import math
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session, col, select

from interview_api.interviews.service import get_interview
from interview_api.interviews.views import scenario_title
from interview_api.progress import schemas
from interview_api.progress.likeness import Pair, pair_questions
from interview_api.progress.schemas import Change, ObstacleCode, Score
from interview_api.reports.schemas import AnswerReview, EvaluationStatus, Report
from interview_api.reports.service import read_report
from interview_core.db import tables
from interview_core.db.reviews import stand_all
from interview_core.errors import Conflict, InvalidInput


def compare(session: Session, user_id: UUID, a: UUID, b: UUID) -> schemas.Comparison:
    """Return what is different in the second interview.

    Raises:
        NotFound: one of the interviews.
        InvalidInput: SAME_INTERVIEW.
        Conflict: INTERVIEW_NOT_FINISHED, REPORT_NOT_READY.
    """
    first, second = _load(session, user_id, a), _load(session, user_id, b)
    if a == b:
        raise InvalidInput("Choose two different interviews to compare.", code="SAME_INTERVIEW")
    obstacles = find_obstacles(first.view, second.view)
    hides_numbers = bool(obstacles)
    overall = (None, None) if hides_numbers else (first.overall, second.overall)
    return schemas.Comparison(
        a=first.view,
        b=second.view,
        obstacles=obstacles,
        overall_a=overall[0],
        overall_b=overall[1],
        overall=difference(*overall),
        competencies=_compare_competencies(first, second, hides_numbers=hides_numbers),
        questions=_compare_questions(session, first, second),
    )


def read_progress(session: Session, user_id: UUID, *, limit: int) -> schemas.Progress:
    """Return the newest scored interviews in lines that may be drawn, and how many have no score."""
    rows = session.exec(
        select(tables.Interview, tables.Report)
        .join(tables.Report, col(tables.Report.interview_id) == col(tables.Interview.id))
        .where(tables.Interview.user_id == user_id, tables.Report.status == tables.ReportStatus.READY)
        .order_by(col(tables.Interview.created_at).desc(), col(tables.Interview.id))
        .limit(limit)
    ).all()
    standings = stand_all(session, [report for _, report in rows])
    series: dict[tuple[str | None, ...], schemas.ProgressSeries] = {}
    unscored = 0
    for interview, report in rows:
        standing = standings[interview.id]
        if standing.overall_score is None:
            unscored += 1
            continue
        judge = _judge(report.versions)
        line = series.setdefault(
            (judge.rubric, judge.prompt, judge.model), schemas.ProgressSeries(judge=judge, points=[])
        )
        line.points.insert(0, _point(interview, Score(score=standing.overall_score, uncertainty=standing.uncertainty)))
    return schemas.Progress(series=list(series.values()), unscored_count=unscored)


def find_obstacles(a: schemas.ComparedInterview, b: schemas.ComparedInterview) -> list[schemas.Obstacle]:
    """Return why the scores of two interviews must not be compared."""
    if not (a.is_scored and b.is_scored):
        return [schemas.Obstacle(code=ObstacleCode.NOT_SCORED, a=None, b=None)]
    parts = (
        (ObstacleCode.RUBRIC_DIFFERS, a.judge.rubric, b.judge.rubric),
        (ObstacleCode.PROMPT_DIFFERS, a.judge.prompt, b.judge.prompt),
        (ObstacleCode.MODEL_DIFFERS, a.judge.model, b.judge.model),
    )
    return [schemas.Obstacle(code=code, a=one, b=other) for code, one, other in parts if one != other]


def difference(a: Score | None, b: Score | None) -> schemas.Difference | None:
    """Return how much the second score differs, and whether that is more than the two uncertainties explain."""
    if a is None or b is None:
        return None
    points = round(b.score - a.score, 1)
    if a.uncertainty is None or b.uncertainty is None:
        return schemas.Difference(points=points, uncertainty=None, change=Change.UNCERTAINTY_UNKNOWN)
    uncertainty = round(math.hypot(a.uncertainty, b.uncertainty), 1)
    change = Change.WITHIN_UNCERTAINTY
    if abs(points) > uncertainty:
        change = Change.BETTER if points > 0 else Change.WORSE
    return schemas.Difference(points=points, uncertainty=uncertainty, change=change)


@dataclass(frozen=True)
class _Side:
    view: schemas.ComparedInterview
    report: Report

    @property
    def overall(self) -> Score | None:
        return _score(self.report.overall_score, self.report.uncertainty)


def _load(session: Session, user_id: UUID, interview_id: UUID) -> _Side:
    interview = get_interview(session, user_id, interview_id)
    report = read_report(session, user_id, interview_id)
    if report.status is not tables.ReportStatus.READY:
        raise Conflict("A report is not written yet; compare it then.", code="REPORT_NOT_READY")
    view = schemas.ComparedInterview(
        interview_id=interview.id,
        target_role=interview.target_role,
        company=interview.company,
        scenario_title=scenario_title(interview),
        finished_at=interview.finished_at,
        is_scored=report.overall_score is not None,
        judge=_judge(report.versions.model_dump()),
    )
    return _Side(view, report)


def _compare_competencies(first: _Side, second: _Side, *, hides_numbers: bool) -> list[schemas.ComparedCompetency]:
    before = {item.key: item for item in first.report.competencies}
    after = {item.key: item for item in second.report.competencies}
    compared = []
    for key in dict.fromkeys([*before, *after]):
        one, other = before.get(key), after.get(key)
        a, b = (_score(item.score, item.uncertainty) if item and not hides_numbers else None for item in (one, other))
        compared.append(
            schemas.ComparedCompetency(
                key=key,
                title=next(item.title for item in (other, one) if item),
                a=a,
                b=b,
                difference=difference(a, b),
                comment_a=one.comment if one else None,
                comment_b=other.comment if other else None,
            )
        )
    return compared


def _compare_questions(session: Session, first: _Side, second: _Side) -> list[schemas.QuestionPair]:
    asked = [_questions(session, side.view.interview_id) for side in (first, second)]
    before, after = ({review.question_id: review for review in side.report.answers} for side in (first, second))
    return [_view_pair(pair, before.get(pair.a.id), after.get(pair.b.id)) for pair in pair_questions(*asked)]


def _questions(session: Session, interview_id: UUID) -> list[tables.Question]:
    rows = session.exec(
        select(tables.Question)
        .where(tables.Question.interview_id == interview_id)
        .order_by(col(tables.Question.position))
    )
    return list(rows.all())


def _view_pair(pair: Pair, before: AnswerReview | None, after: AnswerReview | None) -> schemas.QuestionPair:
    covered_before, missed_before = _aspects(before)
    covered_after, missed_after = _aspects(after)
    return schemas.QuestionPair(
        a=_view_question(pair.a),
        b=_view_question(pair.b),
        is_same=pair.is_same,
        is_judged=all(review and review.status is EvaluationStatus.DONE for review in (before, after)),
        newly_covered=[text for text in covered_after if text in missed_before],
        no_longer_covered=[text for text in missed_after if text in covered_before],
        missed_in_both=[text for text in missed_after if text in missed_before],
    )


def _aspects(review: AnswerReview | None) -> tuple[list[str], list[str]]:
    return ([item.text for item in review.covered], review.missed) if review else ([], [])


def _view_question(question: tables.Question) -> schemas.ComparedQuestion:
    return schemas.ComparedQuestion(question_id=question.id, position=question.position, text=question.text)


def _point(interview: tables.Interview, overall: Score) -> schemas.ProgressPoint:
    return schemas.ProgressPoint(
        interview_id=interview.id,
        target_role=interview.target_role,
        company=interview.company,
        scenario_title=scenario_title(interview),
        finished_at=interview.finished_at,
        overall=overall,
    )


def _score(score: float | None, uncertainty: float | None) -> Score | None:
    return None if score is None else Score(score=score, uncertainty=uncertainty)


def _judge(versions: dict[str, str | None]) -> schemas.Judge:
    return schemas.Judge(**{part: versions.get(part) for part in ("rubric", "prompt", "model")})
