"""The account's menu by keyboard and by mouse, whether it is pressed before it was loaded or after."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.pages import home_states
from tests.pages.page_server import PageServer
from tests.pages.state import Look
from tests.pages.test_states import LOOKS, assert_accessible
from tests.pages.window import Window

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

SETTINGS = next(state for state in home_states.STATES if state.name == "settings")
DESKTOP = next(look for look in LOOKS if look.language == "en")
REST_MS = 3000

# What a page leaves for when it has come to rest waits until a test says so, however slow or quick the machine is.
REST = f"""(() => {{
  const soon = window.setTimeout;
  const held = (window.__held = []);
  window.setTimeout = (run, ms, ...more) => (ms === {REST_MS} ? -held.push(run) : soon(run, ms, ...more));
}})()"""

OPAQUE = "(menu) => getComputedStyle(menu).opacity === '1' && document.getAnimations().length === 0"


@pytest.fixture
def page(server: PageServer, window: Callable[[Look], Window]) -> Iterator[Page]:
    """A page with the account's button, without its menu."""
    shown = server.show(SETTINGS.answers("en"))
    with window(DESKTOP).page(shown, REST) as (page, said):
        page.goto(server.url + SETTINGS.path)
        expect(page.get_by_text(SETTINGS.shows[1])).to_be_visible()
        page.wait_for_function("() => window.__held.length > 0")
        yield page
        assert said == []


def by_key(key: str) -> Callable[[Locator], None]:
    def press(button: Locator) -> None:
        button.focus()
        button.press(key)

    return press


def the_button(page: Page) -> Locator:
    return page.get_by_role("button", name="My account")


def come_to_rest(page: Page) -> None:
    """Let the page load what it left for later."""
    before = the_button(page).element_handle()
    page.evaluate("() => window.__held.splice(0).forEach((run) => run())")
    page.wait_for_function("(button) => !button.isConnected", arg=before)


@pytest.mark.parametrize("press", [by_key("Enter"), by_key("Space"), Locator.click], ids=["enter", "space", "click"])
@pytest.mark.parametrize("is_loaded", [False, True], ids=["not-loaded", "loaded"])
def test_the_menu_takes_the_focus_moves_it_and_gives_it_back(
    page: Page, press: Callable[[Locator], None], is_loaded: bool
) -> None:
    if is_loaded:
        come_to_rest(page)
    menu = page.get_by_role("menu")
    for _ in ("the first time", "and again"):
        press(the_button(page))
        expect(menu.get_by_role("menuitem", name="Home")).to_be_focused()
        page.keyboard.press("ArrowDown")
        expect(menu.get_by_role("menuitem", name="New interview")).to_be_focused()
        page.keyboard.press("ArrowUp")
        expect(menu.get_by_role("menuitem", name="Home")).to_be_focused()
        page.keyboard.press("Escape")
        expect(menu).to_have_count(0)
        expect(the_button(page)).to_be_focused()


def test_an_open_menu_shuts_nobody_out(page: Page) -> None:
    the_button(page).click()
    expect(page.get_by_role("menuitem", name="Home")).to_be_focused()
    # While it fades in, its letters are as pale as axe says.
    page.wait_for_function(OPAQUE, arg=page.get_by_role("menu").element_handle())
    assert_accessible(page)


def test_a_button_that_has_the_focus_keeps_it_when_its_menu_arrives(page: Page) -> None:
    the_button(page).focus()
    come_to_rest(page)
    expect(the_button(page)).to_be_focused()


def test_a_menu_that_arrives_takes_the_focus_from_nobody(page: Page) -> None:
    elsewhere = page.get_by_label("Current password")
    elsewhere.focus()
    come_to_rest(page)
    expect(elsewhere).to_be_focused()
