"""What a page may say on its channel, and what becomes of everything else; others in the server notice nothing."""

import asyncio
import json
import random
from contextlib import suppress
from typing import Any
from uuid import UUID, uuid4

import pytest

from interview_core.db.tables import Interview
from interview_media.control import BadMessage, Inbox
from tests.media.browsers import Media, make_ticket, until
from tests.media.talking import Microphone, Page, talk

QUESTION_ID = "6f0f7a1e-3f0c-4c1b-9b57-0d5d9a2f7c11"
START = json.dumps({"type": "answer.start", "question_id": QUESTION_ID, "take": 1})


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def refusal(inbox: Inbox, message: Any) -> tuple[str, bool]:
    with pytest.raises(BadMessage) as caught:
        inbox.read(message)
    return caught.value.code.value, caught.value.is_last


@pytest.mark.parametrize(
    "message",
    [
        "",
        "no json",
        "[]",
        "{}",
        '{"type": "nothing"}',
        '{"type": "answer.start"}',
        '{"type": "answer.start", "question_id": "7", "take": 1}',
        START.replace('"take": 1', '"take": 0'),
        START.replace('"take": 1', '"take": "1"'),
        START.replace("}", ', "interview_id": "mine"}'),
        '{"type": "moment", "seconds": 100000}',
        '{"type": "consent", "transcription": "yes", "recording": true, "emotion": true}',
        '{"type": "ping", "at": "\\ud800"}',
        '{"type": "ping", "at": NaN}',
        "[" * 4000,
        b'{"type": "ping", "at": 1}',
    ],
)
def test_what_no_page_may_say_is_a_typed_error(message: str | bytes) -> None:
    assert refusal(Inbox(Clock()), message) == ("MESSAGE_INVALID", False)


def test_long_messages_are_refused_unread() -> None:
    assert refusal(Inbox(Clock()), "x" * 65_000) == ("MESSAGE_TOO_LARGE", False)
    assert refusal(Inbox(Clock()), '"' + "한" * 1400 + '"') == ("MESSAGE_TOO_LARGE", False)


def test_the_third_bad_message_in_a_row_is_the_last_and_a_good_one_forgives() -> None:
    inbox = Inbox(Clock())
    assert [refusal(inbox, "x")[1], refusal(inbox, "x")[1]] == [False, False]
    inbox.read('{"type": "ping", "at": 1}')
    assert [refusal(inbox, "x")[1] for _ in range(3)] == [False, False, True]


def test_more_than_fifty_messages_in_a_second_are_too_many() -> None:
    clock = Clock()
    inbox = Inbox(clock)
    for _ in range(50):
        inbox.read('{"type": "ping", "at": 1}')
    assert refusal(inbox, '{"type": "ping", "at": 1}') == ("TOO_MANY_MESSAGES", False)
    clock.now = 1.0
    inbox.read('{"type": "ping", "at": 1}')


def test_random_messages_are_read_or_refused_and_nothing_else() -> None:
    random_ = random.Random(11)
    for _ in range(3000):
        message = list(START)
        for _ in range(random_.randint(1, 8)):
            message[random_.randrange(len(message))] = random_.choice('{}[]",:0-\x00\u0000\ufffe한e')
        with suppress(BadMessage):
            Inbox(Clock()).read("".join(message))


async def closed(media: Media, page: Page, peers: int) -> None:
    await until(lambda: len(media.app.state.peers) == peers)
    assert page.of("closing") == [{"type": "closing", "reason": "bad_messages"}]


async def test_a_page_that_talks_nonsense_is_told_and_then_let_go_and_the_others_stay(media: Media) -> None:
    _, good = await talk(media, make_ticket(), Microphone())
    _, bad = await talk(media, make_ticket(), Microphone())
    for message in ("no json", '{"type": "who knows"}', "y" * 65_000):
        bad.say_raw(message)
    await closed(media, bad, peers=1)
    assert bad.errors == ["MESSAGE_INVALID", "MESSAGE_INVALID", "MESSAGE_TOO_LARGE"]
    good.say("ping", at=17.5)
    assert (await good.wait_for("pong"))["at"] == 17.5


async def test_a_flood_of_messages_ends_the_connection_and_the_others_stay(media: Media) -> None:
    _, good = await talk(media, make_ticket(), Microphone())
    _, bad = await talk(media, make_ticket(), Microphone())
    for number in range(1000):
        bad.say("ping", at=number)
    await until(lambda: len(media.app.state.peers) == 1)
    assert set(bad.errors) == {"TOO_MANY_MESSAGES"}
    assert len(bad.of("pong")) <= 150
    good.say("ping", at=1)
    await good.wait_for("pong")


async def test_what_comes_in_the_wrong_order_is_a_typed_error(media: Media) -> None:
    question_id = uuid4()
    _, page = await talk(media, make_ticket(), Microphone())
    page.say("answer.end", question_id=question_id)
    assert (await page.wait_for("error"))["code"] == "ANSWER_NOT_OPEN"
    page.say("moment", seconds=5)
    page.say("playing", is_playing=False)
    page.say("ping", at=1)
    await page.wait_for("pong")
    assert page.errors == ["ANSWER_NOT_OPEN"]


async def test_messages_after_the_end_of_the_connection_do_nothing(media: Media) -> None:
    browser, page = await talk(media, make_ticket(), Microphone())
    (peer,) = media.app.state.peers._live.values()
    page.say("ping", at=1)
    await page.wait_for("pong")
    await browser.close()
    await until(lambda: len(media.app.state.peers) == 0)
    peer._control._read('{"type": "ping", "at": 2}')
    peer._control._read("x")
    assert len(page.of("pong")) == 1


async def test_channels_that_are_not_ours_are_closed(media: Media) -> None:
    browser, page = await talk(media, make_ticket(), Microphone())
    other, twin = browser.createDataChannel("chat"), browser.createDataChannel("ctl")
    await until(lambda: (other.readyState, twin.readyState) == ("closed", "closed"))
    page.say("ping", at=1)
    await page.wait_for("pong")
    for number in range(8):
        browser.createDataChannel(f"more {number}")
    await closed(media, page, peers=0)


async def test_a_second_start_of_the_open_answer_changes_nothing_and_of_another_is_refused(
    media: Media, interview: Interview, question_id: UUID
) -> None:
    _, page = await talk(media, make_ticket(interview.id), Microphone())
    page.say("answer.start", question_id=question_id, take=1)
    page.say("answer.start", question_id=question_id, take=1)
    page.say("answer.start", question_id=uuid4(), take=1)
    assert (await page.wait_for("error"))["code"] == "ANSWER_OPEN"
    page.say("answer.end", question_id=question_id)
    page.say("answer.end", question_id=question_id)
    await page.wait_for("answer.ended")
    await asyncio.sleep(0.2)
    assert page.errors == ["ANSWER_OPEN"]
    assert len(page.of("answer.ended")) == 1
