"""The built frontend in a real Chromium, with answers of an API that is not there."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from local.browser import find_browser
from local.install import set_up_frontend
from tests.e2e.conftest import QUIET
from tests.pages.page_server import PageServer
from tests.pages.state import Look
from tests.pages.window import Window

# Letters are drawn in greys and without a screen's hints, so that they look alike on every machine.
ALIKE = ["--font-render-hinting=none", "--disable-lcd-text", "--force-color-profile=srgb", "--hide-scrollbars"]


@pytest.fixture(scope="session", autouse=True)
def built_page() -> None:
    """Build the page anew where its sources changed, or a test would look at yesterday's."""
    set_up_frontend()


@pytest.fixture(scope="module")
def server() -> Iterator[PageServer]:
    with PageServer().running() as server:
        yield server


# Not for the whole session: while it is open, Playwright's event loop runs in this thread, and no other can.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    system = find_browser()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(system) if system else None, args=[*QUIET, *ALIKE])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def window(browser: Browser) -> Iterator[Callable[[Look], Window]]:
    """Return a function that gives the window of a look; it is the same each time."""
    windows: dict[Look, Window] = {}

    def of(look: Look) -> Window:
        if look not in windows:
            windows[look] = Window(browser, look)
        return windows[look]

    yield of
    for opened in windows.values():
        opened.close()
