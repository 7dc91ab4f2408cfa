"""The main job in a real browser: résumé in, interview, report out."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.e2e.candidate import ANSWER, Candidate
from tests.e2e.conftest import SCREENSHOTS, SCRIPTED_QUESTION
from tests.samples.make_resume_pdf import make_resume_pdf
from tests.stack import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]

Open = Callable[..., BrowserContext]
SHORT = {"ko": re.compile("짧은 면접"), "en": re.compile("Short interview")}
ROLE = {"ko": "백엔드 개발자 (C++/C#)", "en": "Backend engineer (C++/C#)"}


@pytest.fixture
def pdf(tmp_path: Path) -> Callable[[str], Path]:
    """Return a function that writes a real résumé of several pages."""

    def write(language: str) -> Path:
        path = tmp_path / f"resume-{language}.pdf"
        make_resume_pdf(language, path)
        return path

    return write


def start(open_page: Open, stack: Stack, language: str, **window: object) -> Candidate:
    candidate = Candidate(open_page(language, **window).new_page(), stack.web_url, language)
    candidate.register()
    return candidate


@pytest.mark.parametrize("language", ["ko", "en"])
def test_from_registration_to_report_without_a_model(
    platform: Stack, open_page: Open, pdf: Callable[[str], Path], language: str
) -> None:
    candidate = start(open_page, platform, language)
    page = candidate.page
    candidate.upload(pdf(language))
    page.screenshot(path=SCREENSHOTS / f"resume-{language}.png", full_page=True)
    candidate.set_up(ROLE[language], scenario=SHORT[language])
    questions = []
    while not candidate.is_over:
        questions.append(candidate.question())
        if len(questions) == 2:
            page.screenshot(path=SCREENSHOTS / f"room-{language}.png")
        candidate.answer(f"{ANSWER[language]} ({len(questions)})")
    assert ROLE[language] in questions[0]
    assert len(set(questions)) == len(questions) >= 5
    assert not [question for question in questions if "{" in question or "}" in question]
    page.get_by_role("link", name=candidate.word("to_report")).click()
    expect(page.get_by_text(candidate.word("not_scored"))).to_be_visible(timeout=120_000)
    page.screenshot(path=SCREENSHOTS / f"report-{language}.png", full_page=True)
    assert platform.one("SELECT count(*) FROM evaluation WHERE score IS NOT NULL") == 0
    for turn in range(len(questions)):
        expect(page.get_by_text(f"{ANSWER[language]} ({turn + 1})").first).to_be_attached()


def test_with_a_model_the_scripted_question_is_asked(
    platform_with_model: Stack, open_page: Open, pdf: Callable[[str], Path]
) -> None:
    candidate = start(open_page, platform_with_model, "ko")
    candidate.upload(pdf("ko"))
    candidate.set_up(ROLE["ko"], scenario=SHORT["ko"])
    candidate.answer(ANSWER["ko"])
    assert candidate.question() == SCRIPTED_QUESTION
    assert platform_with_model.one("SELECT answered_by->>'provider' FROM question WHERE position = 2") == "llama.cpp"
    candidate.page.screenshot(path=SCREENSHOTS / "room-model.png")


def test_a_reload_and_a_lost_network_lose_nothing(platform: Stack, open_page: Open, pdf: Callable[[str], Path]) -> None:
    candidate = start(open_page, platform, "ko", width=390, height=844)
    page = candidate.page
    candidate.upload(pdf("ko"))
    candidate.set_up(ROLE["ko"], scenario=SHORT["ko"])
    first = candidate.question()
    candidate.answer_box.fill("쓰다 만 답변")
    page.reload()
    expect(candidate.answer_box).to_have_value("쓰다 만 답변")
    assert candidate.question() == first
    page.context.set_offline(True)
    page.wait_for_timeout(3000)
    page.context.set_offline(False)
    candidate.answer(ANSWER["ko"])
    assert candidate.question() != first
    page.screenshot(path=SCREENSHOTS / "room-phone.png")


def test_the_whole_interview_of_fifteen_stages(platform: Stack, open_page: Open, pdf: Callable[[str], Path]) -> None:
    candidate = start(open_page, platform, "ko")
    candidate.upload(pdf("ko"))
    candidate.set_up(ROLE["ko"], scenario=re.compile("표준 면접"))
    count = 0
    while not candidate.is_over:
        count += 1
        candidate.answer(f"{ANSWER['ko']} ({count})")
    assert count >= 15
    candidate.page.get_by_role("link", name=candidate.word("to_report")).click()
    expect(candidate.page.get_by_text(f"{ANSWER['ko']} ({count})").first).to_be_attached(timeout=120_000)
