"""The résumé page in a real browser: where a value stands in the original, and what a candidate corrects."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.e2e.candidate import Candidate
from tests.e2e.conftest import SCREENSHOTS
from tests.e2e.test_accessibility import assert_accessible
from tests.e2e.test_main_job import ROLE, SHORT, Open, start
from tests.samples.make_resume_pdf import KOREAN, make_resume_pdf
from tests.stack import ROOT, Stack

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]

CORRECTED = "김서연빛"
NGINX = ROOT / "docker" / "nginx" / "default.conf.template"


@pytest.fixture
def pdf(tmp_path: Path) -> Path:
    path = tmp_path / "resume.pdf"
    make_resume_pdf("ko", path)
    return path


def value(page: Page, text: str) -> Locator:
    """The value of the profile as something that can be clicked."""
    return page.get_by_role("button", name=re.compile(rf"^{re.escape(text)}\s*\(원본에서 보기\)$")).first


def drawn_colors(page: Page) -> int:
    """How many colours the first page of the PDF shows: a blank one has a single one."""
    page.locator("canvas[data-drawn]").first.wait_for(timeout=60_000)
    return int(
        page.evaluate(
            "() => { const canvas = document.querySelector('canvas[data-drawn]');"
            " const pixels = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;"
            " const seen = new Set(); for (let i = 0; i < pixels.length; i += 4)"
            " seen.add(pixels[i] << 16 | pixels[i + 1] << 8 | pixels[i + 2]); return seen.size; }"
        )
    )


def ink_under(page: Page, marked: Locator) -> float:
    """The share of dark pixels of the page under a marked place."""
    marked.scroll_into_view_if_needed()
    return float(
        marked.evaluate(
            "element => { const canvas = element.parentElement.querySelector('canvas');"
            " const [outer, inner] = [canvas.getBoundingClientRect(), element.getBoundingClientRect()];"
            " const scale = canvas.width / outer.width;"
            " const [x, y] = [(inner.left - outer.left) * scale, (inner.top - outer.top) * scale];"
            " const data = canvas.getContext('2d').getImageData(x, y, inner.width * scale, inner.height * scale).data;"
            " let dark = 0; for (let i = 0; i < data.length; i += 4)"
            " if (data[i] + data[i + 1] + data[i + 2] < 380) dark += 1; return dark / (data.length / 4); }"
        )
    )


def test_a_value_is_shown_in_the_original_and_its_correction_reaches_the_interview(
    platform: Stack, open_page: Open, pdf: Path
) -> None:
    candidate = start(open_page, platform, "ko")
    page = candidate.page
    refused: list[str] = []
    page.on(
        "console", lambda message: refused.append(message.text) if "Content Security Policy" in message.text else None
    )
    page.route(
        "**/resumes/*", lambda route: with_policy(route) if route.request.is_navigation_request() else route.fallback()
    )
    candidate.upload(pdf)
    page.reload()
    assert drawn_colors(page) > 5

    value(page, KOREAN.name).click()
    marked = page.locator("[data-marked]")
    expect(marked).to_have_count(1)
    expect(marked).to_be_in_viewport()
    assert ink_under(page, marked) > 0.03
    expect(page.get_by_role("status").filter(has_text="1쪽에서 읽었어요")).to_be_visible()
    value(page, KOREAN.projects[0].name).click()
    expect(page.locator("[data-marked]").first).to_be_in_viewport()
    page.screenshot(path=SCREENSHOTS / "resume-source.png")
    assert refused == []

    page.get_by_role("button", name="고치기: 이름", exact=True).click()
    page.get_by_role("textbox", name="이름", exact=True).fill(CORRECTED)
    page.keyboard.press("Enter")
    expect(page.get_by_text("직접 고쳤어요")).to_be_visible()
    page.reload()
    expect(page.locator("dd").filter(has_text=CORRECTED)).to_be_visible()
    expect(page.get_by_text("직접 고쳤어요")).to_be_visible()

    candidate.set_up(ROLE["ko"], scenario=SHORT["ko"])
    assert CORRECTED in candidate.question()


def with_policy(route: Route) -> None:
    """Answer as the web server of the containers does; the local one sets no policy."""
    response = route.fetch()
    policy = re.search('Content-Security-Policy "([^"]+)"', NGINX.read_text("utf-8"))
    assert policy is not None
    headers = {**response.headers, "content-security-policy": policy[1]}
    route.fulfill(response=response, headers=headers)


def test_an_employment_is_corrected_and_taken_back(platform: Stack, open_page: Open, pdf: Path) -> None:
    candidate = start(open_page, platform, "ko")
    page = candidate.page
    candidate.upload(pdf)
    company = KOREAN.jobs[0].company
    page.get_by_role("button", name=f"고치기: {company}", exact=True).click()
    page.get_by_role("textbox", name="시작").fill("어제")
    page.get_by_role("button", name="저장").click()
    expect(page.get_by_text("2021-03처럼, 또는 연도만 적어 주세요.")).to_be_visible()
    page.get_by_role("textbox", name="시작").fill("2019-01")
    page.get_by_role("textbox", name="회사").fill("새벽마켓")
    page.get_by_role("button", name="저장").click()
    expect(page.get_by_text("새벽마켓", exact=True)).to_be_visible()
    page.get_by_role("button", name="읽은 값으로: 경력").click()
    expect(value(page, company)).to_be_visible()
    expect(page.get_by_text("새벽마켓")).to_have_count(0)


@pytest.mark.parametrize(
    ("language", "width", "height", "scheme"),
    [("ko", 390, 844, "dark"), ("en", 768, 1024, "light"), ("en", 1440, 900, "dark")],
    ids=["phone", "tablet", "desk"],
)
def test_the_page_is_accessible_while_a_source_is_shown_and_a_field_is_edited(
    platform: Stack, open_page: Open, tmp_path: Path, language: str, width: int, height: int, scheme: str
) -> None:
    page = open_page(language, width=width, height=height, scheme=scheme).new_page()
    candidate = Candidate(page, platform.web_url, language)
    candidate.register()
    make_resume_pdf(language, tmp_path / "resume.pdf")
    candidate.upload(tmp_path / "resume.pdf")
    name = f"resume-page-{language}-{width}-{scheme}"
    assert_accessible(page, name)
    page.locator("button[aria-pressed]").first.click()
    page.locator("canvas[data-drawn]").first.wait_for(timeout=60_000)
    expect(page.locator("[data-marked]").first).to_be_in_viewport()
    assert_accessible(page, f"{name}-source")
    if width < 1100:
        page.get_by_role("tab").first.click()
    page.get_by_role("button", name=re.compile("^(고치기|Correct): ")).nth(6).click()
    assert_accessible(page, f"{name}-edit")


def test_text_is_shown_with_the_words_marked(
    platform: Stack, open_page: Open, tmp_path: Path, make_text: Callable[[Path], Path]
) -> None:
    candidate = start(open_page, platform, "ko", width=390, height=844)
    page = candidate.page
    candidate.upload(make_text(tmp_path))
    value(page, "한빛커머스").click()
    marked = page.locator("mark")
    expect(marked).to_have_text("한빛커머스")
    expect(marked).to_be_in_viewport()
    assert_accessible(page, "resume-text-source")


@pytest.fixture
def make_text() -> Callable[[Path], Path]:
    def write(folder: Path) -> Path:
        path = folder / "resume.txt"
        path.write_text(
            "김서연\n백엔드 개발자\nseoyeon@example.com\n\n경력\n한빛커머스 백엔드 개발자 2021.03 ~ 현재\n"
            "- 주문 조회 API에 Redis 캐시를 넣어 p99 지연을 40% 줄였습니다.\n"
            "- 결제 실패를 스스로 되살리는 재시도 구조를 만들었습니다.\n\n기술\nPython, C++, Redis, PostgreSQL\n",
            encoding="utf-8",
        )
        return path

    return write
