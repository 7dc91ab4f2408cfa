"""The whole platform and a real Chromium."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from local.browser import find_browser
from tests.samples.make_gguf import write_gguf
from tests.stack import Stack, run_stack

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

EVERYTHING = ("backend", "worker-cpu", "worker-gpu", "sweeper", "media-server", "web")


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
