"""Two interviews beside each other, and all of them over time: numbers only where one judge gave them."""

from typing import Any
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session

from interview_api.progress.likeness import likeness, pair_questions
from interview_api.progress.schemas import Change, Score
from interview_api.progress.service import difference
from interview_core.db.tables import Interview, Question, ReportStatus
from tests.api.conftest import Person, error_code
from tests.factories import make_interview
from tests.report_factories import JUDGE, QUOTE, Said, make_report

BEFORE = (
    Said(
        "Redis 캐시와 DB가 어긋나는 순간은 어떻게 다루셨나요?",
        f"가격이 바뀌면 키를 지웠고, {QUOTE}.",
        covered=("무효화 방법", "측정한 결과"),
        missed=("고려한 대안", "장애 때의 동작"),
    ),
    Said("동료와 의견이 달랐던 때를 들려주시겠어요?", "두 주 동안 둘 다 해 보고 골랐습니다."),
)
AFTER = (
    Said("지원하신 까닭이 궁금해요.", "결제를 만들고 싶어서입니다."),
    Said(
        "Redis 캐시와 DB가 어긋나는 순간을 어떻게 다루셨는지 궁금해요.",
        f"만료와 이벤트 중에서 골랐고, {QUOTE}.",
        covered=("고려한 대안", "측정한 결과"),
        missed=("무효화 방법", "장애 때의 동작"),
    ),
)


def compare(client: TestClient, person: Person, a: Interview, b: Interview) -> Any:
    return client.get("/api/v1/reports/comparison", params={"a": str(a.id), "b": str(b.id)}, headers=person.headers)


def progress(client: TestClient, person: Person, **params: Any) -> dict[str, Any]:
    response = client.get("/api/v1/progress", params=params, headers=person.headers)
    assert response.status_code == 200, response.text
    body: dict[str, Any] = response.json()
    return body


def test_a_difference_counts_only_where_it_is_more_than_the_uncertainty(
    client: TestClient, candidate: Person, session: Session
) -> None:
    first = make_report(
        session,
        candidate.row,
        overall=(60.0, 3.0),
        scores={"technical_depth": (60.0, 3.0), "problem_solving": (70.0, 3.0), "execution": (70.0, 6.0)},
    )
    second = make_report(
        session,
        candidate.row,
        overall=(70.0, 4.0),
        scores={"technical_depth": (75.0, 4.0), "problem_solving": (60.0, 4.0), "execution": (75.0, 3.0)},
        days=3,
    )
    body = compare(client, candidate, first, second).json()
    assert body["obstacles"] == []
    assert body["overall"] == {"points": 10.0, "uncertainty": 5.0, "change": "better"}
    changes = {
        item["key"]: (item["difference"]["points"], item["difference"]["change"]) for item in body["competencies"]
    }
    assert changes == {
        "technical_depth": (15.0, "better"),
        "problem_solving": (-10.0, "worse"),
        "execution": (5.0, "within_uncertainty"),
    }


def test_what_was_not_assessed_or_graded_once_has_no_verdict(
    client: TestClient, candidate: Person, session: Session
) -> None:
    scores: dict[str, tuple[float, float | None] | None] = {"technical_depth": (60.0, None), "collaboration": None}
    first = make_report(session, candidate.row, scores=scores)
    second = make_report(session, candidate.row, scores={**scores, "technical_depth": (90.0, 3.0)}, days=1)
    depth, collaboration = compare(client, candidate, first, second).json()["competencies"]
    assert depth["difference"] == {"points": 30.0, "uncertainty": None, "change": "uncertainty_unknown"}
    assert (collaboration["a"], collaboration["b"], collaboration["difference"]) == (None, None, None)


@pytest.mark.parametrize("part", ["rubric", "prompt", "model"])
def test_scores_of_different_judges_are_not_shown_beside_each_other(
    client: TestClient, candidate: Person, session: Session, part: str
) -> None:
    first = make_report(session, candidate.row)
    second = make_report(session, candidate.row, versions={**JUDGE, part: "another"}, days=1)
    body = compare(client, candidate, first, second).json()
    assert body["obstacles"] == [{"code": f"{part}_differs", "a": JUDGE[part], "b": "another"}]
    assert [body["overall"], body["overall_a"], body["overall_b"]] == [None, None, None]
    assert {item[name] for item in body["competencies"] for name in ("a", "b", "difference")} == {None}
    assert any(item["comment_b"] for item in body["competencies"])


def test_another_version_of_the_program_is_no_obstacle(client: TestClient, candidate: Person, session: Session) -> None:
    first = make_report(session, candidate.row)
    second = make_report(session, candidate.row, versions={**JUDGE, "code": "0.2.0"}, days=1)
    assert compare(client, candidate, first, second).json()["obstacles"] == []


