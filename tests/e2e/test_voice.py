"""An interview by voice in a real browser: spoken, cut off, corrected, and read in the report as it was played."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from playwright.sync_api import Locator, Page, expect, sync_playwright
from sqlmodel import col, select

from interview_core.db.tables import AnswerSource, FrameAnalysis, SegmentState, SpeechSegment, SpokenAnswer
from local.browser import find_browser
from tests.e2e.candidate import PASSWORD
from tests.e2e.conftest import EVERYTHING, QUIET, SCREENSHOTS
from tests.e2e.devices import ALLOWED, FAKE, REFUSED, write_camera, write_microphone
from tests.samples.make_emotion_weights import make_emotion_weights
from tests.samples.make_resume_pdf import make_resume_pdf
from tests.samples.make_whisper import make_whisper
from tests.stack import Stack, run_stack, wait_for

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]

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
            "consents": CONSENTS | consents,
        }
        response = self.http.post("/interviews", json=body)
        assert response.status_code == 201, response.text
        return str(response.json()["id"])

    def read(self, path: str) -> dict[str, Any]:
        return dict(self.http.get(path).raise_for_status().json())


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Every service, with a recogniser that hears noise and a network that sees faces."""
    folder = tmp_path_factory.mktemp("voice")
    whisper = make_whisper(folder / "whisper")
    make_emotion_weights(folder / "deepface")
    engines = {
        "SPEECH_MODEL": str(whisper),
        "EMOTION_ENABLED": "true",
        "DEEPFACE_HOME": str(folder / "deepface"),
        "MEDIA_URL": "/",
        "MEDIA_FRAME_INTERVAL_MS": "500",
        "MEDIA_MAX_LAG_MS": "60000",
    }
    with run_stack(tmp_path_factory.mktemp("platform"), engines) as stack:
        stack.start(*EVERYTHING)
        yield stack


