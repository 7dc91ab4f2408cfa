"""The timeline of a report, as a browser lays it out."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.pages import report_states
from tests.pages.page_server import PageServer
from tests.pages.state import Look
from tests.pages.test_states import LOOKS
from tests.pages.window import Window

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

READY = next(state for state in report_states.STATES if state.name == "report-ready")
# A few words and many beside the lanes.
WAITS = [None, {"first_text_ms": 640, "whole_ms": 1_640, "is_prepared": False}]

LANES = """() => [...document.querySelectorAll("ol li button > [aria-hidden]")].map((lane) => {
  const { left, width } = lane.getBoundingClientRect();
  return [Math.round(left), Math.round(width)];
})"""


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
def test_all_rows_are_drawn_to_one_scale_whatever_stands_beside_them(
    look: Look, server: PageServer, window: Callable[[Look], Window]
) -> None:
    answers = READY.answers(look.language)
    for turn, waiting in zip(answers[f"GET {report_states.PATH}"]["turns"], WAITS, strict=False):
        turn["question"]["waiting"] = waiting
    with window(look).page(server.show(answers), READY.before) as (page, _):
        page.goto(server.url + READY.path)
        expect(page.get_by_text(READY.shows[look.language == "en"]).first).to_be_visible()
        lanes = page.evaluate(LANES)
        assert len(lanes) >= 2
        assert len({tuple(lane) for lane in lanes}) == 1, lanes
        assert lanes[0][1] > 100
