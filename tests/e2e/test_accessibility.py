"""Every page of the main job as axe sees it: on a phone in the dark, and on a desk in the light."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.candidate import ANSWER, Candidate
from tests.e2e.conftest import SCREENSHOTS
from tests.e2e.test_main_job import ROLE, SHORT, Open
from tests.samples.make_resume_pdf import make_resume_pdf
from tests.stack import ROOT, Stack

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]

AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"


def assert_accessible(page: Page, name: str) -> None:
    """Fail with axe's findings; keep a picture of the page."""
    expect(page.locator(".mantine-Skeleton-root")).to_have_count(0)
    page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)
    # Evaluated rather than added as a script tag, which the page's content policy may refuse.
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("axe.run().then(result => result.violations.map(one => [one.id, one.nodes[0].html]))")
    assert found == [], f"{name}: {found}"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{name} scrolls sideways"


@pytest.mark.parametrize(
    ("language", "width", "height", "scheme"),
    [("ko", 390, 844, "dark"), ("en", 1440, 900, "light")],
    ids=["phone", "desk"],
)
def test_no_page_of_the_main_job_has_an_accessibility_violation(
    platform: Stack, open_page: Open, tmp_path: Path, language: str, width: int, height: int, scheme: str
) -> None:
    page = open_page(language, width=width, height=height, scheme=scheme).new_page()
    candidate = Candidate(page, platform.web_url, language)
    for name in ("", "sign-in", "register", "nowhere"):
        page.goto(f"{platform.web_url}/{name}")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        assert_accessible(page, f"{name or 'landing'}-{scheme}")
    candidate.register()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert_accessible(page, f"home-empty-{scheme}")
    pdf = tmp_path / "resume.pdf"
    make_resume_pdf(language, pdf)
    candidate.upload(pdf)
    assert_accessible(page, f"resume-{scheme}")
    candidate.open_set_up()
    assert_accessible(page, f"setup-{scheme}")
    candidate.fill_set_up(ROLE[language], scenario=SHORT[language])
    assert_accessible(page, f"room-{scheme}")
    candidate.answer(ANSWER[language])
    candidate.finish()
    page.get_by_role("link", name=candidate.word("to_report")).click()
    expect(page.get_by_text(candidate.word("not_scored"))).to_be_visible(timeout=120_000)
    assert_accessible(page, f"report-{scheme}")
    for name in ("home", "settings"):
        page.goto(f"{platform.web_url}/{name}")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        assert_accessible(page, f"{name}-{scheme}")
