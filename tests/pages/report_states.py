"""A report: being written, without a model, with a part that failed, whole, explained, and looked at by a person."""

from typing import Any

from playwright.sync_api import Page

from tests.pages.explanations import explanation
from tests.pages.interviews import interview_detail
from tests.pages.page_server import Answers, Event, Stream
from tests.pages.people import NOW, signed_in
from tests.pages.reports import (
    INTERVIEW,
    RUBRIC,
    failed_review,
    judged,
    report,
    review,
    review_request,
    whole,
    withdrawn_depth,
)
from tests.pages.state import State, word

PATH = f"/interviews/{INTERVIEW}/report"


def _answers(language: str, report: dict[str, Any]) -> Answers:
    interview = interview_detail(
        language,
        status="finished",
        finish_reason="candidate",
        finished_at=NOW,
        answered_count=2,
        turns=report["turns"],
        report_status=report["status"],
    )
    return signed_in(language) | {
        f"GET {PATH}": report,
        f"GET {PATH}/explanation": explanation(language),
        f"GET /interviews/{INTERVIEW}": interview,
        f"GET /interviews/{INTERVIEW}/events": Stream((Event("snapshot", interview, "InterviewDetail"),)),
        f"GET /interviews/{INTERVIEW}/delivery": {
            "is_scored": False,
            "baseline": None,
            "overall": None,
            "answers": [],
            "picture": None,
            "no_picture": "not_allowed",
        },
    }


def _running(language: str) -> Answers:
    parts = judged(language) | {"summary": None, "strengths": [], "answers": [review(language)]}
    return _answers(language, report(language, **parts, status="running", percent=60, finished_at=None))


def _without_model(language: str) -> Answers:
    versions = RUBRIC | {"model": None, "prompt": None}
    return _answers(language, report(language, not_scored_reason="no_model", can_retry=True, versions=versions))


def _partly_failed(language: str) -> Answers:
    return _answers(language, whole(language) | {"answers": [failed_review(language)], "can_retry": True})


def _failed(language: str) -> Answers:
    return _answers(language, report(language, status="failed", percent=40, finished_at=None, error_code="expired"))


def _ready(language: str, **changes: Any) -> Answers:
    return _answers(language, whole(language) | changes)


def _explain(page: Page, language: str) -> None:
    page.get_by_text(word(language, "이 결과는 이렇게 나왔어요", "How this came about")).first.click()
    page.get_by_text(word(language, "왜 그렇게 했는지", "Says why it was done")).wait_for()
    page.get_by_text(word(language, "총점의 계산과", "The sum and everything")).click()


STATES = [
    State("report-running", PATH, _running, ("리포트를 쓰고 있어요", "The report is being written")),
    State("report-no-model", PATH, _without_model, ("이 면접은 채점하지 않았어요", "This interview was not scored")),
    State("report-part-failed", PATH, _partly_failed, ("다시 채점", "Score it again")),
    State("report-failed", PATH, _failed, ("리포트를 만들지 못했어요", "The report could not be written")),
    State("report-ready", PATH, _ready, ("총점", "Overall")),
    State("report-explained", PATH, _ready, ("협업: 답변에서", "Collaboration: no words"), _explain),
    State(
        "report-review-requested",
        PATH,
        lambda language: _ready(language, reviews=[review_request(language)]),
        ("요청 거두기", "Withdraw the request"),
    ),
    State(
        "report-review-answered",
        PATH,
        lambda language: _ready(language, **withdrawn_depth(language)),
        ("이 점수는 거둘게요", "This score is withdrawn"),
    ),
]
