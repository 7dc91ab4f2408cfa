"""The whole platform and a real Chromium."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, expect, sync_playwright

from local.browser import find_browser
from local.install import set_up_frontend
from tests.e2e.candidate import PASSWORD
from tests.e2e.devices import FAKE, SENTENCE
from tests.e2e.voice import Account, Room
from tests.samples.make_emotion_weights import make_emotion_weights
from tests.samples.make_gguf import write_gguf
from tests.samples.make_resume_pdf import make_resume_pdf
from tests.samples.make_whisper import Recital, make_whisper
from tests.samples.speak import RATE, speak
from tests.stack import Stack, run_stack, wait_for

# Without them Chromium keeps asking for Google's servers.
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

SCREENSHOTS = Path(__file__).parents[2] / "test-results"
SCRIPTED_QUESTION = "주문 캐시를 무효화하는 시점은 어떻게 정하셨나요?"

# How long a page takes says nothing about it here: other tests share the machine.
expect.set_options(timeout=60_000)

EVERYTHING = ("backend", "worker-cpu", "worker-gpu", "sweeper", "media-server", "web")


@pytest.fixture(scope="session", autouse=True)
def built_page() -> None:
    """Build the page anew where its sources changed, or a test would look at yesterday's."""
    set_up_frontend()


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Every service, without a language model."""
    with run_stack(tmp_path_factory.mktemp("platform")) as stack:
        stack.start(*EVERYTHING)
        yield stack


@pytest.fixture(scope="module")
def platform_with_model(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Every service, with a tiny GGUF that asks the scripted question."""
    with run_stack(tmp_path_factory.mktemp("platform")) as stack:
        write_gguf(stack.folder / "models" / "tiny-exaone.gguf", script=SCRIPTED_QUESTION)
        stack.start(*EVERYTHING)
        yield stack
        assert stack.untraced() == []


# Not for the whole session: while it is open, Playwright's event loop runs in this thread, and no other can.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    system = find_browser()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(system) if system else None, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Callable[..., BrowserContext]]:
    """Return a function that opens a browser window of a language and size; how each looked last is kept."""
    opened: list[BrowserContext] = []

    def open_context(
        language: str = "ko", width: int = 1440, height: int = 900, scheme: str = "light"
    ) -> BrowserContext:
        locale = {"ko": "ko-KR", "en": "en-US"}[language]
        context = browser.new_context(
            locale=locale, viewport={"width": width, "height": height}, color_scheme=scheme, reduced_motion="reduce"
        )
        context.set_default_timeout(30_000)
        opened.append(context)
        return context

    yield open_context
    for number, page in enumerate(page for context in opened for page in context.pages):
        page.screenshot(path=SCREENSHOTS / f"last-{request.node.name}-{number}.png", full_page=True)
    for context in opened:
        context.close()


@pytest.fixture(scope="module")
def voice_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Every service, with a recogniser that hears the microphone's sentence and a network that sees faces."""
    folder = tmp_path_factory.mktemp("voice")
    whisper = make_whisper(folder / "whisper", Recital(SENTENCE, len(speak(SENTENCE)) / RATE))
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
def account(voice_stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    name = f"speaker-{uuid4().hex[:10]}"
    with httpx.Client(base_url=f"{voice_stack.api_url}/api/v1", timeout=30) as http:
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


@pytest.fixture
def enter(voice_stack: Stack, account: Account, request: pytest.FixtureRequest) -> Callable[..., Any]:
    """Return a context manager: a browser with these devices, signed in, in the room of a new interview.

    `script` is run before anything of the page is.
    """

    @contextmanager
    def open_room(
        *flags: str, width: int = 1440, scheme: str = "light", script: str = "", **consents: bool
    ) -> Iterator[Room]:
        interview_id = account.new_interview(**consents)
        system = find_browser()
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=str(system) if system else None, args=[*QUIET, *FAKE, *flags]
            )
            context = browser.new_context(
                locale="ko-KR",
                viewport={"width": width, "height": 900},
                color_scheme=scheme,
                reduced_motion="reduce",
            )
            context.add_init_script(script)
            context.set_default_timeout(60_000)
            page = context.new_page()
            page.goto(f"{voice_stack.web_url}/sign-in")
            page.get_by_label("아이디 또는 이메일").fill(account.name)
            page.get_by_label("비밀번호", exact=True).fill(PASSWORD)
            page.get_by_role("main").get_by_role("button", name="로그인", exact=True).click()
            expect(page).not_to_have_url(f"{voice_stack.web_url}/sign-in")
            page.goto(f"{voice_stack.web_url}/interviews/{interview_id}")
            room = Room(page, voice_stack, interview_id)
            try:
                yield room
            finally:
                page.screenshot(path=SCREENSHOTS / f"last-{request.node.name}.png", full_page=True)
                browser.close()

    return open_room
