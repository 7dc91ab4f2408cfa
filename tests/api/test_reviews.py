"""A person looks at a report: what a candidate asks, what an operator may read and do, and what counts afterwards."""

import threading
from typing import Any
from uuid import UUID, uuid4

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from interview_api.interviews.live import InterviewSource
from interview_api.reviews.service import MAX_REQUESTS
from interview_core.db.tables import (
    Interview,
    LoginSession,
    Report,
    ReportPdf,
    ReportStatus,
    ReviewAccess,
    ReviewAnswer,
    ReviewOutcome,
    ReviewRequest,
    Role,
)
from interview_core.streams import Stream, stream_name
from interview_worker.cpu.printed_report import print_report
from tests.api.conftest import Person, error_code, resources_of, sign_in_as
from tests.factories import make_interview
from tests.report_factories import QUOTE, TALK, make_report

WISH = "두 번째 답변에서 대안을 말했는데 빠졌어요."
UPHELD = {"outcome": "upheld", "text": "다시 읽어 보았고, 점수가 답변과 맞아요."}
CORRECTED = {"outcome": "corrected", "text": "이 점수는 근거가 모자라요.", "withdraw": ["technical_depth"]}


@pytest.fixture
def interview(client: TestClient, candidate: Person, session: Session) -> Interview:
    interview = make_report(session, candidate.row, overall=(71.3, 4.0), is_full=True)
    session.refresh(interview)
    return interview


def ask(client: TestClient, person: Person, interview: Interview, text: str = WISH, **more: Any) -> Any:
    return client.post(
        f"/api/v1/interviews/{interview.id}/report/reviews", json={"text": text, **more}, headers=person.headers
    )


def withdraw(client: TestClient, person: Person, interview: Interview, review_id: str) -> Any:
    path = f"/api/v1/interviews/{interview.id}/report/reviews/{review_id}/withdraw"
    return client.post(path, headers=person.headers)


def open_case(client: TestClient, operator: Person, review_id: str) -> Any:
    return client.get(f"/api/v1/operations/reviews/{review_id}", headers=operator.headers)


def answer(client: TestClient, operator: Person, review_id: str, body: dict[str, Any]) -> Any:
    return client.post(f"/api/v1/operations/reviews/{review_id}/answer", json=body, headers=operator.headers)


def report_of(client: TestClient, person: Person, interview: Interview) -> dict[str, Any]:
    body: dict[str, Any] = client.get(f"/api/v1/interviews/{interview.id}/report", headers=person.headers).json()
    return body


@pytest.fixture
def review_id(client: TestClient, candidate: Person, interview: Interview) -> str:
    response = ask(client, candidate, interview, shares_transcript=True)
    assert response.status_code == 201, response.text
    return str(response.json()["id"])


def refused(response: Any) -> tuple[int, str]:
    return response.status_code, error_code(response)


def test_a_request_stands_in_the_report_with_its_state_and_time(
    client: TestClient, candidate: Person, interview: Interview, review_id: str
) -> None:
    review = report_of(client, candidate, interview)["reviews"][0]
    assert (review["id"], review["state"], review["text"]) == (review_id, "requested", WISH)
    assert (review["shares_transcript"], review["read_at"], review["answer"]) == (True, [], None)
    assert review["requested_at"]


def test_sending_it_twice_makes_one_request_and_other_words_are_refused(
    client: TestClient, candidate: Person, interview: Interview, review_id: str, session: Session
) -> None:
    assert ask(client, candidate, interview, f" {WISH} ", shares_transcript=True).json()["id"] == review_id
    assert refused(ask(client, candidate, interview, "다른 말")) == (409, "REVIEW_OPEN")
    assert len(session.exec(select(ReviewRequest)).all()) == 1