def test_an_interview_without_scores_is_compared_in_words(
    client: TestClient, candidate: Person, session: Session
) -> None:
    first = make_report(session, candidate.row)
    second = make_report(session, candidate.row, overall=None, reason="no_model", scores={"execution": None}, days=1)
    body = compare(client, candidate, first, second).json()
    assert [obstacle["code"] for obstacle in body["obstacles"]] == ["not_scored"]
    assert (body["a"]["is_scored"], body["b"]["is_scored"]) == (True, False)
    assert body["overall_a"] is None


def test_questions_that_ask_for_the_same_show_what_is_covered_now(
    client: TestClient, candidate: Person, session: Session
) -> None:
    first = make_report(session, candidate.row, talk=BEFORE)
    second = make_report(session, candidate.row, talk=AFTER, days=1)
    (pair,) = compare(client, candidate, first, second).json()["questions"]
    assert (pair["a"]["position"], pair["b"]["position"], pair["is_same"]) == (1, 2, False)
    assert pair["is_judged"]
    assert pair["newly_covered"] == ["고려한 대안"]
    assert pair["no_longer_covered"] == ["무효화 방법"]
    assert pair["missed_in_both"] == ["장애 때의 동작"]


def test_refusals_are_typed(client: TestClient, candidate: Person, session: Session) -> None:
    ready = make_report(session, candidate.row)
    running = make_report(session, candidate.row, status=ReportStatus.RUNNING, days=1)
    open_one = make_interview(session, candidate.row)
    cases = [
        (ready, (422, "SAME_INTERVIEW")),
        (running, (409, "REPORT_NOT_READY")),
        (open_one, (409, "INTERVIEW_NOT_FINISHED")),
    ]
    for other, expected in cases:
        response = compare(client, candidate, ready, other)
        assert (response.status_code, error_code(response)) == expected


def test_nobody_elses_interview_is_compared(
    client: TestClient, candidate: Person, stranger: Person, session: Session
) -> None:
    own, others = make_report(session, candidate.row), make_report(session, stranger.row)
    for a, b in ((own, others), (others, own)):
        response = compare(client, candidate, a, b)
        assert (response.status_code, error_code(response)) == (404, "INTERVIEW_NOT_FOUND")


def test_progress_joins_only_what_one_judge_scored(client: TestClient, candidate: Person, session: Session) -> None:
    old = [make_report(session, candidate.row, days=day) for day in (0, 2)]
    other_model = make_report(session, candidate.row, versions={**JUDGE, "model": "other.gguf"}, days=3)
    newest = make_report(session, candidate.row, days=4)
    make_report(session, candidate.row, overall=None, reason="no_model", days=5)
    make_report(session, candidate.row, status=ReportStatus.RUNNING, days=6)
    body = progress(client, candidate)
    lines = [[point["interview_id"] for point in line["points"]] for line in body["series"]]
    assert lines == [[str(row.id) for row in (*old, newest)], [str(other_model.id)]]
    assert [line["judge"]["model"] for line in body["series"]] == ["exaone.gguf", "other.gguf"]
    assert body["series"][0]["points"][0]["overall"] == {"score": 71.4, "uncertainty": 4.2}
    assert body["unscored_count"] == 1


def test_progress_is_ones_own_and_empty_at_first(
    client: TestClient, candidate: Person, stranger: Person, session: Session
) -> None:
    make_report(session, stranger.row)
    assert progress(client, candidate) == {"series": [], "unscored_count": 0}
    assert client.get("/api/v1/progress", params={"limit": 0}, headers=candidate.headers).status_code == 422


@given(st.floats(0, 100), st.floats(0, 100), st.floats(0, 50), st.floats(0, 50))
def test_turned_round_a_difference_is_the_opposite(a: float, b: float, margin_a: float, margin_b: float) -> None:
    there = difference(Score(score=a, uncertainty=margin_a), Score(score=b, uncertainty=margin_b))
    back = difference(Score(score=b, uncertainty=margin_b), Score(score=a, uncertainty=margin_a))
    assert there is not None
    assert back is not None
    assert there.points == -back.points
    opposite = {Change.BETTER: Change.WORSE, Change.WORSE: Change.BETTER}
    assert back.change is opposite.get(there.change, there.change)


@given(st.text(max_size=60), st.text(max_size=60))
def test_likeness_is_symmetric_and_never_more_than_one(one: str, other: str) -> None:
    assert likeness(one, other) == likeness(other, one)
    assert 0 <= likeness(one, other) <= 1
    assert likeness(one, one) == 1


def test_each_question_has_one_partner_at_most() -> None:
    same = [Question(id=uuid4(), position=n, text="캐시는 어떻게 무효화하셨나요?") for n in (1, 2, 3)]
    pairs = pair_questions(same[:1], same[1:])
    assert len(pairs) == 1
    assert pairs[0].is_same
