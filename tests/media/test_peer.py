"""What becomes of a connected browser's media."""

import asyncio
import base64
import io
import json
import logging
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from aiortc.codecs import vpx
from PIL import Image
from redis import Redis

from interview_core.contract.queues import Queue
from interview_core.frames import Frame
from interview_core.streams import frame_in_flight, frame_slot
from tests.media.beats import living
from tests.media.browsers import GreyPicture, Media, Silence, make_ticket, sign, until


def messages(redis: Redis) -> list[dict[str, Any]]:
    """Return the payloads that wait on the CPU queue, oldest first."""
    envelopes = [json.loads(raw) for raw in reversed(redis.lrange(Queue.CPU.value, 0, -1))]
    assert {envelope["headers"]["task"] for envelope in envelopes} <= {"vision.analyze_frame"}
    return [json.loads(base64.b64decode(envelope["body"]))[1]["payload"] for envelope in envelopes]


def slot(redis: Redis, interview_id: UUID) -> Frame:
    packed = redis.get(frame_slot(interview_id))
    assert packed is not None
    return Frame.unpack(packed)


async def wait_for_frame(redis: Redis, interview_id: UUID) -> Frame:
    await until(lambda: redis.exists(frame_slot(interview_id)) == 1)
    return slot(redis, interview_id)


async def test_the_newest_frame_waits_in_the_slot_as_a_small_jpeg(media: Media, redis: Redis) -> None:
    ticket = make_ticket(epoch=3)
    await media.connect(ticket, Silence(), GreyPicture(1280, 720))
    frame = await wait_for_frame(redis, ticket.interview_id)
    picture = Image.open(io.BytesIO(frame.jpeg))
    grey = picture.convert("L").getpixel((320, 180))
    assert (picture.format, picture.size, frame.epoch) == ("JPEG", (640, 360), 3)
    assert 30 < grey < 250
    assert 0 < redis.ttl(frame_slot(ticket.interview_id)) <= 10
    await until(lambda: slot(redis, ticket.interview_id).frame_ms > frame.frame_ms)


async def test_one_message_is_under_way_however_many_frames_come(media: Media, redis: Redis) -> None:
    ticket = make_ticket()
    await media.connect(ticket)
    first = await wait_for_frame(redis, ticket.interview_id)
    await until(lambda: slot(redis, ticket.interview_id).frame_ms > first.frame_ms + 1000)
    assert messages(redis) == [
        {"interview_id": str(ticket.interview_id), "epoch": 1, "frame_ms": first.frame_ms},
    ]
    redis.delete(frame_in_flight(ticket.interview_id))
    await until(lambda: len(messages(redis)) == 2)


async def test_when_the_message_cannot_be_sent_the_next_frame_may_try_again(
    start_media: Callable[..., Any], redis: Redis
) -> None:
    redis.set(Queue.CPU.value, "no list, so that a push to the queue fails")
    media = await start_media()
    ticket = make_ticket()
    await media.connect(ticket)
    await wait_for_frame(redis, ticket.interview_id)
    redis.delete(Queue.CPU.value)
    await until(lambda: len(messages(redis)) == 1)


@pytest.mark.parametrize(
    ("purpose", "may_analyze_emotion"), [("assessment", True), ("assessment", False), ("practice", False)]
)
async def test_without_practice_and_consent_no_frame_is_decoded_or_leaves(
    media: Media, redis: Redis, monkeypatch: pytest.MonkeyPatch, purpose: str, may_analyze_emotion: bool
) -> None:
    decoded = 0
    decode = vpx.Vp8Decoder.decode

    def count(self: vpx.Vp8Decoder, encoded: Any) -> Any:
        nonlocal decoded
        decoded += 1
        return decode(self, encoded)

    monkeypatch.setattr(vpx.Vp8Decoder, "decode", count)
    allowed = make_ticket()
    await media.connect(allowed)
    await wait_for_frame(redis, allowed.interview_id)
    assert decoded > 0
    await media.app.state.peers.close_all()

    decoded = 0
    ticket = make_ticket(purpose=purpose, may_analyze_emotion=may_analyze_emotion)
    browser = await media.connect(ticket)
    await asyncio.sleep(2)
    assert (decoded, redis.exists(frame_slot(ticket.interview_id))) == (0, 0)
    assert browser.connectionState == "connected"


