"""A candidate who speaks: what is clicked and said in the room, by the words on the screen."""

import re
from dataclasses import dataclass
from typing import Any

import httpx
from playwright.sync_api import Locator, Page, expect

from tests.stack import Stack

CONSENTS = {"transcription": True, "recording": False, "scoring": False, "emotion": True}


@dataclass
class Account:
    """A candidate with a résumé that has been read."""

    name: str
    http: httpx.Client
    resume_id: str

    def new_interview(self, **consents: bool) -> str:
        body = {
            "resume_id": self.resume_id,
            "scenario_id": "short",
            "language": "ko",
            "target_role": "백엔드 개발자",
            "purpose": "practice",
            "plan": {"question_count": 3},
            "consents": CONSENTS | consents,
        }
        response = self.http.post("/interviews", json=body)
        assert response.status_code == 201, response.text
        return str(response.json()["id"])

    def read(self, path: str) -> dict[str, Any]:
        return dict(self.http.get(path).raise_for_status().json())


@dataclass
class Room:
    """The room as a candidate uses it."""

    page: Page
    stack: Stack
    interview_id: str

    @property
    def talk(self) -> Locator:
        return self.page.get_by_role("button", name="말하기 시작")

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name)

    def question(self) -> str:
        return self.page.get_by_role("heading", level=1).inner_text().strip()

    def wait_for_next(self, before: str) -> None:
        """Wait until another question can be answered, or for the end."""
        self.page.wait_for_function(
            "before => document.querySelector('a[href$=\"/report\"]') || (document.querySelector('[role=radiogroup]')"
            " && ![before, '', undefined].includes(document.querySelector('h1')?.innerText.trim()))",
            arg=before,
            timeout=120_000,
        )

    @property
    def is_over(self) -> bool:
        return self.page.get_by_role("link", name="리포트 보기").is_visible()

    def speak(self, seconds: float) -> None:
        """Answer from the start button to the button that ends it."""
        self.talk.click()
        expect(self.button("다 말했어요")).to_be_visible()
        expect(self.page.get_by_text("듣고 있어요").first).to_be_visible(timeout=60_000)
        self.page.wait_for_timeout(seconds * 1000)
        self.button("다 말했어요").click()

    def speak_to_the_end(self, seconds: float) -> None:
        """Answer all questions that are left."""
        while not self.is_over:
            self.speak(seconds)
            expect(self.corrected).to_be_visible(timeout=120_000)
            self.send()

    @property
    def corrected(self) -> Locator:
        return self.page.get_by_label("내 답변 고치기")

    def send(self) -> None:
        before = self.question()
        self.page.get_by_role("button", name=re.compile("답변 보내기|빠진 채로 보내기")).click()
        self.wait_for_next(before)
