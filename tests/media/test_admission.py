"""Who may connect, and what the others are told."""

import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from redis import Redis

from interview_core.tickets import MEDIA_AUDIENCE, sign_token
from tests.media.browsers import MEDIA_SECRET_KEY, Media, make_ticket, sign, until

OTHER_SECRET = "0f9e8d7c6b5a493827160f9e8d7c6b5a"


def assert_error(response: Any, status: int, code: str) -> None:
    body = response.json()
    assert (response.status_code, body["error_code"]) == (status, code)
    assert set(body) == {"detail", "error_code", "timestamp", "details", "request_id"}
    assert response.headers["x-request-id"] == body["request_id"]


async def test_an_offer_with_a_ticket_is_answered_and_the_browser_connects(media: Media) -> None:
    browser = await media.connect(make_ticket())
    assert browser.connectionState == "connected"
    assert await media.count_peers() == 1


@pytest.mark.parametrize(
    "ticket",
    [
        "",
        "no token",
        "x" * 5000,
        sign_token({"interview_id": str(uuid4())}, secret=MEDIA_SECRET_KEY, audience=MEDIA_AUDIENCE, lifetime_s=60),
        sign_token(make_ticket().model_dump(mode="json"), secret=MEDIA_SECRET_KEY, audience="api", lifetime_s=60),
        sign_token(
            make_ticket().model_dump(mode="json"), secret=MEDIA_SECRET_KEY, audience=MEDIA_AUDIENCE, lifetime_s=-60
        ),
        sign_token(make_ticket().model_dump(mode="json"), secret=OTHER_SECRET, audience=MEDIA_AUDIENCE, lifetime_s=60),
    ],
    ids=["empty", "garbage", "huge", "incomplete", "for the api", "expired", "forged"],
)
async def test_a_bad_ticket_is_refused(media: Media, ticket: str) -> None:
    browser = await media.make_browser()
    assert_error(await media.offer(ticket, browser.localDescription.sdp), 401, "TOKEN_INVALID")
    assert await media.count_peers() == 0


async def test_a_ticket_admits_once(media: Media) -> None:
    ticket = make_ticket()
    browser = await media.connect(ticket)
    await browser.close()
    again = await media.make_browser()
    response = await media.offer(sign(ticket.model_copy(update={"epoch": 2})), again.localDescription.sdp)
    assert_error(response, 401, "TICKET_USED")


async def test_without_redis_nobody_is_admitted_since_tickets_cannot_be_checked(
    start_media: Callable[..., Any], free_port: Callable[[], int]
) -> None:
    media = await start_media(redis_url=f"redis://127.0.0.1:{free_port()}/0")
    browser = await media.make_browser()
    response = await media.offer(sign(make_ticket()), browser.localDescription.sdp)
    assert_error(response, 503, "BROKER_UNAVAILABLE")
    assert await media.count_peers() == 0


async def test_a_full_server_says_so_and_the_ticket_stays_good(start_media: Callable[..., Any]) -> None:
    media = await start_media(media_max_peers=1)
    first = await media.connect(make_ticket())
    second, ticket = await media.make_browser(), make_ticket()
    assert_error(await media.offer(sign(ticket), second.localDescription.sdp), 503, "TOO_MANY_PEERS")
    await first.close()
    await media.app.state.peers.close_all()
    assert (await media.offer(sign(ticket), second.localDescription.sdp)).status_code == 200


async def test_a_late_server_admits_nobody_more_and_says_when_to_come_back(media: Media) -> None:
    known = make_ticket()
    await media.connect(known)
    media.app.state.peers._lag_ms = lambda: 1_000_000
    browser, ticket = await media.make_browser(), make_ticket()
    response = await media.offer(sign(ticket), browser.localDescription.sdp)
    assert_error(response, 503, "SERVER_BUSY")
    assert int(response.headers["retry-after"]) > 0
    # Who is here already may come back.
    await media.connect(make_ticket(known.interview_id, epoch=2))
    media.app.state.peers._lag_ms = lambda: 0
    assert (await media.offer(sign(ticket), browser.localDescription.sdp)).status_code == 200


