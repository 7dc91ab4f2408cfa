"""What a candidate can do in the room besides answering: own plan, hints, pauses, two tabs, the end of the time."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import text

from tests.e2e.candidate import ANSWER, Candidate
from tests.e2e.conftest import SCREENSHOTS
from tests.samples.make_resume_pdf import make_resume_pdf
from tests.stack import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]

Open = Callable[..., BrowserContext]
TIME_LIMIT_S = 10 * 60


def let_time_pass(stack: Stack, seconds: float) -> None:
    """As if all that happened had happened so much earlier."""
    with stack.engine.begin() as connection:
        for statement in (
            "UPDATE interview_event SET at = at - make_interval(secs => :seconds)",
            "UPDATE interview SET ends_at = ends_at - make_interval(secs => :seconds)",
        ):
            connection.execute(text(statement), {"seconds": seconds})


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def set_up_own_plan(candidate: Candidate) -> None:
    """Two questions about two topics within ten minutes, with breaks."""
    page = candidate.page
    candidate.open_set_up()
    candidate.role_field.fill("백엔드 개발자")
    page.get_by_role("radio", name="직접 구성하기").check()
    topics = page.get_by_role("group", name="다룰 주제")
    for topic in topics.get_by_role("checkbox").all():
        topic.uncheck()
    for name in ("자기소개", "문제 해결"):
        topics.get_by_role("checkbox", name=re.compile(name)).check()
    page.get_by_text("난이도와 제한 시간").click()
    page.get_by_role("combobox", name="제한 시간").click()
    page.get_by_role("option", name="10분", exact=True).click()
    page.get_by_text("편의 지원").click()
    page.get_by_label("중간에 쉬어 가기").check()
    page.screenshot(path=SCREENSHOTS / "setup-own-plan.png", full_page=True)
    press(page, candidate.word("start"))
    expect(candidate.answer_box).to_be_visible()


def test_a_room_in_which_nothing_can_be_lost(platform: Stack, open_page: Open, tmp_path: Path) -> None:
    context = open_page("ko")
    candidate = Candidate(context.new_page(), platform.web_url, "ko")
    page = candidate.page
    pdf = tmp_path / "resume.pdf"
    make_resume_pdf("ko", pdf)
    candidate.register()
    candidate.upload(pdf)
    set_up_own_plan(candidate)
    expect(page.get_by_text(re.compile(r"^1 / \d · 자기소개"))).to_be_visible()
    expect(page.get_by_text("10분 남았어요")).to_be_visible()
    first = candidate.question()

    candidate.answer_box.fill("쓰다 만 답변")
    press(page, "질문 다시 보기")
    expect(page.get_by_text("질문을 다시 보여 드렸어요")).to_be_visible()
    press(page, "힌트")
    expect(page.get_by_role("region", name="힌트").get_by_role("listitem")).to_have_count(1)
    press(page, "생각할 시간")
    expect(page.get_by_text("지금은 시간이 멈춰 있어요")).to_be_visible()
    page.screenshot(path=SCREENSHOTS / "room-hint.png", full_page=True)

    other = context.new_page()
    other.goto(page.url)
    press(other, "잠시 멈추기")
    expect(other.get_by_role("heading", name="잠시 멈췄어요")).to_be_visible()
    expect(page.get_by_role("heading", name="잠시 멈췄어요")).to_be_visible(timeout=60_000)
    page.screenshot(path=SCREENSHOTS / "room-paused.png", full_page=True)
    page.goto(f"{platform.web_url}/home")
    expect(page.get_by_text("잠시 멈춘 상태예요. 10분 남았어요.")).to_be_visible()
    page.get_by_role("link", name="이어서 하기").click()
    press(page, "이어서 하기")
    expect(page.get_by_role("heading", level=1)).to_have_text(first)
    expect(candidate.answer_box).to_have_value("쓰다 만 답변")

    candidate.answer_box.fill("질문을 다시 말씀해 주세요")
    press(page, candidate.word("send"))
    expect(page.get_by_text("질문을 다시 보여 드렸어요")).to_be_visible()
    expect(candidate.answer_box).to_have_value("")
    press(page, "건너뛰기")
    page.get_by_role("dialog").get_by_role("button", name="건너뛰기", exact=True).click()
    expect(page.get_by_role("heading", level=1)).not_to_have_text(first, timeout=60_000)
    expect(candidate.answer_box).to_be_visible(timeout=60_000)
    expect(page.get_by_text("쉬었다 할까요?")).to_be_visible()
    second = candidate.question()

    # The other tab writes to the same question while it is answered here: its text is kept on the page.
    expect(other.get_by_role("heading", level=1)).to_have_text(second, timeout=60_000)
    other.get_by_label("내 답변").fill("다른 탭에서 쓰던 답변")
    let_time_pass(platform, TIME_LIMIT_S)
    page.reload()
    expect(page.get_by_text("쓰고 있는 답변은 몇 분 안에 보내면 그대로 인정돼요", exact=False)).to_be_visible()
    page.screenshot(path=SCREENSHOTS / "room-time-over.png", full_page=True)
    candidate.answer_box.fill(ANSWER["ko"])
    press(page, candidate.word("send"))
    expect(page.get_by_role("heading", name="수고하셨어요. 시간이 다 됐어요")).to_be_visible()
    page.screenshot(path=SCREENSHOTS / "room-ended.png", full_page=True)
    expect(other.get_by_role("heading", name="수고하셨어요. 시간이 다 됐어요")).to_be_visible(timeout=60_000)
    expect(other.get_by_text("다른 탭에서 쓰던 답변")).to_be_visible()
    assert platform.one("SELECT text FROM answer WHERE NOT is_skipped") == ANSWER["ko"]
