"""Every state of every page: how it looks, and that nothing is cut off, scrolls sideways or shuts anybody out."""

import os
import time
from collections.abc import Callable

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.pages import (
    account_states,
    compare_states,
    home_states,
    question_set_states,
    report_states,
    resume_states,
    review_states,
    room_states,
    setup_states,
    voice_states,
)
from tests.pages.likeness import difference, reduced, save_comparison
from tests.pages.page_server import PageServer
from tests.pages.state import Look, State, word
from tests.pages.window import PATIENCE_MS, Window
from tests.stack import ROOT

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

AXE = (ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8")
KEPT = ROOT / "tests" / "pages" / "baselines"
RESULTS = ROOT / "test-results" / "pages"
IS_RENEWING = os.environ.get("RENEW_PICTURES") == "1"

LOOKS = [Look("ko", 390, "light"), Look("en", 1440, "dark")]
STATES: list[State] = [
    state
    for page in (
        account_states,
        home_states,
        resume_states,
        setup_states,
        room_states,
        voice_states,
        report_states,
        compare_states,
        question_set_states,
        review_states,
    )
    for state in page.STATES
]

# What is wider or higher than its box and hidden there. Words for screen readers alone are a pixel wide.
CUT_OFF = """() => [...document.querySelectorAll("body *:not(svg *)")].filter((element) => {
  const style = getComputedStyle(element);
  if (!element.innerText?.trim() || !element.checkVisibility() || element.clientWidth < 3) return false;
  const hides = (overflow) => overflow === "hidden" || overflow === "clip";
  return (hides(style.overflowX) && element.scrollWidth > element.clientWidth + 1)
    || (hides(style.overflowY) && element.scrollHeight > element.clientHeight + 2);
}).map((element) => element.outerHTML.slice(0, 200))"""

# Looked for with every frame; a locator looks ever more seldom.
SAYS = """(words) => {
  const plain = (text) => text.replace(/\\s+/g, " ").toLowerCase();
  return plain(document.body?.textContent ?? "").includes(plain(words));
}"""

SETTLED = """async () => {
  await document.fonts.ready;
  const isWaiting = ".mantine-Skeleton-root, [aria-busy=true].mantine-Stack-root:empty";
  return document.querySelector(isWaiting) === null
    && [...document.fonts].some(({ family }) => family.includes("Pretendard"))
    && [...document.fonts].every((font) => font.status !== "loading")
    && [...document.images].every((image) => image.complete);
}"""


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
@pytest.mark.parametrize("state", STATES, ids=lambda state: state.name)
def test_a_state_looks_as_it_did_and_shuts_nobody_out(
    server: PageServer, window: Callable[[Look], Window], state: State, look: Look
) -> None:
    shown = server.show(state.answers(look.language))
    with window(look).page(shown, state.before) as (page, said):
        enter(page, server, state, look)
        found = looks_different(page, f"{state.name}-{look.name}")
        assert server.unanswered == []
        assert said == []
        assert_nothing_is_cut_off(page)
        if is_judged_by_axe(state, look):
            assert_accessible(page)
        assert found is None, f"{found}; see {RESULTS}"


def test_no_picture_is_kept_of_a_state_that_is_gone() -> None:
    expected = {f"{state.name}-{look.name}.png" for state in STATES for look in LOOKS}
    assert {file.name for file in KEPT.glob("*.png")} == expected


def enter(page: Page, server: PageServer, state: State, look: Look) -> None:
    page.goto(server.url + state.path, wait_until="commit")
    if state.act:
        state.act(page, look.language)
    # Nothing is drawn as under the mouse, wherever this state or the one before left it.
    page.mouse.move(0, 0)
    shown = word(look.language, *state.shows)
    page.wait_for_function(SAYS, arg=shown)
    # The last: the same words may stand in a notice and be read out by a live region before it.
    expect(page.get_by_text(shown).last).to_be_visible(timeout=PATIENCE_MS)
    page.wait_for_function(SETTLED)


def looks_different(page: Page, name: str) -> str | None:
    """Wait until the page looks as it did, and say what differs where it never does."""
    file = KEPT / f"{name}.png"
    if IS_RENEWING:
        png = calm_picture(page)
        reduced(png).save(file, optimize=True)
        save_comparison(RESULTS, name, png, None)
        return None
    kept = Image.open(file).convert("RGB") if file.exists() else None
    deadline = time.monotonic() + PATIENCE_MS / 1000
    while True:
        png = picture(page)
        found = difference(reduced(png), kept) if kept else "there is no picture of it yet"
        if found is None or kept is None or time.monotonic() > deadline:
            break
    if found:
        save_comparison(RESULTS, name, png, kept)
    return found


def picture(page: Page) -> bytes:
    return page.screenshot(full_page=True, animations="disabled")


def calm_picture(page: Page) -> bytes:
    """Return a picture once two in a row are the same."""
    before = picture(page)
    while True:
        page.wait_for_timeout(300)
        now = picture(page)
        if difference(reduced(now), reduced(before)) is None:
            return now
        before = now


def assert_nothing_is_cut_off(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "the page scrolls sideways"
    assert page.evaluate(CUT_OFF) == []


def is_judged_by_axe(state: State, look: Look) -> bool:
    """Each state is, in one of its looks, and half of a page's states in either."""
    return LOOKS.index(look) == STATES.index(state) % len(LOOKS)


def assert_accessible(page: Page) -> None:
    # Evaluated rather than added as a script tag, which the page's content policy may refuse.
    page.evaluate(AXE)
    found = page.evaluate("axe.run().then(result => result.violations.map(one => [one.id, one.nodes[0].html]))")
    assert found == []