def test_of_many_that_come_at_once_one_is_stored(
    client: TestClient, candidate: Person, interview: Interview, session: Session
) -> None:
    ids: list[str] = []
    threads = [
        threading.Thread(target=lambda: ids.append(ask(client, candidate, interview).json()["id"])) for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(ids), len(set(ids)), len(session.exec(select(ReviewRequest)).all())) == (6, 1, 1)


@pytest.mark.parametrize("text", ["", "   ", "가" * 2001, "nul \x00", 7, None])
def test_words_that_cannot_be_stored_are_refused(
    client: TestClient, candidate: Person, interview: Interview, text: Any, session: Session
) -> None:
    assert refused(ask(client, candidate, interview, text)) == (422, "VALIDATION_FAILED")
    assert session.exec(select(ReviewRequest)).all() == []


def test_only_a_report_that_is_written_can_be_reviewed(client: TestClient, candidate: Person, session: Session) -> None:
    assert refused(ask(client, candidate, make_interview(session, candidate.row))) == (409, "INTERVIEW_NOT_FINISHED")
    running = make_report(session, candidate.row, status=ReportStatus.RUNNING, overall=None)
    assert refused(ask(client, candidate, running)) == (409, "REPORT_NOT_READY")


def test_a_request_can_be_withdrawn_and_made_again_some_times(
    client: TestClient, candidate: Person, interview: Interview, review_id: str
) -> None:
    for _ in range(2):
        assert withdraw(client, candidate, interview, review_id).json()["state"] == "withdrawn"
    for number in range(MAX_REQUESTS - 1):
        again = ask(client, candidate, interview, f"{number}").json()
        withdraw(client, candidate, interview, again["id"])
    assert refused(ask(client, candidate, interview)) == (409, "REVIEW_LIMIT_REACHED")
    states = [
        (review["state"], review["withdrawn_at"] is None)
        for review in report_of(client, candidate, interview)["reviews"]
    ]
    assert states == [("withdrawn", False)] * MAX_REQUESTS


def test_a_report_under_review_is_not_written_again(
    client: TestClient, candidate: Person, review_id: str, interview: Interview, session: Session
) -> None:
    report = session.get_one(Report, interview.id)
    report.status = ReportStatus.FAILED
    session.commit()
    retry = f"/api/v1/interviews/{interview.id}/report/retry"
    assert refused(client.post(retry, headers=candidate.headers)) == (409, "REVIEW_OPEN")
    withdraw(client, candidate, interview, review_id)
    assert client.post(retry, headers=candidate.headers).status_code == 202


def test_operators_see_what_waits_and_nothing_that_was_withdrawn(
    client: TestClient, candidate: Person, operator: Person, interview: Interview, review_id: str
) -> None:
    path = "/api/v1/operations/reviews"
    body = client.get(path, headers=operator.headers).json()
    assert [(item["id"], item["state"], item["text"]) for item in body["items"]] == [(review_id, "requested", WISH)]
    withdraw(client, candidate, interview, review_id)
    assert client.get(path, headers=operator.headers).json() == {"items": [], "total": 0}
    assert refused(open_case(client, operator, review_id)) == (409, "REVIEW_NOT_OPEN")
    assert refused(open_case(client, operator, str(uuid4()))) == (404, "REVIEW_NOT_FOUND")


def test_an_operator_reads_what_the_request_allows_and_the_candidate_sees_when(
    client: TestClient, candidate: Person, operator: Person, interview: Interview, review_id: str, session: Session
) -> None:
    case = open_case(client, operator, review_id).json()
    assert [item["answer"] for item in case["report"]["answers"]] == [said.text or "" for said in TALK]
    assert case["report"]["competencies"][0]["evidence"][0]["quote"] == QUOTE
    assert case["explanation"]["total"]["score"] == case["report"]["overall_score"] == 71.3
    access = session.exec(select(ReviewAccess)).one()
    assert access.operator_id == operator.row.id
    assert len(report_of(client, candidate, interview)["reviews"][0]["read_at"]) == 1


