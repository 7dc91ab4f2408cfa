"""Question sets and learning paths in a real browser, on a phone in the dark and on a desk in the light."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.candidate import Candidate
from tests.e2e.test_accessibility import assert_accessible
from tests.e2e.test_main_job import ROLE, Open
from tests.samples.make_resume_pdf import make_resume_pdf
from tests.stack import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]

WORDS = {
    "ko": {
        "role": "지원 직무",
        "job": "채용 공고",
        "write_questions": "질문 다섯 개 만들기",
        "why": "왜 이 질문인가요?",
        "from_bank": "질문 은행에서 가져온 질문이에요",
        "menu": "내 계정",
        "learning": "학습 경로",
        "create": "학습 경로 만들기",
        "by_rules": "AI 모델을 쓸 수 없어서 규칙만으로 골랐어요",
        "done": "다 했어요",
        "one_done": "5개 가운데 1개를 했어요",
        "delete": "삭제",
        "none": "아직 학습 경로가 없어요.",
    },
    "en": {
        "role": "Target role",
        "job": "Job description",
        "write_questions": "Write five questions",
        "why": "Why this question?",
        "from_bank": "From the question bank",
        "menu": "My account",
        "learning": "Learning path",
        "create": "Write a learning path",
        "by_rules": "No AI model answered, so rules alone chose these",
        "done": "Done",
        "one_done": "1 of 5 done",
        "delete": "Delete",
        "none": "You have no learning path yet.",
    },
}
# The résumé names Kubernetes and not MongoDB.
JOB = {"ko": "Kubernetes와 MongoDB를 운영해 본 분", "en": "You have run Kubernetes and MongoDB"}


@pytest.mark.parametrize(
    ("language", "width", "height", "scheme"),
    [("ko", 390, 844, "dark"), ("en", 1440, 900, "light")],
    ids=["phone", "desk"],
)
def test_questions_and_a_learning_path_are_made_from_a_resume_without_a_model(
    platform: Stack, open_page: Open, tmp_path: Path, language: str, width: int, height: int, scheme: str
) -> None:
    page = open_page(language, width=width, height=height, scheme=scheme).new_page()
    words, name = WORDS[language], f"{language}-{width}-{scheme}"
    candidate = Candidate(page, platform.web_url, language)
    candidate.register()
    page.goto(f"{platform.web_url}/learning")
    expect(page.get_by_text(words["none"])).to_be_visible()
    assert_accessible(page, f"learning-none-{name}")
    make_resume_pdf(language, tmp_path / "resume.pdf")
    candidate.upload(tmp_path / "resume.pdf")

    page.goto(f"{platform.web_url}/question-sets")
    # The form is there once the résumé is ready, and the first one waits for the embedding model to load.
    role = page.get_by_role("textbox", name=words["role"])
    expect(role).to_be_visible(timeout=150_000)
    assert_accessible(page, f"question-sets-{name}")
    role.fill(ROLE[language])
    page.get_by_role("button", name=words["write_questions"]).click()
    expect(page.get_by_text(words["from_bank"], exact=True)).to_have_count(5, timeout=90_000)
    page.get_by_text(words["why"]).first.click()
    assert_accessible(page, f"question-set-{name}")
    questions = page.get_by_role("heading", level=2).all_inner_texts()
    assert len(set(questions)) == 5
    page.reload()
    expect(page.get_by_role("heading", level=2)).to_have_text(questions)

    go_to_learning(page, words, is_phone=width < 600)
    job = page.get_by_role("textbox", name=words["job"])
    job.fill(JOB[language])
    assert_accessible(page, f"learning-form-{name}")
    page.get_by_role("button", name=words["create"]).click()
    expect(page.get_by_text(words["by_rules"])).to_be_visible(timeout=90_000)
    expect(page.get_by_text(JOB[language])).to_be_visible()
    page.get_by_role("checkbox", name=words["done"]).first.click()
    expect(page.get_by_role("status").filter(has_text=words["one_done"])).to_be_visible()
    assert_accessible(page, f"learning-{name}")
    page.reload()
    expect(page.get_by_role("checkbox", name=words["done"]).first).to_be_checked()
    page.goto(f"{platform.web_url}/home")
    expect(page.get_by_role("heading", name=words["learning"])).to_be_visible()
    assert_accessible(page, f"home-practise-{name}")

    path_id = platform.one("SELECT id FROM learning_path ORDER BY created_at DESC LIMIT 1")
    page.goto(f"{platform.web_url}/learning")
    page.get_by_role("button", name=words["delete"], exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name=words["delete"], exact=True).click()
    expect(page.get_by_text(words["none"])).to_be_visible()
    assert platform.one("SELECT count(*) FROM learning_item WHERE learning_path_id = :id", id=path_id) == 0
    assert platform.redis_client.exists(f"events:learning_path:{path_id}") == 0


def go_to_learning(page: Page, words: dict[str, str], *, is_phone: bool) -> None:
    """Use the header's link, which on a phone is in the account's menu."""
    if is_phone:
        page.get_by_role("button", name=words["menu"]).click()
        page.get_by_role("menuitem", name=words["learning"]).click()
    else:
        page.get_by_role("navigation").get_by_role("link", name=words["learning"]).click()
