"""Reports over HTTP: partial, ready, failed, not scored, written again."""

from typing import Any
from uuid import UUID

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session, select

from interview_core.db.tables import (
    Answer,
    Evaluation,
    EvaluationStatus,
    Interview,
    Job,
    Report,
    ReportStatus,
)
from tests.api.conftest import Person, error_code
from tests.factories import answer_question, make_interview, make_resume

TEXT = "Redis 캐시로 p99 지연을 40 % 줄였습니다."


@pytest.fixture
def interview(client: TestClient, candidate: Person, session: Session) -> Interview:
    """A finished interview with one answer and its report row."""
    interview = make_interview(session, candidate.row, make_resume(session, candidate.row))
    answer_question(session, interview, TEXT)
    assert client.post(_path(interview, "finish"), headers=candidate.headers).status_code == 202
    session.expire_all()
    return interview


def _path(interview: Interview, action: str) -> str:
    return f"/api/v1/interviews/{interview.id}/{action}"


def read(client: TestClient, person: Person, interview: Interview) -> dict[str, Any]:
    response = client.get(_path(interview, "report"), headers=person.headers)
    assert response.status_code == 200, response.text
    body: dict[str, Any] = response.json()
    return body


def evaluate(session: Session, interview: Interview, **values: Any) -> Evaluation:
    answer = session.exec(select(Answer).where(Answer.interview_id == interview.id)).one()
    evaluation = Evaluation(answer_id=answer.id, **values)
    session.add(evaluation)
    session.commit()
    return evaluation


def test_a_report_needs_a_finished_interview(client: TestClient, candidate: Person, session: Session) -> None:
    interview = make_interview(session, candidate.row)
    for method, path in (("GET", "report"), ("POST", "report/retry")):
        response = client.request(method, _path(interview, path), headers=candidate.headers)
        assert (response.status_code, error_code(response)) == (409, "INTERVIEW_NOT_FINISHED")


def test_a_report_that_is_not_begun_shows_the_conversation_and_no_number(
    client: TestClient, candidate: Person, interview: Interview
) -> None:
    report = read(client, candidate, interview)
    assert (report["status"], report["percent"], report["overall_score"]) == ("pending", 0, None)
    assert report["turns"][0]["answer"]["text"] == TEXT
    assert report["answers"][0]["status"] == "pending"
    assert report["answers"][0]["score"] is None
    assert (report["competencies"], report["strengths"], report["summary"]) == ([], [], None)
    assert report["versions"] == {"rubric": None, "prompt": None, "model": None, "code": None}
    assert report["is_calibrated"] is False


def test_partial_results_appear_as_they_come(
    client: TestClient, candidate: Person, interview: Interview, session: Session
) -> None:
    question_id = str(session.exec(select(Answer)).one().question_id)
    quote = {"question_id": question_id, "quote": "p99 지연을 40 %", "start": 10, "end": 21}
    evaluate(
        session,
        interview,
        status=EvaluationStatus.DONE,
        score=72.5,
        content={
            "summary": "구체적인 수치가 있어요.",
            "covered": [{"text": "성과", "evidence": quote}],
            "missed": ["대안"],
            "points": [{"kind": "strength", "text": "수치로 말했어요.", "evidence": quote}],
            "improved_answer": None,
            "competencies": [{"key": "technical_depth", "score": 72.5, "comment": "", "evidence": quote}],
        },
        answered_by={"provider": "llama.cpp", "model": "tiny.gguf", "is_fallback": False, "took_ms": 900},
    )
    report_row = session.get_one(Report, interview.id)
    report_row.status, report_row.percent = ReportStatus.RUNNING, 50
    competency = {"key": "technical_depth", "title": "기술 깊이", "weight": 0.3, "score": 72.5}
    report_row.content = {"competencies": [competency]}
    session.commit()
    report = read(client, candidate, interview)
    assert (report["status"], report["percent"]) == ("running", 50)
    review = report["answers"][0]
    assert (review["status"], review["score"], review["covered"][0]["text"]) == ("done", 72.5, "성과")
    assert review["points"][0]["evidence"] == quote | {"start_ms": None, "end_ms": None}
    assert review["evaluated_by"]["model"] == "tiny.gguf"
    assert review["evaluated_by"]["fallback_reason"] is None
    assert report["competencies"][0]["evidence"] == []
    assert report["summary"] is None


