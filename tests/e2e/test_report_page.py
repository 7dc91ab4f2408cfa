"""The report in a real browser with stored reports: its states, its files, and two interviews beside each other."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pymupdf
import pytest
from playwright.sync_api import Download, Page, expect
from sqlmodel import col, select

from interview_core.db.tables import Interview, ReportStatus, Role, User
from tests.e2e.candidate import Candidate
from tests.e2e.test_accessibility import assert_accessible
from tests.e2e.test_main_job import Open, start
from tests.report_factories import JUDGE, QUOTE, TALK, make_report
from tests.stack import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]

NO_SCORES = {"technical_depth": None, "problem_solving": None, "execution": None}
LATER = {"technical_depth": (90.0, 3.0), "problem_solving": (60.0, 4.0), "execution": (72.0, 4.0)}

Store = Callable[..., Interview]


@pytest.fixture
def store(platform: Stack) -> Store:
    """Return a function that stores a report for whoever registered last."""

    def make(**values: object) -> Interview:
        with platform.sessions() as session:
            user = session.exec(select(User).order_by(col(User.created_at).desc())).first()
            assert user is not None
            interview = make_report(session, user, **values)
            session.refresh(interview)
            session.expunge(interview)
            return interview

    return make


def open_report(candidate: Candidate, interview: Interview) -> Page:
    candidate.page.goto(f"{candidate.base_url}/interviews/{interview.id}/report")
    expect(candidate.page.get_by_role("heading", level=1)).to_be_visible()
    return candidate.page


def download(page: Page, button: str) -> Download:
    with page.expect_download(timeout=60_000) as expected:
        page.get_by_role("button", name=button, exact=True).click()
    return expected.value


@pytest.mark.parametrize(
    ("language", "width", "scheme"),
    [("ko", 390, "dark"), ("ko", 768, "light"), ("en", 1440, "light"), ("ko", 1440, "dark")],
)
def test_a_full_report_can_be_read_by_everybody(
    platform: Stack, open_page: Open, store: Store, language: str, width: int, scheme: str
) -> None:
    candidate = start(open_page, platform, language, width=width, height=900, scheme=scheme)
    store(days=-4)
    store(days=-2, versions={**JUDGE, "model": "other.gguf"})
    interview = store(is_full=True, scores=LATER)
    page = open_report(candidate, interview)
    expect(page.get_by_text("± 4").first).to_be_visible()
    page.evaluate("document.querySelectorAll('main details').forEach(one => { one.open = true })")
    for number in range(len(TALK)):
        page.locator(".mantine-Accordion-control").nth(number).click()
    expect(page.get_by_text("어긋남을 다룬 방법을 말했어요.")).to_be_visible()
    assert_accessible(page, f"report-full-{language}-{width}-{scheme}")
    page.goto(f"{candidate.base_url}/reports/compare")
    expect(page.get_by_role("heading", level=3).first).to_be_visible()
    assert_accessible(page, f"compare-words-{language}-{width}-{scheme}")
    page.goto(f"{candidate.base_url}/home")
    expect(page.locator(".recharts-surface").first).to_be_visible()
    assert_accessible(page, f"home-progress-{language}-{width}-{scheme}")


def test_a_report_is_taken_away_as_pdf_and_as_json(
    platform: Stack, open_page: Open, store: Store, tmp_path: Path
) -> None:
    candidate = start(open_page, platform, "ko")
    page = open_report(candidate, store(is_full=True))
    file = download(page, "PDF")
    assert re.fullmatch(r"interview-report-[0-9a-f-]+\.pdf", file.suggested_filename)
    file.save_as(tmp_path / "report.pdf")
    with pymupdf.open(tmp_path / "report.pdf") as document:
        packed = "".join(page.get_text() for page in document).replace("\n", "").replace(" ", "")
    for said in TALK:
        assert said.question.replace(" ", "") in packed
    assert QUOTE.replace(" ", "") in packed
    expect(page.get_by_text("PDF를 내려받았어요.")).to_be_visible()
    export = download(page, "JSON")
    export.save_as(tmp_path / "report.json")
    content = json.loads((tmp_path / "report.json").read_text("utf-8"))
    assert (content["format"], content["version"]) == ("interview-report", 1)
    assert [turn["question"]["text"] for turn in content["report"]["turns"]] == [said.question for said in TALK]


def test_a_quote_leads_to_its_place_in_the_transcript(platform: Stack, open_page: Open, store: Store) -> None:
    page = open_report(start(open_page, platform, "ko"), store(is_full=True))
    page.get_by_role("region", name="역량").get_by_role("button", name=re.compile("2번 답변에서 보기")).first.click()
    marked = page.get_by_role("region", name="전체 기록").locator("mark")
    expect(marked).to_have_text(QUOTE)
    expect(marked).to_be_in_viewport()


def test_each_state_of_a_report_is_drawn(platform: Stack, open_page: Open, store: Store) -> None:
    candidate = start(open_page, platform, "ko")
    unscored = {"overall": None, "reason": "no_model", "scores": NO_SCORES}
    page = open_report(candidate, store(status=ReportStatus.RUNNING, overall=None, scores=LATER))
    expect(page.get_by_text("리포트를 쓰고 있어요")).to_be_visible()
    expect(page.get_by_text("기술 깊이").first).to_be_visible()
    expect(page.get_by_role("button", name="PDF", exact=True)).to_have_count(0)
    assert_accessible(page, "report-running")
    page = open_report(candidate, store(status=ReportStatus.FAILED, overall=None, scores=NO_SCORES))
    expect(page.get_by_text("리포트를 만들지 못했어요")).to_be_visible()
    assert_accessible(page, "report-failed")
    page = open_report(candidate, store(**unscored))
    expect(page.get_by_text("이 면접은 채점하지 않았어요")).to_be_visible()
    expect(page.get_by_text("평가하지 않음 · 모델 없음").first).to_be_visible()
    expect(page.get_by_text("±")).to_have_count(0)
    assert_accessible(page, "report-no-model")


def test_two_interviews_are_compared_in_numbers_only_where_one_judge_gave_them(
    platform: Stack, open_page: Open, store: Store
) -> None:
    candidate = start(open_page, platform, "ko")
    page = candidate.page
    other = store(days=-3, versions={**JUDGE, "model": "other.gguf"})
    store(days=-2)
    latest = store(scores=LATER, overall=(80.0, 3.0))
    page.goto(f"{candidate.base_url}/home")
    page.get_by_role("link", name="두 면접 비교하기").click()
    expect(page.get_by_text("나아졌어요").first).to_be_visible()
    expect(page.get_by_text("+12점 (± 4)")).to_be_visible()
    expect(page.get_by_text("달라졌다고 할 수 없어요").first).to_be_visible()
    assert_accessible(page, "compare-numbers")
    page.goto(f"{candidate.base_url}/reports/compare?a={other.id}&b={latest.id}")
    expect(page.get_by_text("채점한 모델이 달라요(other.gguf → exaone.gguf).")).to_be_visible()
    expect(page.get_by_text("±")).to_have_count(0)


def test_a_candidate_asks_for_a_review_and_reads_what_an_operator_answered(
    platform: Stack, open_page: Open, store: Store
) -> None:
    candidate = start(open_page, platform, "ko", width=390)
    page = open_report(candidate, store(is_full=True))
    page.get_by_text("이 결과는 이렇게 나왔어요").first.click()
    expect(page.get_by_text("70, 73, 76")).to_be_visible()
    page.get_by_label("무엇이 이상한가요?").fill("대안을 말했는데 빠졌어요.")
    page.get_by_role("button", name="검토 요청하기").click()
    section = page.get_by_role("region", name="이상한 점이 있나요?")
    expect(section.get_by_text("기다리고 있어요")).to_be_visible()
    assert_accessible(page, "report-review-requested")
    operator = start(open_page, platform, "ko")
    with platform.sessions() as session:
        newest = session.exec(select(User).order_by(col(User.created_at).desc())).first()
        assert newest is not None
        newest.role = Role.OPERATOR
        session.commit()
    operator.page.goto(f"{operator.base_url}/operations/reviews")
    operator.page.get_by_role("link", name="대안을 말했는데 빠졌어요.").click()
    expect(operator.page.get_by_text("인용한 말만 읽도록 허락했어요")).to_be_visible()
    operator.page.get_by_label("잘못된 점이 있어요").check()
    operator.page.get_by_label("기술 깊이 · 78").check()
    operator.page.get_by_label("지원자에게 보낼 답변").fill("근거가 모자라서 거두었어요.")
    assert_accessible(operator.page, "operator-review")
    operator.page.get_by_role("button", name="답변 보내기").click()
    operator.page.get_by_role("dialog").get_by_role("button", name="답변 보내기").click()
    expect(operator.page.get_by_text("리포트를 바로잡았어요")).to_be_visible()
    assert_accessible(operator.page, "operator-reviews")
    # The page is told over its stream, without being loaded anew.
    expect(section.get_by_text("근거가 모자라서 거두었어요.")).to_be_visible()
    expect(page.get_by_text("검토 뒤 거둔 점수")).to_be_visible()
    assert_accessible(page, "report-review-answered")


def test_on_paper_nothing_is_folded_away(platform: Stack, open_page: Open, store: Store) -> None:
    page = open_report(start(open_page, platform, "ko"), store(is_full=True))
    page.emulate_media(media="print")
    expect(page.get_by_text("어긋남을 다룬 방법을 말했어요.")).to_be_visible()
    expect(page.get_by_role("button", name="PDF", exact=True)).to_be_hidden()
    expect(page.get_by_role("banner")).to_be_hidden()
