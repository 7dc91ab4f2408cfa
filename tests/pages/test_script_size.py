"""How much script a browser loads before sign-in page and room can be used, compressed as nginx compresses it."""

import pytest
from playwright.sync_api import Browser, Response, expect

from tests.pages import account_states, room_states
from tests.pages.page_server import PageServer
from tests.pages.state import State

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

MOST_BYTES = 250_000

SIGN_IN = next(state for state in account_states.STATES if state.name == "sign-in")
ROOM = next(state for state in room_states.STATES if state.name == "room-question")


@pytest.mark.parametrize("state", [SIGN_IN, ROOM], ids=lambda state: state.name)
def test_a_page_that_must_be_there_at_once_loads_little_script(
    server: PageServer, browser: Browser, state: State
) -> None:
    server.show(state.answers("en"))
    context = browser.new_context(locale="en-GB")
    # What a page leaves for later does not count, however long this machine stands still.
    context.add_init_script(
        "const now = setTimeout; setTimeout = (f, ms, ...more) => (ms < 2500 ? now(f, ms, ...more) : 0)"
    )
    page = context.new_page()
    scripts: dict[str, int] = {}

    def note(response: Response) -> None:
        if response.request.resource_type == "script":
            scripts[response.url.rsplit("/", 1)[-1]] = int(response.headers["content-length"])

    page.on("response", note)
    page.goto(server.url + state.path)
    expect(page.get_by_text(state.shows[1]).last).to_be_visible()
    context.close()
    total = sum(scripts.values())
    largest = sorted(scripts.items(), key=lambda script: -script[1])[:5]
    assert 0 < total <= MOST_BYTES, f"{total} bytes in {len(scripts)} scripts, most of them in {largest}"
