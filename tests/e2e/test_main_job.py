"""The main job in a real browser: résumé in, interview, report out."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
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


@contextmanager
def away(stack: Stack, victim: str) -> Iterator[None]:
    """Kill a service with what belongs to it, and start it again."""
    service = stack.redis if victim == "redis" else stack.services[victim]
    service.kill()
    yield
    service.start()


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


def test_with_a_model_it_asks_and_judges_up_to_the_report(
    platform_with_model: Stack, open_page: Open, pdf: Callable[[str], Path]
) -> None:
    candidate = start(open_page, platform_with_model, "ko")
    candidate.upload(pdf("ko"))
    candidate.set_up(ROLE["ko"], scenario=SHORT["ko"])
    candidate.answer(ANSWER["ko"])
    assert candidate.question() == SCRIPTED_QUESTION
    assert platform_with_model.one("SELECT answered_by->>'provider' FROM question WHERE position = 2") == "llama.cpp"
    candidate.page.screenshot(path=SCREENSHOTS / "room-model.png")
    # This model quotes its own script, so an answer that holds those words gives it evidence.
    second = f"{SCRIPTED_QUESTION} 라는 질문에는 측정한 수치를 보고 판단했다고 답하겠습니다."
    candidate.answer(second)
    candidate.finish()
    candidate.page.get_by_role("link", name=candidate.word("to_report")).click()
    for said in (ANSWER["ko"], second):
        expect(candidate.page.get_by_text(said, exact=True).first).to_be_attached(timeout=120_000)
    judged = "SELECT count(*) FROM evaluation WHERE answered_by->>'provider' = 'llama.cpp'"
    assert platform_with_model.one(judged) == 2
    assert platform_with_model.one(f"{judged} AND score IS NOT NULL") == 1
    expect(candidate.page.get_by_text(candidate.word("not_scored"))).to_be_hidden()


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


FAULTS = {3: "worker-gpu", 6: "backend", 9: "redis"}
"""By the number of the answer that is sent while it is dead."""


def answer_without_a_worker(candidate: Candidate, stack: Stack, text: str) -> None:
    with away(stack, "worker-gpu"):
        candidate.send(text)
        expect(candidate.page.get_by_role("heading", name="다음 질문을 준비하고 있어요")).to_be_visible(timeout=60_000)
        candidate.page.screenshot(path=SCREENSHOTS / "room-without-worker.png")


def answer_without_a_backend(candidate: Candidate, stack: Stack, text: str) -> None:
    page = candidate.page
    with away(stack, "backend"):
        candidate.send(text)
        expect(page.get_by_text("답변을 보내지 못했어요")).to_be_visible(timeout=60_000)
        expect(page.get_by_text("서버가 잠시 응답하지 않아요")).to_be_visible(timeout=60_000)
        expect(page.get_by_text("연결이 끊겨서 다시 연결하고 있어요")).to_be_visible(timeout=60_000)
        expect(candidate.answer_box).to_have_value(text)
        page.screenshot(path=SCREENSHOTS / "room-without-backend.png")
    expect(page.get_by_text("연결이 끊겨서 다시 연결하고 있어요")).to_be_hidden(timeout=120_000)
    candidate.send(text)


def answer_without_redis(candidate: Candidate, stack: Stack, text: str) -> None:
    page = candidate.page
    with away(stack, "redis"):
        expect(page.get_by_text("실시간 알림이 잠시 멈췄어요")).to_be_visible(timeout=60_000)
        candidate.send(text)
        expect(page.get_by_role("heading", name="다음 질문을 준비하고 있어요")).to_be_visible(timeout=60_000)
        expect(page.get_by_text("실시간 알림이 잠시 멈췄어요")).to_be_visible(timeout=60_000)
        page.screenshot(path=SCREENSHOTS / "room-without-redis.png")
    expect(page.get_by_text("실시간 알림이 잠시 멈췄어요")).to_be_hidden(timeout=120_000)


ANSWER_WITHOUT = {
    "worker-gpu": answer_without_a_worker,
    "backend": answer_without_a_backend,
    "redis": answer_without_redis,
}


def test_a_whole_interview_during_which_everything_dies_once_ends_in_a_report_of_every_answer(
    platform: Stack, open_page: Open, pdf: Callable[[str], Path]
) -> None:
    candidate = start(open_page, platform, "ko")
    candidate.upload(pdf("ko"))
    candidate.set_up(ROLE["ko"], scenario=re.compile("표준 면접"))
    questions: list[str] = []
    said: list[str] = []
    while not candidate.is_over:
        questions.append(candidate.question())
        said.append(f"{ANSWER['ko']} ({len(questions)})")
        if victim := FAULTS.get(len(said)):
            ANSWER_WITHOUT[victim](candidate, platform, said[-1])
            candidate.await_next(questions[-1])
        else:
            candidate.answer(said[-1])
    assert len(set(questions)) == len(questions) >= 15
    stages = "SELECT count(DISTINCT slot) FROM question WHERE interview_id = :id"
    assert platform.one(stages, id=candidate.interview_id) == 15
    candidate.page.get_by_role("link", name=candidate.word("to_report")).click()
    for text in said:
        expect(candidate.page.get_by_text(text, exact=True).first).to_be_attached(timeout=120_000)