def test_without_the_candidates_leave_no_answer_is_shown_in_full(
    client: TestClient, candidate: Person, operator: Person, interview: Interview
) -> None:
    review_id = ask(client, candidate, interview).json()["id"]
    response = open_case(client, operator, review_id)
    assert {item["answer"] for item in response.json()["report"]["answers"]} == {None}
    assert "가격이 바뀌면 이벤트로 키를 지웠고" not in response.text
    assert QUOTE in response.text


def test_no_name_of_the_candidate_reaches_an_operator(
    client: TestClient, operator: Person, candidate: Person, session: Session
) -> None:
    candidate.row.display_name = "김하늘"
    session.add(candidate.row)
    session.commit()
    said = [TALK[1].__class__("김하늘님은 어떤 일을 하셨나요?", f"저는 김하늘입니다. {TALK[1].text}")]
    interview = make_report(session, candidate.row, talk=tuple(said))
    review_id = ask(client, candidate, interview, shares_transcript=True).json()["id"]
    response = open_case(client, operator, review_id)
    assert "김하늘" not in response.text
    assert response.json()["report"]["answers"][0]["question"] == "○○님은 어떤 일을 하셨나요?"


def test_an_answer_reaches_the_candidate_and_ends_the_access(
    client: TestClient, candidate: Person, operator: Person, interview: Interview, review_id: str, session: Session
) -> None:
    open_case(client, operator, review_id)
    answered = answer(client, operator, review_id, UPHELD)
    assert answered.status_code == 200, answered.text
    assert (answered.json()["answered_by"], answered.json()["text"]) == (str(operator.row.id), None)
    report = report_of(client, candidate, interview)
    review = report["reviews"][0]
    assert (review["state"], review["answer"]["outcome"], review["answer"]["text"]) == (
        "answered",
        "upheld",
        UPHELD["text"],
    )
    assert (report["overall_score"], report["superseded_overall"]) == (71.3, None)
    row = session.exec(select(ReviewAnswer)).one()
    assert (row.operator_id, row.at is not None) == (operator.row.id, True)
    assert refused(open_case(client, operator, review_id)) == (409, "REVIEW_NOT_OPEN")
    assert refused(withdraw(client, candidate, interview, review_id)) == (409, "REVIEW_ANSWERED")
    events = resources_of(client).redis.xrange(stream_name(Stream.INTERVIEW, interview.id))
    assert any(fields[b"kind"] == b"review.answered" for _, fields in events)


def test_a_score_that_a_person_withdrew_counts_nowhere_and_stays_visible_as_superseded(
    client: TestClient, candidate: Person, operator: Person, interview: Interview, review_id: str, session: Session
) -> None:
    open_case(client, operator, review_id)
    assert answer(client, operator, review_id, CORRECTED).status_code == 200
    report = report_of(client, candidate, interview)
    depth = next(item for item in report["competencies"] if item["key"] == "technical_depth")
    assert (depth["score"], depth["not_scored_reason"]) == (None, "withdrawn_after_review")
    assert (depth["superseded"]["score"], depth["superseded"]["uncertainty"]) == (78, 3)
    assert (report["overall_score"], report["uncertainty"]) == ((66 * 20 + 70 * 20) / 40, 4.5)
    assert report["superseded_overall"] == 71.3
    judged = next(item for item in report["answers"] if item["score"] is not None)
    assert (judged["score"], [item["is_withdrawn"] for item in judged["competencies"]]) == (66, [True, False])
    assert report["reviews"][0]["answer"]["withdrawn_scores"] == [
        {"key": "technical_depth", "title": "기술 깊이", "score": 78, "uncertainty": 3}
    ]
    session.expire_all()
    assert session.get_one(Report, interview.id).overall_score == 71.3
    progress = client.get("/api/v1/progress", headers=candidate.headers).json()
    assert progress["series"][0]["points"][0]["overall"] == {"score": 68, "uncertainty": 4.5}


