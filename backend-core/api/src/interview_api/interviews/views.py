"""Interviews as their candidate sees them."""

from uuid import UUID

from sqlmodel import Session, col, select

from interview_api.interviews import schemas
from interview_core.contract.tasks import NEXT_QUESTION
from interview_core.db import tables
from interview_core.db.interviews import current_consents, list_turns, load_state
from interview_core.errors import NotFound
from interview_core.interview import InterviewState
from interview_core.scenario import Scenario, get_scenario, load_scenarios


def view_interview(row: tables.Interview, report_status: tables.ReportStatus | None) -> schemas.Interview:
    return schemas.Interview.model_validate(_fields(row, report_status))


def view_detail(session: Session, row: tables.Interview) -> schemas.InterviewDetail:
    """Return the whole interview, with turns, consents and the question that is being written."""
    report = session.get(tables.Report, row.id)
    state = load_state(session, row.id)
    granted = current_consents(session, row.id)
    return schemas.InterviewDetail.model_validate(
        {
            **_fields(row, report.status if report else None),
            "consents": schemas.Consents(**{purpose.value: is_granted for purpose, is_granted in granted.items()}),
            "turns": view_turns(session, row.id),
            "pending_question": _pending_question(session, row.id, state),
        }
    )


def view_turns(session: Session, interview_id: UUID) -> list[schemas.Turn]:
    return [
        schemas.Turn(
            question=schemas.Question.model_validate(question),
            answer=schemas.Answer.model_validate(answer) if answer else None,
        )
        for question, answer in list_turns(session, interview_id)
    ]


def view_scenarios(language: tables.Language) -> list[schemas.Scenario]:
    return [_view_scenario(scenario, language.value) for scenario in load_scenarios().values()]


def _view_scenario(scenario: Scenario, language: str) -> schemas.Scenario:
    stages = {
        slot.stage: schemas.ScenarioStage(key=slot.stage, title=slot.title.get(language), competency=slot.competency)
        for slot in reversed(scenario.slots)
    }
    return schemas.Scenario(
        id=scenario.id,
        version=scenario.version,
        title=scenario.title.get(language),
        description=scenario.description.get(language),
        stages=list(reversed(stages.values())),
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
