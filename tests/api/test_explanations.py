"""How a report came about: each figure of the explanation is the report's own, or follows from it."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session, select

from interview_api.explanations.explaining import bands_reached
from interview_api.reports.schemas import Band, CompetencyResult
from interview_core.db.tables import Evaluation, Interview, Language, Report
from tests.api.conftest import Person, error_code
from tests.factories import make_interview
from tests.report_factories import make_report


def explain(client: TestClient, person: Person, interview: Interview, language: str = "ko") -> dict[str, Any]:
    path = f"/api/v1/interviews/{interview.id}/report/explanation"
    response = client.get(path, params={"language": language}, headers=person.headers)
    assert response.status_code == 200, response.text
    body: dict[str, Any] = response.json()
    return body


def competency(body: dict[str, Any], key: str) -> dict[str, Any]:
    found: dict[str, Any] = next(item for item in body["competencies"] if item["key"] == key)
    return found


@pytest.fixture
def interview(client: TestClient, candidate: Person, session: Session) -> Interview:
    interview = make_report(session, candidate.row, overall=(71.3, 4.0), is_full=True)
    session.refresh(interview)
    return interview


def test_the_total_is_explained_by_the_sum_that_makes_it(
    client: TestClient, candidate: Person, interview: Interview
) -> None:
    body = explain(client, candidate, interview)
    assert body["total"] == {"score": 71.3, "formula": "(78 × 20 + 66 × 20 + 70 × 20) ÷ 60 = 71.3"}
    scored = [item for item in body["competencies"] if item["score"] is not None]
    assert sum(item["share"] for item in scored) == pytest.approx(100, abs=0.2)
    assert sum(item["points"] for item in scored) == pytest.approx(71.3, abs=0.2)
    assert any(body["total"]["formula"] in sentence for sentence in body["sentences"])


def test_a_score_is_explained_by_its_band_its_gradings_and_their_spread(
    client: TestClient, candidate: Person, interview: Interview
) -> None:
    item = competency(explain(client, candidate, interview), "technical_depth")
    assert [band["low"] for band in item["bands"] if band["is_reached"]] == [60]
    answer = item["answers"][0]
    assert (answer["position"], answer["grades"], answer["spread"], answer["adjustment"]) == (2, [70, 73, 76], 6, 5)
    told = " ".join(item["sentences"])
    for words in ("60–79", "자기 경험으로 설명한다", "70, 73, 76", "6점 차이", "5점을 더했어요", "33.3%"):
        assert words in told


@pytest.mark.parametrize(("score", "low"), [(0, 0), (39.9, 0), (40, 40), (59.5, 40), (60, 60), (79.9, 60), (100, 80)])
def test_a_score_reaches_the_highest_band_whose_lower_edge_it_is_not_below(score: float, low: int) -> None:
    bands = [Band(low=edge, high=edge + 19, text="-") for edge in (0, 40, 60, 80)]
    item = CompetencyResult(key="execution", title="-", weight=20, score=score, bands=bands)
    assert [band.low for band in bands_reached(item, score) if band.is_reached] == [low]


def test_what_was_dropped_for_want_of_a_quote_is_counted_and_named(
    client: TestClient, candidate: Person, interview: Interview
) -> None:
    body = explain(client, candidate, interview, "en")
    assert competency(body, "execution")["dropped"] == [{"kind": "competency", "name": "execution"}]
    assert competency(body, "technical_depth")["dropped"] == []
    points = body["points"][0]
    assert (points["counted"], points["dropped"]) == (
        ["결과를 수치로 말했어요."],
        [{"kind": "point", "name": "improvement"}],
    )
    assert "Remarks that were dropped because the answer does not hold their quote: 1." in " ".join(body["sentences"])


def test_what_has_no_score_says_why(client: TestClient, candidate: Person, interview: Interview) -> None:
    body = explain(client, candidate, interview)
    unassessed = {item["competency"] or item["question_id"]: item["sentence"] for item in body["not_assessed"]}
    assert unassessed["collaboration"] == "협업: 답변에서 근거가 되는 말을 찾지 못했어요."
    assert len(unassessed) == 3
    assert "점수가 없어요" in " ".join(competency(body, "collaboration")["sentences"])
    assert competency(body, "collaboration")["share"] is None


@pytest.mark.parametrize(
    ("language", "unseen", "uncalibrated"),
    [("ko", "얼굴과 표정", "아직 맞춰 보지 않았어요"), ("en", "face and expression", "have not been compared")],
)
def test_it_says_who_judged_whether_that_was_checked_and_what_was_not_looked_at(
    client: TestClient, candidate: Person, interview: Interview, language: str, unseen: str, uncalibrated: str
) -> None:
    body = explain(client, candidate, interview, language)
    told = " ".join(body["sentences"])
    for words in ("standard-1", "exaone.gguf", "evaluate_answer.ko@2", "0.1.0", unseen, uncalibrated):
        assert words in told
    assert body["judges"] == [
        {"provider": "llama.cpp", "model": "exaone.gguf", "prompt": "evaluate_answer.ko@2", "answer_count": 1}
    ]
    assert not any("{" in sentence for sentence in [*body["sentences"], *competency(body, "execution")["sentences"]])


def test_a_report_from_before_says_what_was_not_stored_then(
    client: TestClient, candidate: Person, interview: Interview, session: Session
) -> None:
    report, row = session.get_one(Report, interview.id), session.exec(select(Evaluation)).all()
    report.content = {
        **report.content,
        "competencies": [{**item, "bands": []} for item in report.content["competencies"]],
    }
    for evaluation in row:
        evaluation.content = {**evaluation.content, "unquoted": None, "competencies": []}
    session.add_all([report, *row])
    session.commit()
    item = competency(explain(client, candidate, interview), "technical_depth")
    assert (item["bands"], item["answers"], item["dropped"]) == ([], [], None)
    assert "함께 저장되어 있지 않아요" in item["sentences"][0]


@pytest.mark.parametrize("reason", ["no_model", "no_consent", "no_answers", "limit_reached", "evaluation_failed"])
def test_without_any_score_it_says_why_there_is_none(
    client: TestClient, candidate: Person, session: Session, reason: str
) -> None:
    interview = make_report(session, candidate.row, scores={"execution": None}, overall=None, reason=reason)
    body = explain(client, candidate, interview)
    assert (body["total"], body["judges"]) == (None, [])
    assert body["sentences"][0].startswith("총점이 없어요. 이유: ")


def test_an_explanation_is_in_ones_own_language_unless_another_is_asked_for(
    client: TestClient, candidate: Person, interview: Interview, session: Session
) -> None:
    candidate.row.language = Language.ENGLISH
    session.add(candidate.row)
    session.commit()
    path = f"/api/v1/interviews/{interview.id}/report/explanation"
    assert client.get(path, headers=candidate.headers).json()["language"] == "en"
    refused = client.get(path, params={"language": "fr"}, headers=candidate.headers)
    assert (refused.status_code, error_code(refused)) == (422, "VALIDATION_FAILED")


def test_an_interview_that_goes_on_has_none(client: TestClient, candidate: Person, session: Session) -> None:
    interview = make_interview(session, candidate.row)
    response = client.get(f"/api/v1/interviews/{interview.id}/report/explanation", headers=candidate.headers)
    assert (response.status_code, error_code(response)) == (409, "INTERVIEW_NOT_FINISHED")
