"""Interviews as their candidate sees them."""

from uuid import UUID

from sqlmodel import Session, col, select

from interview_api.interviews import schemas
from interview_api.interviews.progress import view_clock, view_topics, view_turn_taking
from interview_core.contract.tasks import NEXT_QUESTION
from interview_core.db import tables
from interview_core.db.interviews import current_consents, database_time, list_turns, load_state
from interview_core.db.questions import plan_of, question_view
from interview_core.errors import NotFound
from interview_core.interview import MAX_MOMENTS
from interview_core.interview_state import InterviewState
from interview_core.scenario import Scenario, get_scenario, load_scenarios


def view_interview(row: tables.Interview, report_status: tables.ReportStatus | None) -> schemas.Interview:
    return schemas.Interview.model_validate(_fields(row, report_status))


def view_detail(session: Session, row: tables.Interview) -> schemas.InterviewDetail:
    """Return the whole interview, with turns, clock, consents and the question that is being written."""
    report = session.get(tables.Report, row.id)
    state = load_state(session, row.id)
    granted = current_consents(session, row.id)
    plan = plan_of(row)
    return schemas.InterviewDetail.model_validate(
        {
            **_fields(row, report.status if report else None),
            "consents": schemas.Consents(**{purpose.value: is_granted for purpose, is_granted in granted.items()}),
            "finish_reason": state.finish_reason,
            "clock": view_clock(state, database_time(session)),
            "topics": view_topics(plan, state),
            "turn_taking": view_turn_taking(plan, state, row),
            "turns": _turns(session, row.id, state),
            "pending_question": _pending_question(session, row.id, state),
        }
    )


def view_turns(session: Session, interview_id: UUID) -> list[schemas.Turn]:
    return _turns(session, interview_id, load_state(session, interview_id))


def _turns(session: Session, interview_id: UUID, state: InterviewState) -> list[schemas.Turn]:
    return [_turn(question, answer, state) for question, answer in list_turns(session, interview_id)]


def _turn(question: tables.Question, answer: tables.Answer | None, state: InterviewState) -> schemas.Turn:
    known = state.turns[question.position - 1] if question.position <= len(state.turns) else None
    hints, moments = (known.hints, known.moments) if known else (0, 0)
    return schemas.Turn(
        question=schemas.Question.model_validate(question_view(question)),
        answer=schemas.Answer.model_validate(answer) if answer else None,
        hints=question.covers[:hints],
        moments_left=MAX_MOMENTS - moments,
    )


def view_scenarios(language: tables.Language) -> list[schemas.Scenario]:
    return [_view_scenario(scenario, language.value) for scenario in load_scenarios().values()]


def _view_scenario(scenario: Scenario, language: str) -> schemas.Scenario:
    counts = [place.content.stage for place in scenario.slots]
    stages = [
        schemas.ScenarioStage(
            key=key, title=stage.title.get(language), competency=stage.competency, question_count=counts.count(key)
        )
        for key, stage in scenario.stages.items()
    ]
    return schemas.Scenario(
        id=scenario.id,
        version=scenario.version,
        title=scenario.title.get(language),
        description=scenario.description.get(language),
        stages=stages,
        question_count=len(scenario.slots),
        estimated_minutes=scenario.estimated_minutes,
    )


def _fields(row: tables.Interview, report_status: tables.ReportStatus | None) -> dict[str, object]:
    return {
        **row.model_dump(),
        "scenario_title": scenario_title(row),
        "report_status": report_status.value if report_status else "none",
    }


def scenario_title(row: tables.Interview) -> str:
    try:
        return get_scenario(row.scenario_id).title.get(row.language.value)
    except NotFound:
        return row.scenario_id


def _pending_question(session: Session, interview_id: UUID, state: InterviewState) -> schemas.PendingQuestion | None:
    if state.requested_position is None:
        return None
    newest = (
        select(tables.Job.state)
        .where(tables.Job.subject_id == interview_id, tables.Job.task == NEXT_QUESTION.name)
        .order_by(col(tables.Job.created_at).desc())
        .limit(1)
    )
    is_dead = session.exec(newest).first() is tables.JobState.DEAD
    return schemas.PendingQuestion(position=state.requested_position, state="failed" if is_dead else "preparing")
