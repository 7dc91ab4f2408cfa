"""Setting an interview up, with a model and without, and before there is a résumé."""

from typing import Any

from playwright.sync_api import Page

from tests.pages.interviews import resume_row
from tests.pages.page_server import Answers
from tests.pages.people import signed_in
from tests.pages.resume_states import RESUME, detail, profile
from tests.pages.state import State, word

_STAGES = [
    ("introduction", ("자기소개", "Introduction"), 1),
    ("skill", ("핵심 기술", "Main skill"), 2),
    ("problem", ("어려웠던 문제", "Hardest problem"), 1),
    ("closing", ("마무리", "Closing"), 1),
]


def _scenario(language: str, name: str, title: tuple[str, str], text: tuple[str, str], minutes: int) -> dict[str, Any]:
    stages = [
        {"key": key, "title": word(language, *stage), "competency": None, "question_count": count}
        for key, stage, count in _STAGES
    ]
    return {
        "id": name,
        "version": 2,
        "title": word(language, *title),
        "description": word(language, *text),
        "stages": stages,
        "question_count": 5,
        "estimated_minutes": minutes,
    }


def _setup(language: str, resumes: list[dict[str, Any]] | None = None, **status: Any) -> Answers:
    rows = [resume_row(language, 1)] if resumes is None else resumes
    short = ("다섯 가지 질문으로 핵심만 연습해요.", "Five questions on what matters most.")
    standard = (
        "자기소개부터 마무리까지 열다섯 주제를 실제 면접처럼 진행해요.",
        "Fifteen topics from introduction to closing.",
    )
    return signed_in(language, **status) | {
        "GET /resumes": {"items": rows, "total": len(rows)},
        f"GET /resumes/{RESUME}": detail(language, profile=profile(language)),
        "GET /scenarios": [
            _scenario(language, "short", ("짧은 면접", "Short interview"), short, 15),
            _scenario(language, "standard", ("표준 면접", "Standard interview"), standard, 48),
        ],
    }


def _without_model(language: str) -> Answers:
    away = {"model_state": "missing", "model_name": None, "model_licence": None, "model_location": None}
    return _setup(language, **away, can_score=False, can_ask_with_model=False, emotion_enabled=False)


def _start_without_role(page: Page, language: str) -> None:
    page.get_by_text(word(language, "짧은 면접", "Short interview"), exact=True).wait_for()
    page.get_by_role("button", name=word(language, "면접 시작", "Start interview")).click()


STATES = [
    State("setup", "/interviews/new", _setup, ("표준 면접", "Standard interview")),
    State(
        "setup-no-model",
        "/interviews/new",
        _without_model,
        ("모델 파일이 설치되어 있지 않아요", "No model file is installed"),
        lambda page, language: page.get_by_text(word(language, "표준 면접", "Standard interview")).wait_for(),
    ),
    State(
        "setup-no-role",
        "/interviews/new",
        _setup,
        ("지원 직무를 적어 주세요", "Please enter the role"),
        _start_without_role,
    ),
    State(
        "setup-no-resume",
        "/interviews/new",
        lambda language: _setup(language, []),
        ("준비된 이력서가 없어요", "There is no résumé to use yet"),
    ),
]
