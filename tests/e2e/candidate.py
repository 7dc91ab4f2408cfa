"""A candidate at the page: what somebody clicks from registration to report, by the words on the screen."""

from dataclasses import dataclass
from pathlib import Path
from re import Pattern
from uuid import uuid4

from playwright.sync_api import Locator, Page, expect

PASSWORD = "정직한 말 staple 9"

WORDS = {
    "ko": {
        "username": "아이디 또는 이메일",
        "password": "비밀번호",
        "display_name": "이름",
        "register": "회원가입",
        "resume_file": "이력서 파일",
        "prepare": "이 이력서로 면접 준비하기",
        "role": "지원 직무",
        "scoring": "답변 채점에 동의해요",
        "start": "면접 시작",
        "answer": "내 답변",
        "send": "답변 보내기",
        "finish": "면접 마치기",
        "finish_confirm": "마치기",
        "to_report": "리포트 보기",
        "report": "면접 리포트",
        "not_scored": "이 면접은 채점하지 않았어요",
        "from_bank": "질문 은행에서 가져온 질문이에요",
        "reading_done": "이력서에서 읽은 내용",
    },
    "en": {
        "username": "Username or e-mail",
        "password": "Password",
        "display_name": "Name",
        "register": "Create account",
        "resume_file": "Résumé file",
        "prepare": "Set up an interview with it",
        "role": "Target role",
        "scoring": "I agree to have my answers scored",
        "start": "Start interview",
        "answer": "Your answer",
        "send": "Send answer",
        "finish": "Finish interview",
        "finish_confirm": "Finish",
        "to_report": "Open report",
        "report": "Interview report",
        "not_scored": "This interview was not scored",
        "from_bank": "From the question bank",
        "reading_done": "What we read in your résumé",
    },
}

ANSWER = {
    "ko": "주문 API를 맡아 Redis 캐시를 도입했고, p99 지연을 900ms에서 540ms로 줄였습니다. 원인은 로그로 찾았습니다.",
    "en": "I owned the order API, added a Redis cache, and cut p99 latency from 900 ms to 540 ms after profiling.",
}


@dataclass
class Candidate:
    page: Page
    base_url: str
    language: str

    def word(self, key: str) -> str:
        return WORDS[self.language][key]

    def register(self) -> None:
        self.page.goto(f"{self.base_url}/register")
        self.page.get_by_label(self.word("username"), exact=True).fill(f"candidate-{uuid4().hex[:10]}")
        self.page.get_by_label(self.word("password"), exact=True).fill(PASSWORD)
        self.page.get_by_role("main").get_by_role("button", name=self.word("register"), exact=True).click()
        expect(self.page).not_to_have_url(f"{self.base_url}/register")

    def upload(self, pdf: Path) -> None:
        """Upload a résumé and wait until its profile is on the page."""
        self.page.goto(f"{self.base_url}/resumes/new")
        self.page.get_by_label(self.word("resume_file")).set_input_files(pdf)
        expect(self.page.get_by_role("heading", name=self.word("reading_done"))).to_be_visible(timeout=150_000)

    def set_up(self, role: str, *, scenario: Pattern[str]) -> None:
        """Start an interview with the résumé on the page."""
        self.open_set_up()
        self.fill_set_up(role, scenario=scenario)

    def open_set_up(self) -> None:
        self.page.get_by_role("link", name=self.word("prepare")).click()
        # The form is there once the résumé is ready, and the first one waits for the embedding model to load.
        expect(self.role_field).to_be_visible(timeout=150_000)

    def fill_set_up(self, role: str, *, scenario: Pattern[str]) -> None:
        self.role_field.fill(role)
        self.page.get_by_role("radio", name=scenario).check()
        self.page.get_by_label(self.word("scoring")).check()
        self.page.get_by_role("button", name=self.word("start"), exact=True).click()
        expect(self.answer_box).to_be_visible()

    def finish(self) -> None:
        """End the interview before its plan does."""
        self.page.get_by_role("button", name=self.word("finish"), exact=True).click()
        self.page.get_by_role("dialog").get_by_role("button", name=self.word("finish_confirm"), exact=True).click()
        expect(self.page.get_by_role("link", name=self.word("to_report"))).to_be_visible()

    @property
    def role_field(self) -> Locator:
        # By its role too: the résumé's page has a button "Correct: Target role".
        return self.page.get_by_role("textbox", name=self.word("role"))

    @property
    def answer_box(self) -> Locator:
        return self.page.get_by_label(self.word("answer"), exact=True)

    @property
    def is_over(self) -> bool:
        return self.page.get_by_role("link", name=self.word("to_report")).is_visible()

    def question(self) -> str:
        """The question on the page."""
        return self.page.get_by_role("heading", level=1).inner_text().strip()

    @property
    def interview_id(self) -> str:
        """The id in the address of the room."""
        return self.page.url.rstrip("/").split("/")[-1]

    def answer(self, text: str) -> None:
        """Send an answer and wait until the next question, or the end, is there."""
        before = self.question()
        self.send(text)
        self.await_next(before)

    def send(self, text: str) -> None:
        """Write an answer and send it."""
        self.answer_box.fill(text)
        self.page.get_by_role("button", name=self.word("send")).click()

    def await_next(self, before: str) -> None:
        """Wait until another question, or the end, is there."""
        self.page.wait_for_function(
            "before => document.querySelector('h1')?.innerText.trim() !== before"
            " && !!document.querySelector('textarea:not([disabled]), a[href$=\"/report\"]')",
            arg=before,
            timeout=120_000,
        )