def test_the_explanation_the_export_and_the_pdf_tell_what_a_review_changed(
    client: TestClient, candidate: Person, operator: Person, interview: Interview, review_id: str
) -> None:
    open_case(client, operator, review_id)
    answer(client, operator, review_id, CORRECTED)
    export = client.get(f"/api/v1/interviews/{interview.id}/report/export", headers=candidate.headers).json()
    assert export["report"]["reviews"][0]["answer"]["text"] == CORRECTED["text"]
    assert export["explanation"]["total"]["formula"] == "(66 × 20 + 70 × 20) ÷ 40 = 68"
    part = next(part for part in print_report(export)["parts"] if part["title"] == "사람의 검토")
    assert [item["text"] for item in part["items"]] == [WISH, CORRECTED["text"]]
    assert part["items"][1]["note"] == "거둔 점수: 기술 깊이, 모델이 준 78점"
    depth = export["explanation"]["competencies"][0]
    assert depth["sentences"][0].startswith("모델은 78점을 주었어요.")
    assert (depth["superseded"]["score"], depth["share"], depth["points"]) == (78, None, None)


def test_when_every_score_is_withdrawn_there_is_no_total(
    client: TestClient, candidate: Person, operator: Person, interview: Interview, review_id: str
) -> None:
    open_case(client, operator, review_id)
    keys = ["technical_depth", "problem_solving", "execution"]
    answer(client, operator, review_id, {**CORRECTED, "withdraw": keys})
    report = report_of(client, candidate, interview)
    assert (report["overall_score"], report["not_scored_reason"]) == (None, "withdrawn_after_review")
    progress = client.get("/api/v1/progress", headers=candidate.headers).json()
    assert (progress["series"], progress["unscored_count"]) == ([], 1)


@pytest.mark.parametrize(
    "body",
    [
        {**UPHELD, "withdraw": ["technical_depth"]},
        {**CORRECTED, "withdraw": ["technical_depth", "technical_depth"]},
        {**CORRECTED, "withdraw": ["collaboration"]},
        {**CORRECTED, "withdraw": ["height"]},
        {**CORRECTED, "score": 90},
        {**CORRECTED, "withdraw": [{"key": "technical_depth", "score": 90}]},
        {**UPHELD, "text": " "},
        {**UPHELD, "outcome": "hired"},
    ],
)
def test_an_answer_that_puts_in_a_number_or_withdraws_none_is_refused(
    client: TestClient, operator: Person, review_id: str, body: dict[str, Any], session: Session
) -> None:
    open_case(client, operator, review_id)
    assert refused(answer(client, operator, review_id, body)) == (422, "VALIDATION_FAILED")
    assert session.exec(select(ReviewAnswer)).all() == []


def test_nobody_answers_what_they_have_not_read(
    client: TestClient, operator: Person, review_id: str, session: Session
) -> None:
    other = sign_in_as(client, role=Role.OPERATOR)
    open_case(client, other, review_id)
    assert refused(answer(client, operator, review_id, UPHELD)) == (409, "REVIEW_NOT_READ")
    assert session.exec(select(ReviewAnswer)).all() == []


def test_of_two_operators_one_answers(client: TestClient, operator: Person, review_id: str) -> None:
    other = sign_in_as(client, role=Role.OPERATOR)
    open_case(client, operator, review_id)
    open_case(client, other, review_id)
    assert answer(client, operator, review_id, UPHELD).status_code == 200
    assert answer(client, operator, review_id, UPHELD).status_code == 200
    assert refused(answer(client, other, review_id, CORRECTED)) == (409, "REVIEW_NOT_OPEN")
    assert refused(answer(client, operator, review_id, CORRECTED)) == (409, "REVIEW_NOT_OPEN")


