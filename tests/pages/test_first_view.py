"""What is seen of a page before its script is there, and that it comes to life without a jump or a loss."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.pages import account_states, home_states
from tests.pages.page_server import PageServer
from tests.pages.test_states import assert_accessible
from tests.pages.window import is_mistake

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

STATES = {state.name: state for state in (*account_states.STATES, *home_states.STATES)}

# All scripts but the one that draws.
SCRIPTS = re.compile(r"/assets/(?!first-view)[^/]*\.js$")

NOTE_SHIFTS = """
globalThis.shifts = [];
new PerformanceObserver((list) => shifts.push(...list.getEntries().map(({ value }) => value)))
  .observe({ type: "layout-shift", buffered: true });
"""
MOST_SHIFT = 0.01
"""A tenth of what Lighthouse takes for none; letters that come later may move a line by a hair."""


@dataclass
class Opened:
    page: Page
    said: list[str] = field(default_factory=list)
    held: list[Route] = field(default_factory=list)
    is_held: bool = True

    def hold(self, route: Route) -> None:
        if self.is_held:
            self.held.append(route)
        else:
            route.continue_()

    def let_scripts_come(self) -> None:
        self.is_held = False
        for route in self.held:
            route.continue_()


@contextmanager
def opened(
    browser: Browser, server: PageServer, name: str, *, locale: str = "ko-KR", query: str = "", kept: str = ""
) -> Iterator[Opened]:
    """Open a state whose scripts do not come until they are let."""
    server.show(STATES[name].answers(locale[:2]))
    context = browser.new_context(locale=locale, viewport={"width": 390, "height": 844})
    context.add_init_script(NOTE_SHIFTS + kept)
    opened = Opened(context.new_page())
    opened.page.on("console", lambda message: opened.said.append(message.text) if is_mistake(message) else None)
    opened.page.on("pageerror", lambda error: opened.said.append(str(error)))
    opened.page.route(SCRIPTS, opened.hold)
    opened.page.goto(server.url + STATES[name].path + query, wait_until="commit")
    yield opened
    context.close()


def test_landing_is_read_before_its_script_is_there_and_comes_to_life_where_it_is(
    server: PageServer, browser: Browser
) -> None:
    with opened(browser, server, "landing") as landing:
        page = landing.page
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        expect(page.get_by_text("왜 이 질문인가요?")).to_be_visible()
        expect(page.get_by_role("link", name="이미 계정이 있어요")).to_have_attribute("href", "/sign-in")
        assert_accessible(page)
        page.locator("h1").evaluate("(title) => { title.isTheFirst = true }")

        landing.let_scripts_come()

        # What only the server knows.
        expect(page.get_by_text("외부로 보내지 않아요")).to_be_visible()
        assert page.locator("h1").evaluate("(title) => title.isTheFirst")
        assert sum(page.evaluate("shifts")) <= MOST_SHIFT
        assert landing.said == []


def test_what_is_typed_before_the_script_is_there_is_what_signs_in(server: PageServer, browser: Browser) -> None:
    with opened(browser, server, "sign-in-wrong", locale="en-GB", query="?next=/settings") as sign_in:
        page = sign_in.page
        username = page.get_by_label("Username or e-mail")
        username.fill("jiwon")
        page.get_by_label("Password", exact=True).fill("not the right one")
        page.get_by_label("Password", exact=True).press("Enter")
        button = page.get_by_role("main").get_by_role("button", name="Sign in")
        button.click()
        assert_accessible(page)

        sign_in.let_scripts_come()
        expect(button).to_have_attribute("type", "submit")
        with page.expect_request("**/auth/token") as asked:
            button.click()

        assert asked.value.post_data_json == {"username": "jiwon", "password": "not the right one"}
        expect(page.get_by_text("The username or the password is wrong")).to_be_visible()
        expect(username).to_have_value("jiwon")
        expect(page.get_by_role("link", name="Create an account")).to_have_attribute("href", "/register?next=/settings")


@pytest.mark.parametrize("name", ["landing", "sign-in", "home-in-progress"])
def test_the_first_view_is_in_the_language_and_the_colours_that_were_chosen_here(
    server: PageServer, browser: Browser, name: str
) -> None:
    kept = "".join(
        f"localStorage.setItem('{key}', '{value}');"
        for key, value in (("language", "en"), ("mantine-color-scheme-value", "dark"), ("letters", "here"))
    )
    with opened(browser, server, name, kept=kept) as chosen:
        page = chosen.page
        expect(page.get_by_role("button", name="한국어")).to_be_visible()
        assert page.locator("html").get_attribute("lang") == "en"
        assert page.title() == "AI Interview"
        page.wait_for_function("[...document.fonts].some(({ family }) => family.includes('Pretendard'))")
        dark = page.locator("body").evaluate("(body) => getComputedStyle(body).backgroundColor")

        chosen.let_scripts_come()

        expect(page.get_by_text(STATES[name].shows[1]).last).to_be_visible()
        expect(page.get_by_role("button", name="Switch to the light theme")).to_be_visible()
        assert page.locator("body").evaluate("(body) => getComputedStyle(body).backgroundColor") == dark
        assert chosen.said == []