@pytest.fixture(scope="module")
def account(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    name = f"speaker-{uuid4().hex[:10]}"
    with httpx.Client(base_url=f"{stack.api_url}/api/v1", timeout=30) as http:
        registered = http.post("/auth/register", json={"username": name, "password": PASSWORD, "language": "ko"})
        assert registered.status_code == 201, registered.text
        token = http.post("/auth/token", data={"username": name, "password": PASSWORD}).json()["access_token"]
        http.headers["Authorization"] = f"Bearer {token}"
        pdf = tmp_path_factory.mktemp("resume") / "resume.pdf"
        make_resume_pdf("ko", pdf)
        resume_id = http.post("/resumes", files={"file": ("이력서.pdf", pdf.read_bytes())}).json()["id"]
        wait_for(
            lambda: http.get(f"/resumes/{resume_id}").json()["status"] == "ready", within_s=180, what="résumé is read"
        )
        yield Account(name, http, resume_id)


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
        """Wait for another question, or the end."""
        self.page.wait_for_function(
            "before => document.querySelector('a[href$=\"/report\"]')"
            " || ![before, '', undefined].includes(document.querySelector('h1')?.innerText.trim())",
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

    @property
    def corrected(self) -> Locator:
        return self.page.get_by_label("내 답변 고치기")

    def send(self) -> None:
        before = self.question()
        self.page.get_by_role("button", name=re.compile("답변 보내기|빠진 채로 보내기")).click()
        self.wait_for_next(before)


@pytest.fixture
def enter(stack: Stack, account: Account, request: pytest.FixtureRequest) -> Callable[..., Any]:
    """Return a context manager: a browser with these devices, signed in, in the room of a new interview."""

    @contextmanager
    def open_room(*flags: str, width: int = 1440, **consents: bool) -> Iterator[Room]:
        interview_id = account.new_interview(**consents)
        system = find_browser()
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=str(system) if system else None, args=[*QUIET, *FAKE, *flags]
            )
            context = browser.new_context(
                locale="ko-KR", viewport={"width": width, "height": 900}, reduced_motion="reduce"
            )
            context.set_default_timeout(60_000)
            page = context.new_page()
            page.goto(f"{stack.web_url}/sign-in")
            page.get_by_label("아이디 또는 이메일").fill(account.name)
            page.get_by_label("비밀번호", exact=True).fill(PASSWORD)
            page.get_by_role("main").get_by_role("button", name="로그인", exact=True).click()
            expect(page).not_to_have_url(f"{stack.web_url}/sign-in")
            page.goto(f"{stack.web_url}/interviews/{interview_id}")
            room = Room(page, stack, interview_id)
            try:
                yield room
            finally:
                page.screenshot(path=SCREENSHOTS / f"last-{request.node.name}.png", full_page=True)
                browser.close()

    return open_room


def segments_of(stack: Stack, interview_id: str) -> list[SpeechSegment]:
    with stack.sessions() as session:
        rows = session.exec(
            select(SpeechSegment)
            .where(SpeechSegment.interview_id == UUID(interview_id))
            .order_by(col(SpeechSegment.epoch), col(SpeechSegment.sequence))
        )
        return list(rows)


def test_a_short_interview_is_spoken_cut_off_corrected_and_reported_as_it_was_played(
    stack: Stack, account: Account, enter: Callable[..., Any], tmp_path: Path
) -> None:
    microphone, spoken_s = write_microphone(tmp_path)
    devices = [
        ALLOWED,
        f"--use-file-for-fake-audio-capture={microphone}",
        f"--use-file-for-fake-video-capture={write_camera(tmp_path)}",
    ]
    with enter(*devices) as room:
        page = room.page
        room.button("마이크 켜기").click()
        expect(room.talk).to_be_enabled()
        expect(page.get_by_label("내 카메라 화면")).to_be_visible()

        first = room.question()
        room.speak(spoken_s + 2)
        expect(room.corrected).to_be_visible(timeout=120_000)
        page.screenshot(path=SCREENSHOTS / "voice-review.png", full_page=True)
        heard = room.corrected.input_value()
        room.corrected.fill(f"{heard} 그리고 지표를 확인했습니다.")
        room.send()

        seen = wait_for(lambda: frames_of(stack, room.interview_id), within_s=60, what="a frame is analysed")
        assert seen
        room.button("내가 동의한 것").click()
        page.get_by_label("표정 살펴보기 (연습에서만)").click()
        expect(page.get_by_text("거뒀어요. 카메라를 껐고")).to_be_visible()
        page.screenshot(path=SCREENSHOTS / "voice-consents.png", full_page=True)
        room.button("닫기").click()
        expect(page.get_by_label("내 카메라 화면")).not_to_be_visible()
        assert frames_of(stack, room.interview_id) == 0

        cut = room.question()
        assert cut != first
        room.talk.click()
        expect(page.get_by_text("듣고 있어요").first).to_be_visible()
        page.wait_for_timeout((spoken_s + 2) * 1000)
        stack.services["media-server"].kill()
        expect(page.get_by_text("연결이 끊겨서 다시 연결하고 있어요").first).to_be_visible(timeout=15_000)
        page.screenshot(path=SCREENSHOTS / "voice-reconnecting.png", full_page=True)
        stack.restart("media-server")
        expect(page.get_by_text("연결이 잠시 끊겼어요")).to_be_visible(timeout=60_000)
        page.wait_for_timeout((spoken_s + 2) * 1000)
        room.button("다 말했어요").click()
        expect(room.corrected).to_be_visible(timeout=120_000)
        room.send()

        while not room.is_over:
            room.speak(spoken_s)
            expect(room.corrected).to_be_visible(timeout=120_000)
            room.send()
        page.get_by_role("link", name="리포트 보기").click()
        expect(page.get_by_role("heading", name="말하기 습관")).to_be_visible(timeout=120_000)
        page.screenshot(path=SCREENSHOTS / "voice-report.png", full_page=True)

    check_report(stack, account, room.interview_id, heard, cut, spoken_s)


def check_report(stack: Stack, account: Account, interview_id: str, heard: str, cut: str, spoken_s: float) -> None:
    turns = account.read(f"/interviews/{interview_id}")["turns"]
    assert all(turn["answer"]["source"] == AnswerSource.VOICE for turn in turns)
    corrected = turns[0]["answer"]
    assert corrected["transcript"] == heard
    assert corrected["text"].endswith("지표를 확인했습니다.")
    assert [edit["op"] for edit in corrected["transcript_edits"]] == ["insert"]
    # In order, inside their epoch's clock, each about as long as the sentence that was played.
    segments = segments_of(stack, interview_id)
    assert {row.state for row in segments} == {SegmentState.DONE}
    for one, other in pairwise(segments):
        assert one.epoch < other.epoch or one.end_ms <= other.start_ms
    for row in segments:
        times = [time for word in row.words for time in (word["start_ms"], word["end_ms"])]
        assert times == sorted(times)
        assert all(row.start_ms <= time <= row.end_ms for time in times)
    longest = max(row.end_ms - row.start_ms for row in segments) / 1000
    assert spoken_s * 0.7 <= longest <= spoken_s + 3
    # The answer that was cut off is one take in two epochs.
    question_id = next(UUID(turn["question"]["id"]) for turn in turns if turn["question"]["text"] == cut)
    of_cut = [row for row in segments if row.question_id == question_id]
    assert {row.take for row in of_cut} == {1}
    assert len({row.epoch for row in of_cut}) >= 2
    delivery = account.read(f"/interviews/{interview_id}/delivery")
    assert delivery["is_scored"] is False
    assert {item["position"] for item in delivery["answers"]} == {turn["question"]["position"] for turn in turns}
    assert delivery["picture"] is None
    with stack.sessions() as session:
        ends = session.exec(select(SpokenAnswer).where(SpokenAnswer.interview_id == UUID(interview_id))).all()
    assert {end.end_reason.value for end in ends if end.end_reason} <= {"button", "silence"}


def frames_of(stack: Stack, interview_id: str) -> int:
    with stack.sessions() as session:
        return len(session.exec(select(FrameAnalysis).where(FrameAnalysis.interview_id == UUID(interview_id))).all())


def test_a_refused_camera_leaves_the_voice(
    stack: Stack, account: Account, enter: Callable[..., Any], tmp_path: Path
) -> None:
    microphone, spoken_s = write_microphone(tmp_path)
    with enter(ALLOWED, f"--use-file-for-fake-audio-capture={microphone}") as room:
        room.page.add_init_script(
            "const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);"
            "navigator.mediaDevices.getUserMedia = async wanted => {"
            " if (wanted.video) throw new DOMException('', 'NotAllowedError'); return ask(wanted) }"
        )
        room.page.reload()
        room.button("마이크 켜기").click()
        expect(room.talk).to_be_enabled()
        expect(room.page.get_by_text("카메라는 꺼져 있어요")).to_be_visible()
        room.speak(spoken_s)
        expect(room.corrected).to_be_visible(timeout=120_000)
        room.send()
    answer = account.read(f"/interviews/{room.interview_id}")["turns"][0]["answer"]
    assert answer["source"] == "voice"
    assert answer["text"]


def test_everything_refused_leaves_text(stack: Stack, account: Account, enter: Callable[..., Any]) -> None:
    with enter(REFUSED, width=390) as room:
        room.button("마이크 켜기").click()
        expect(room.page.get_by_text("마이크를 쓸 수 없어요")).to_be_visible()
        room.page.screenshot(path=SCREENSHOTS / "voice-refused-390.png", full_page=True)
        room.button("글로 답하기").first.click()
        before = room.question()
        room.page.get_by_label("내 답변", exact=True).fill("로그를 보고 느린 조회를 먼저 찾았습니다.")
        room.button("답변 보내기").click()
        room.wait_for_next(before)
    answer = account.read(f"/interviews/{room.interview_id}")["turns"][0]["answer"]
    assert (answer["source"], answer["text"]) == ("text", "로그를 보고 느린 조회를 먼저 찾았습니다.")