async def test_an_offer_not_answered_in_time_is_asked_for_again_and_not_called_wrong(
    media: Media, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page takes a wrong offer for the last word, and would go on in text."""
    browser, ticket = await media.make_browser(), make_ticket()
    with monkeypatch.context() as late:
        late.setattr("interview_media.peer._ANSWER_LIMIT_S", 0)
        response = await media.offer(sign(ticket), browser.localDescription.sdp)
    assert_error(response, 503, "SERVER_BUSY")
    assert int(response.headers["retry-after"]) > 0
    assert await media.count_peers() == 0
    again = await media.admit(ticket.model_copy(update={"ticket_id": uuid4()}), browser.localDescription.sdp)
    assert again.status_code == 200


async def test_a_full_server_says_when_to_come_back(start_media: Callable[..., Any]) -> None:
    media = await start_media(media_max_peers=1)
    await media.connect(make_ticket())
    browser = await media.make_browser()
    response = await media.offer(sign(make_ticket()), browser.localDescription.sdp)
    assert_error(response, 503, "TOO_MANY_PEERS")
    assert int(response.headers["retry-after"]) > 0


async def test_a_newer_connection_to_another_process_ends_the_one_here(media: Media, redis: Redis) -> None:
    ticket = make_ticket()
    browser = await media.connect(ticket)
    redis.set(f"media-epoch:{ticket.interview_id}", 2)
    await until(lambda: browser.connectionState == "closed")
    again = await media.make_browser()
    response = await media.offer(sign(make_ticket(ticket.interview_id)), again.localDescription.sdp)
    assert_error(response, 409, "PEER_SUPERSEDED")


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "null",
        "http://media.evil.example",
        "http://evil.media",
        "http://media:81",
        "//media",
        "",
    ],
)
async def test_pages_of_other_sites_are_refused_whatever_ticket_they_hold(
    start_media: Callable[..., Any], origin: str
) -> None:
    media = await start_media(cors_origins="https://app.example")
    browser = await media.make_browser()
    body = {"ticket": sign(make_ticket()), "sdp": browser.localDescription.sdp}
    response = await media.http.post("/media/offer", json=body, headers={"Origin": origin})
    assert_error(response, 403, "ORIGIN_NOT_ALLOWED")
    assert await media.count_peers() == 0
    for allowed in ("https://app.example", "http://media"):
        body["ticket"] = sign(make_ticket())
        response = await media.http.post("/media/offer", json=body, headers={"Origin": allowed})
        assert response.status_code == 200, allowed


async def test_the_answer_names_the_relays_that_the_ticket_named(start_media: Callable[..., Any]) -> None:
    media = await start_media(turn_urls="turn:turn.example.com", turn_secret=OTHER_SECRET)
    ticket, browser = make_ticket(), await media.make_browser()
    (server,) = (await media.offer(sign(ticket), browser.localDescription.sdp)).json()["ice_servers"]
    assert server["urls"] == ["turn:turn.example.com"]
    assert server["username"].endswith(str(ticket.interview_id))


async def test_the_figures_tell_what_happened_and_name_nobody(media: Media) -> None:
    ticket = make_ticket()
    browser = await media.connect(ticket)
    await media.offer("forged", browser.localDescription.sdp)
    await browser.close()
    await until(lambda: len(media.app.state.peers) == 0)
    figures = (await media.http.get("/metrics")).text
    for line in (
        "interview_media_peers 0.0",
        'interview_media_offers_total{outcome="answered"} 1.0',
        'interview_media_offers_total{outcome="TOKEN_INVALID"} 1.0',
        'interview_media_closed_total{reason="left"} 1.0',
    ):
        assert line in figures.splitlines()
    assert str(ticket.interview_id) not in figures
    assert "interview_media_loop_lag_ms" in figures


async def test_an_older_connection_cannot_replace_a_newer_one(media: Media) -> None:
    newer = make_ticket(epoch=2)
    await media.connect(newer)
    browser = await media.make_browser()
    response = await media.offer(sign(make_ticket(newer.interview_id, epoch=1)), browser.localDescription.sdp)
    assert_error(response, 409, "PEER_SUPERSEDED")
    assert await media.count_peers() == 1


async def test_an_offer_without_media_is_refused(media: Media) -> None:
    for sdp in ("", "v=0\r\n", "not an sdp", "\ud800", "v=0\r\nm=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n"):
        assert_error(await media.offer(sign(make_ticket()), sdp), 422, "SDP_INVALID")
    assert await media.count_peers() == 0


async def test_an_offer_with_hundreds_of_sections_binds_no_sockets(media: Media) -> None:
    browser = await media.make_browser()
    head, _, section = browser.localDescription.sdp.partition("m=video")
    assert_error(await media.offer(sign(make_ticket()), head + ("m=video" + section) * 20), 422, "SDP_INVALID")


async def test_a_refused_offer_leaves_the_ticket_good(media: Media) -> None:
    ticket, browser = make_ticket(), await media.make_browser()
    assert_error(await media.offer(sign(ticket), "v=0"), 422, "SDP_INVALID")
    assert (await media.offer(sign(ticket), browser.localDescription.sdp)).status_code == 200


async def test_a_body_beyond_64_kilobytes_is_refused(media: Media) -> None:
    assert_error(await media.offer(sign(make_ticket()), "v=0\r\n" + "x" * 65_536), 413, "BODY_TOO_LARGE")

    async def chunks() -> Any:
        for _ in range(80):
            yield b" " * 1024

    response = await media.http.post("/media/offer", content=chunks(), headers={"Content-Type": "application/json"})
    assert_error(response, 413, "BODY_TOO_LARGE")


async def test_what_is_no_offer_is_explained_field_by_field(media: Media) -> None:
    response = await media.http.post("/media/offer", json={"ticket": "x"})
    assert_error(response, 422, "VALIDATION_FAILED")
    assert response.json()["details"] == [{"field": "body.sdp", "message": "Field required"}]
    assert_error(await media.http.get("/media/offer"), 405, "METHOD_NOT_ALLOWED")
    assert_error(await media.http.get("/media/nothing"), 404, "NOT_FOUND")


async def test_a_page_of_another_origin_may_call_only_when_the_settings_name_it(
    start_media: Callable[..., Any],
) -> None:
    media = await start_media(cors_origins="https://app.example, https://two.example")
    preflight = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
    named = await media.http.options("/media/offer", headers={"Origin": "https://two.example", **preflight})
    other = await media.http.options("/media/offer", headers={"Origin": "https://evil.example", **preflight})
    assert named.headers["access-control-allow-origin"] == "https://two.example"
    assert "access-control-allow-origin" not in other.headers


async def test_health_tells_how_full_and_how_late_the_server_is(media: Media) -> None:
    health = (await media.http.get("/healthz")).json()
    assert {"status": "ok", "peers": 0, "max_peers": 8}.items() <= health.items()
    time.sleep(0.4)  # noqa: ASYNC251  the loop is blocked on purpose
    await media.connect(make_ticket())
    assert (await media.http.get("/healthz")).json()["loop_lag_ms"] >= 250
