"""A scan, a page of two columns and a Word file become profiles on the real platform, in a real browser."""

from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import expect

from interview_worker.engines.tesseract import find_tesseract
from tests.e2e.candidate import Candidate
from tests.e2e.conftest import SCREENSHOTS
from tests.e2e.test_main_job import Open
from tests.e2e.test_resume_page import ink_under, value
from tests.samples.resume_corpus import load_samples
from tests.samples.resume_variants import KINDS
from tests.stack import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]


@pytest.mark.parametrize(
    ("name", "kind", "ending", "width", "shown"),
    [
        (
            "ko_nurse_table",
            "scan, 150 dpi",
            "pdf",
            1440,
            ("강다솜", "한마음병원", "온누리대학교", "dasom.kang@example.com"),
        ),
        ("en_designer_columns", "PDF", "pdf", 390, ()),
        ("ko_backend_free", "DOCX", "docx", 1440, ("박도현", "온다스테이", "가람대학교", "서버 개발자")),
    ],
    ids=["a scan in Korean", "two columns in English", "a Word file"],
)
def test_a_resume_becomes_the_profile_of_its_person(
    name: str,
    kind: str,
    ending: str,
    width: int,
    shown: tuple[str, ...],
    platform: Stack,
    open_page: Open,
    tmp_path: Path,
) -> None:
    if kind.startswith("scan") and find_tesseract() is None:
        pytest.skip("Tesseract with Korean is not installed")
    sample = replace(next(sample for sample in load_samples() if sample.name == name), make=KINDS[kind])
    file = tmp_path / f"resume.{ending}"
    file.write_bytes(sample.content())
    page = open_page(width=width, height=900).new_page()
    candidate = Candidate(page, platform.web_url, "ko")
    candidate.register()

    candidate.upload(file)

    gold = sample.gold
    for text in shown or (gold["name"], gold["email"], gold["jobs"][0]["company"], gold["schools"][0]["school"]):
        expect(page.get_by_text(text).first).to_be_visible()
    if ending == "pdf" and width > 1000:
        page.locator("canvas[data-drawn]").first.wait_for(timeout=60_000)
        value(page, gold["name"]).click()
        expect(page.locator("[data-marked]").first).to_be_in_viewport()
        assert ink_under(page, page.locator("[data-marked]").first) > 0.03
    page.screenshot(path=SCREENSHOTS / f"resume-{name}-{width}.png")
