"""A browser window that stays open from state to state: what one state loaded is there for the next."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, ConsoleMessage, Error, Page

from tests.pages.page_server import STATE_HEADER
from tests.pages.people import NOW
from tests.pages.state import Look

PATIENCE_MS = 60_000
EMPTY = "about:blank"


class Window:
    """A window of one look, on a day that is always the same."""

    def __init__(self, browser: Browser, look: Look) -> None:
        self._context = browser.new_context(
            locale={"ko": "ko-KR", "en": "en-GB"}[look.language],
            timezone_id="Asia/Seoul",
            viewport={"width": look.width, "height": 844 if look.width < 600 else 900},
            color_scheme=look.scheme,
            reduced_motion="reduce",
            has_touch=look.width < 600,
            is_mobile=look.width < 600,
        )
        self._context.set_default_timeout(PATIENCE_MS)
        # Not a first visit, in which letters would come after the rest.
        prepare = "localStorage.clear(); localStorage.setItem('letters', 'here')"
        self._context.add_init_script(f'if (location.href !== "{EMPTY}") {{ {prepare} }}')
        self._context.clock.set_fixed_time(NOW)
        self._page: Page | None = None
        self._said: list[str] = []

    def close(self) -> None:
        self._context.close()

    @contextmanager
    def page(self, state: str, before: str) -> Iterator[tuple[Page, list[str]]]:
        """Give an empty page whose requests name `state`, and what is said in it of mistakes.

        `before` runs before any script of the page's. What failed is not used again.
        """
        page = self._page = self._page or self._new_page()
        self._said.clear()
        try:
            page.set_extra_http_headers({STATE_HEADER: state})
            with _added(page, before):
                yield page, self._said
                page.goto(EMPTY, wait_until="commit")
            page.unroute_all()
            page.clock.set_fixed_time(NOW)
        except BaseException:
            self._page = None
            page.close()
            raise

    def _new_page(self) -> Page:
        page = self._context.new_page()
        page.on("console", self._note)
        page.on("pageerror", self._note_error)
        return page

    def _note(self, message: ConsoleMessage) -> None:
        if is_mistake(message):
            self._said.append(message.text)

    def _note_error(self, error: Error) -> None:
        self._said.append(str(error))


def is_mistake(message: ConsoleMessage) -> bool:
    """Whether a page says something of a mistake of its own; an answer of the API that is no success is none."""
    is_answer = message.text.startswith("Failed to load resource") and "/api/" in message.location["url"]
    return message.type == "error" and not is_answer


@contextmanager
def _added(page: Page, script: str) -> Iterator[None]:
    """Run `script` before any of the page's; Playwright itself cannot take one away again."""
    if not script:
        yield
        return
    developer = page.context.new_cdp_session(page)
    developer.send("Page.enable")
    added = developer.send("Page.addScriptToEvaluateOnNewDocument", {"source": script})
    try:
        yield
    finally:
        developer.send("Page.removeScriptToEvaluateOnNewDocument", added)
        developer.detach()