async def test_an_audio_only_browser_is_welcome(media: Media, redis: Redis) -> None:
    ticket = make_ticket()
    browser = await media.connect(ticket, Silence())
    await asyncio.sleep(1)
    assert browser.connectionState == "connected"
    assert redis.exists(frame_slot(ticket.interview_id)) == 0


async def test_a_newer_connection_takes_the_place_of_the_older(media: Media, redis: Redis) -> None:
    older = make_ticket(epoch=1)
    first = await media.connect(older)
    await media.connect(make_ticket(older.interview_id, epoch=2))
    await until(lambda: first.connectionState == "closed")
    assert await media.count_peers() == 1
    await until(lambda: redis.exists(frame_slot(older.interview_id)) == 1)
    await until(lambda: slot(redis, older.interview_id).epoch == 2)


async def test_two_offers_at_once_leave_one_peer(media: Media) -> None:
    interview_id = make_ticket().interview_id
    browsers = [await media.make_browser() for _ in range(4)]
    responses = await asyncio.gather(
        *(
            media.offer(sign(make_ticket(interview_id, epoch=epoch)), browser.localDescription.sdp)
            for epoch, browser in enumerate(browsers)
        )
    )
    assert {response.status_code for response in responses} <= {200, 409}
    assert responses[-1].status_code == 200
    assert await media.count_peers() == 1


async def test_a_browser_that_never_comes_is_let_go(start_media: Callable[..., Any]) -> None:
    media = await start_media(media_silence_limit_s=1)
    browser = await media.make_browser()
    assert (await media.offer(sign(make_ticket()), browser.localDescription.sdp)).status_code == 200
    assert await media.count_peers() == 1
    await until(lambda: len(media.app.state.peers) == 0)


async def test_a_browser_that_falls_silent_is_let_go_and_one_that_sends_stays(start_media: Callable[..., Any]) -> None:
    media = await start_media(media_silence_limit_s=2)
    silent, lively = await media.connect(make_ticket()), await media.connect(make_ticket(may_analyze_emotion=False))
    for transport in {sender.transport.transport for sender in silent.getSenders()}:
        await transport._connection.close()
    await until(lambda: len(media.app.state.peers) == 1)
    await asyncio.sleep(3)
    assert await media.count_peers() == 1
    assert lively.connectionState == "connected"


async def test_a_browser_that_leaves_frees_its_place_at_once(media: Media) -> None:
    browser = await media.connect(make_ticket())
    async with living() as lived:
        await browser.close()
        await until(lambda: len(media.app.state.peers) == 0)
    assert lived.seconds < 5


async def test_nothing_piles_up_while_redis_is_away(
    start_media: Callable[..., Any], redis: Redis, caplog: pytest.LogCaptureFixture
) -> None:
    media = await start_media(media_frame_interval_ms=100)
    ticket = make_ticket()
    await media.connect(ticket)
    await wait_for_frame(redis, ticket.interview_id)
    redis.execute_command("CLIENT", "PAUSE", "2500", "ALL")
    await asyncio.sleep(3)
    (peer,) = media.app.state.peers._live.values()
    queues = [receiver.track._queue.qsize() for receiver in peer._connection.getReceivers()]
    assert max(queues) < 5
    newest = slot(redis, ticket.interview_id).frame_ms
    await until(lambda: slot(redis, ticket.interview_id).frame_ms > newest)


async def test_stopping_the_server_closes_every_peer(start_media: Callable[..., Any]) -> None:
    media = await start_media()
    browsers = [await media.connect(make_ticket()) for _ in range(2)]
    await media.app.state.peers.close_all()
    await until(lambda: all(browser.connectionState == "closed" for browser in browsers))
    assert await media.count_peers() == 0


async def test_what_is_logged_about_a_peer_is_ids_and_counts(media: Media, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, logger="interview_media")
    await media.connect(make_ticket())
    await media.app.state.peers.close_all()
    assert "m=video" not in caplog.text
    assert "candidate" not in caplog.text
