"""Whatever hangs while an offer is answered, its page is told in time, and the place becomes free."""

import asyncio
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from interview_media import peer, peers
from tests.media.beats import living
from tests.media.browsers import Media, make_ticket, sign, until
from tests.media.talking import Microphone, talk

PAGE = Path(__file__).parents[2] / "frontend" / "src" / "lib" / "webrtc.ts"


async def hang(*_: Any, **__: Any) -> None:
    await asyncio.Event().wait()


def test_all_limits_together_stay_below_the_pages_patience() -> None:
    patience = re.search(r"CONNECT_LIMIT_MS = ([0-9_]+);", PAGE.read_text("utf-8"))
    assert patience is not None
    limits_s = (peers._TICKET_LIMIT_S, peers._SUPERSEDE_LIMIT_S, peer._ANSWER_LIMIT_S, peer._REFUSE_LIMIT_S)
    assert sum(limits_s) * 1000 < int(patience[1])


@pytest.mark.parametrize("command", ["set", "mget"])
async def test_while_redis_hangs_an_offer_is_refused_in_time(
    media: Media, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    browser = await media.make_browser()
    monkeypatch.setattr(media.app.state.peers._redis, command, hang)
    monkeypatch.setattr(peers, "_TICKET_LIMIT_S", 0.3)
    async with living() as lived:
        response = await media.offer(sign(make_ticket()), browser.localDescription.sdp)
    assert (response.status_code, response.json()["error_code"]) == (503, "BROKER_UNAVAILABLE")
    assert lived.seconds < 1
    assert await media.count_peers() == 0


@pytest.mark.parametrize("step", ["setRemoteDescription", "createAnswer", "setLocalDescription"])
async def test_an_offer_that_hangs_is_refused_though_its_connection_does_not_close(
    media: Media, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    browser = await media.make_browser()
    with monkeypatch.context() as hanging:
        hanging.setattr(f"interview_media.peer.RTCPeerConnection.{step}", hang)
        hanging.setattr("interview_media.peer.RTCPeerConnection.close", hang)
        hanging.setattr(peer, "_ANSWER_LIMIT_S", 0.2)
        hanging.setattr(peer, "_CLOSE_LIMIT_S", 1)
        async with living() as lived:
            response = await media.offer(sign(make_ticket()), browser.localDescription.sdp)
        assert (response.status_code, response.json()["error_code"]) == (503, "SERVER_BUSY")
        assert lived.seconds < 1
        await until(lambda: len(media.app.state.peers) == 0)


async def test_an_older_connection_that_does_not_close_keeps_nobody_out(
    media: Media, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket = make_ticket()
    await media.connect(ticket)
    browser = await media.make_browser()
    with monkeypatch.context() as hanging:
        hanging.setattr("interview_media.peer.RTCPeerConnection.close", hang)
        hanging.setattr(peer, "_CLOSE_LIMIT_S", 3600)
        again = make_ticket(ticket.interview_id, epoch=2)
        assert (await media.admit(again, browser.localDescription.sdp)).status_code == 200
    assert await media.count_peers() == 1


async def test_while_redis_hangs_a_lost_browser_is_noticed_all_the_same(
    start_media: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    media = await start_media(media_silence_limit_s=1)
    browser, _ = await talk(media, make_ticket(), Microphone())
    monkeypatch.setattr(media.app.state.peers._redis, "mget", hang)
    monkeypatch.setattr(peers, "_READ_LIMIT_S", 0.1)
    for transport in {sender.transport.transport for sender in browser.getSenders()}:
        await transport._connection.close()
    await until(lambda: len(media.app.state.peers) == 0)
    # By our watch: aiortc would take half a minute, and call it lost.
    assert 'interview_media_closed_total{reason="silent"} 1.0' in (await media.http.get("/metrics")).text


async def test_time_in_which_the_server_itself_stood_still_is_not_held_against_a_browser(media: Media) -> None:
    _, page = await talk(media, make_ticket(), Microphone())
    (live,) = media.app.state.peers._live.values()
    live._watched_at -= 3600
    live._received = sum(shortcut.received for shortcut in live._shortcuts)
    live.tick(0, None)
    page.say("ping", at=1)
    await page.wait_for("pong")
    assert await media.count_peers() == 1