@pytest.mark.parametrize("reason", ["no_model", "no_consent", "no_answers", "not_enough_evidence", "evaluation_failed"])
def test_a_report_without_a_number_says_why(
    client: TestClient, candidate: Person, interview: Interview, session: Session, reason: str
) -> None:
    evaluate(session, interview, status=EvaluationStatus.NOT_SCORED, not_scored_reason=reason)
    row = session.get_one(Report, interview.id)
    row.status, row.percent, row.not_scored_reason = ReportStatus.READY, 100, reason
    session.commit()
    report = read(client, candidate, interview)
    assert (report["overall_score"], report["not_scored_reason"]) == (None, reason)
    assert (report["answers"][0]["score"], report["answers"][0]["not_scored_reason"]) == (None, reason)


def test_a_skipped_answer_is_shown_as_not_scored(client: TestClient, candidate: Person, session: Session) -> None:
    interview = make_interview(session, candidate.row)
    question = client.get(f"/api/v1/interviews/{interview.id}", headers=candidate.headers).json()["turns"][0][
        "question"
    ]
    client.post(_path(interview, "skip"), json={"question_id": question["id"]}, headers=candidate.headers)
    client.post(_path(interview, "finish"), headers=candidate.headers)
    review = read(client, candidate, interview)["answers"][0]
    assert (review["status"], review["not_scored_reason"]) == ("not_scored", "no_answers")


@pytest.mark.parametrize(
    ("status", "reason", "is_allowed"),
    [
        (ReportStatus.FAILED, None, True),
        (ReportStatus.READY, "no_model", True),
        (ReportStatus.READY, "evaluation_failed", True),
        (ReportStatus.READY, "no_consent", False),
        (ReportStatus.READY, None, False),
        (ReportStatus.PENDING, None, False),
        (ReportStatus.RUNNING, None, False),
    ],
)
def test_only_what_failed_or_wanted_a_model_is_written_again(
    client: TestClient,
    candidate: Person,
    interview: Interview,
    session: Session,
    status: ReportStatus,
    reason: str | None,
    is_allowed: bool,
) -> None:
    row = session.get_one(Report, interview.id)
    row.status, row.not_scored_reason, row.percent = status, reason, 90
    session.commit()
    response = client.post(_path(interview, "report/retry"), headers=candidate.headers)
    if not is_allowed:
        assert (response.status_code, error_code(response)) == (409, "CONFLICT")
        return
    assert response.status_code == 202
    assert (response.json()["status"], response.json()["percent"]) == ("pending", 0)
    again = client.post(_path(interview, "report/retry"), headers=candidate.headers)
    assert again.status_code == 409
    assert len(session.exec(select(Job).where(Job.task == "report.write")).all()) == 2


def test_a_scored_report_with_an_answer_that_failed_can_be_completed(
    client: TestClient, candidate: Person, interview: Interview, session: Session
) -> None:
    answer_id = evaluate(
        session, interview, status=EvaluationStatus.FAILED, not_scored_reason="evaluation_failed"
    ).answer_id
    row = session.get_one(Report, interview.id)
    row.status, row.overall_score, row.percent = ReportStatus.READY, 70, 100
    session.commit()
    assert read(client, candidate, interview)["can_retry"] is True

    response = client.post(_path(interview, "report/retry"), headers=candidate.headers)

    assert (response.status_code, response.json()["can_retry"]) == (202, False)
    session.expire_all()
    assert session.get(Evaluation, answer_id) is None


def test_a_report_that_is_whole_cannot_be_written_again(
    client: TestClient, candidate: Person, interview: Interview, session: Session
) -> None:
    evaluate(session, interview, status=EvaluationStatus.NOT_SCORED, not_scored_reason="not_enough_evidence")
    row = session.get_one(Report, interview.id)
    row.status, row.percent, row.not_scored_reason = ReportStatus.READY, 100, "not_enough_evidence"
    session.commit()

    assert read(client, candidate, interview)["can_retry"] is False
    assert client.post(_path(interview, "report/retry"), headers=candidate.headers).status_code == 409


def test_writing_again_judges_only_what_was_not_judged(
    client: TestClient, candidate: Person, interview: Interview, session: Session
) -> None:
    answer_id = evaluate(session, interview, status=EvaluationStatus.NOT_SCORED, not_scored_reason="no_model").answer_id
    row = session.get_one(Report, interview.id)
    row.status, row.not_scored_reason = ReportStatus.READY, "no_model"
    session.commit()
    client.post(_path(interview, "report/retry"), headers=candidate.headers)
    session.expire_all()
    jobs = session.exec(select(Job).where(Job.task == "answer.evaluate").order_by(Job.created_at)).all()  # type: ignore[arg-type]
    assert [UUID(job.payload["answer_id"]) for job in jobs][1:] == [answer_id]
    assert session.exec(select(Evaluation)).all() == []