def test_nobody_reviews_their_own_report(client: TestClient, operator: Person, session: Session) -> None:
    interview = make_report(session, operator.row)
    review_id = ask(client, operator, interview).json()["id"]
    assert client.get("/api/v1/operations/reviews", headers=operator.headers).json()["total"] == 0
    assert refused(open_case(client, operator, review_id)) == (403, "NOT_ALLOWED")
    assert refused(answer(client, operator, review_id, UPHELD)) == (403, "NOT_ALLOWED")


def test_what_a_review_changes_makes_a_pdf_void(
    client: TestClient, candidate: Person, operator: Person, interview: Interview, session: Session
) -> None:
    path = f"/api/v1/interviews/{interview.id}/report/pdf"
    client.post(path, headers=candidate.headers)
    review_id = ask(client, candidate, interview).json()["id"]
    assert client.get(path, headers=candidate.headers).json()["state"] == "none"
    client.post(path, headers=candidate.headers)
    open_case(client, operator, review_id)
    answer(client, operator, review_id, CORRECTED)
    assert session.exec(select(ReportPdf)).all() == []


def test_with_the_interview_its_reviews_go_too(
    client: TestClient, candidate: Person, operator: Person, interview: Interview, review_id: str, session: Session
) -> None:
    open_case(client, operator, review_id)
    answer(client, operator, review_id, CORRECTED)
    assert client.delete(f"/api/v1/interviews/{interview.id}", headers=candidate.headers).status_code == 204
    for table in (ReviewRequest, ReviewAccess, ReviewAnswer):
        assert session.exec(select(table)).all() == []


def test_without_consent_to_scoring_no_score_is_kept_in_a_review_either(
    client: TestClient, candidate: Person, operator: Person, interview: Interview, review_id: str, session: Session
) -> None:
    open_case(client, operator, review_id)
    answer(client, operator, review_id, CORRECTED)
    waiting = ask(client, candidate, interview, "다시 봐 주세요").json()["id"]
    path = f"/api/v1/interviews/{interview.id}/consents"
    client.put(path, json={"scoring": True}, headers=candidate.headers)
    assert client.put(path, json={"scoring": False}, headers=candidate.headers).status_code == 200
    assert session.exec(select(ReviewAnswer)).one().withdrawn_scores == []
    states = {str(row.id): row.state.value for row in session.exec(select(ReviewRequest)).all()}
    assert states == {review_id: "answered", waiting: "withdrawn"}


def test_who_follows_the_interview_hears_of_an_answer_even_when_its_event_is_lost(
    client: TestClient, candidate: Person, operator: Person, interview: Interview, review_id: str, session: Session
) -> None:
    login = session.exec(select(LoginSession.id).where(LoginSession.user_id == candidate.row.id)).one()
    source = InterviewSource(resources_of(client).sessions, candidate.row.id, login, interview.id)
    before = source.version()
    open_case(client, operator, review_id)
    answer(client, operator, review_id, UPHELD)
    assert source.version() != before


@pytest.mark.parametrize("operator_id", [None, uuid4()])
def test_no_act_of_an_operator_is_stored_without_who_it_was(
    review_id: str, session: Session, operator_id: UUID | None
) -> None:
    for row in (
        ReviewAccess(review_id=UUID(review_id), operator_id=operator_id),
        ReviewAnswer(review_id=UUID(review_id), operator_id=operator_id, outcome=ReviewOutcome.UPHELD, text="x"),
    ):
        session.add(row)
        with pytest.raises(IntegrityError):
            session.commit()
        session.rollback()


def test_the_database_holds_one_open_request_for_a_report(
    review_id: str, session: Session, candidate: Person, interview: Interview
) -> None:
    assert session.exec(select(ReviewRequest).where(col(ReviewRequest.id) == UUID(review_id))).one()
    session.add(ReviewRequest(user_id=candidate.row.id, interview_id=interview.id, text="x", shares_transcript=False))
    with pytest.raises(IntegrityError):
        session.commit()
