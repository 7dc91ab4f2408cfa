"""Two thousand broken offers: each is answered or refused, none crashes the server or leaves something behind.

Chromium's offer was recorded; those of Firefox and Safari are written in the form that these browsers use.
"""

import asyncio
import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from aiortc.sdp import SessionDescription

from interview_media.offers import SdpInvalid, check_offer
from tests.media.browsers import Media, make_ticket, sign

MUTATIONS = 672
"""Of each browser's offer."""

AT_ONCE = 8
REFUSED_SENT = 8
BROWSERS = {
    file.stem: file.read_text().replace("\n", "\r\n")
    for file in sorted((Path(__file__).parents[1] / "samples" / "offers").glob("*.sdp"))
}


def mutate(sdp: str, random_: random.Random) -> str:
    """Return the offer with a few of its lines changed, lost, doubled, moved or cut."""
    lines = sdp.splitlines()
    for _ in range(random_.randint(1, 6)):
        place = random_.randrange(len(lines))
        match random_.randrange(7):
            case 0:
                lines[place] = lines[place][: random_.randrange(len(lines[place]) + 1)]
            case 1 if len(lines) > 1:
                del lines[place]
            case 2:
                lines.insert(place, random_.choice(lines))
            case 3:
                random_.shuffle(lines)
            case 4:
                lines[place] = "".join(
                    random_.choice((c, c, c, "0", "-1", "999999999999", "\x00", "é", " ")) for c in lines[place]
                )
            case 5:
                words = random_.choice([("UDP/TLS/RTP/SAVPF", "RTP/AVP"), ("VP8", "VP9"), ("a=sendrecv", "a=recvonly")])
                lines = [line.replace(*words) for line in lines]
            case _:
                lines = lines[: place + 1]
    return "\r\n".join(lines) + "\r\n"


def count_open_files() -> int:
    return len(list(Path("/dev/fd").iterdir()))


@pytest.mark.parametrize("browser", BROWSERS)
async def test_the_offer_of_each_browser_is_answered(media: Media, browser: str) -> None:
    response = await media.admit(make_ticket(), BROWSERS[browser])
    assert response.status_code == 200, response.text
    answer = SessionDescription.parse(response.json()["sdp"])
    assert [part.kind for part in answer.media] == ["audio", "video", "application"]
    assert "audio/opus" in {codec.mimeType for codec in answer.media[0].rtp.codecs}


def is_refused(sdp: str) -> bool:
    """Whether the server's own first look at an offer refuses it, with its typed error and no other."""
    try:
        check_offer(sdp)
    except SdpInvalid:
        return True
    return False


@pytest.mark.parametrize("browser", BROWSERS)
async def test_mutated_offers_never_crash_the_server(start_media: Callable[..., Any], browser: str) -> None:
    media = await start_media(media_max_peers=50)
    offer, random_ = BROWSERS[browser], random.Random(29)
    first = await asyncio.gather(*(media.admit(make_ticket(), offer) for _ in range(AT_ONCE)))
    assert {response.status_code for response in first} == {200}
    await media.app.state.peers.close_all()
    open_files, threads = count_open_files(), threading.active_count()
    # Of those that the first look refuses, an eighth goes the whole way: none of them would get further.
    mutated = [mutate(offer, random_) for _ in range(MUTATIONS)]
    refused = [sdp for sdp in mutated if is_refused(sdp)]
    left_out = {sdp for number, sdp in enumerate(refused) if number % REFUSED_SENT}
    sent = [sdp for sdp in mutated if sdp not in left_out]
    statuses: Counter[int] = Counter()

    async def try_one(sdp: str) -> None:
        response = await media.admit(make_ticket(), sdp)
        statuses[response.status_code] += 1
        assert response.status_code in (200, 422), response.text
        assert response.status_code == 422 or not is_refused(sdp)

    began_cpu_s = time.process_time()
    for start in range(0, len(sent), AT_ONCE):
        await asyncio.gather(*map(try_one, sent[start : start + AT_ONCE]))
        await media.app.state.peers.close_all()
        assert await media.count_peers() == 0
    assert len(refused) > MUTATIONS / 4
    assert statuses[200] > MUTATIONS / 10
    assert time.process_time() - began_cpu_s < len(sent)
    assert count_open_files() <= open_files + 2
    # Threads that decode and store are shared, and kept.
    assert threading.active_count() <= threads + 8
    await media.connect(make_ticket())


async def test_an_offer_with_a_thousand_sections_is_refused_at_once(media: Media) -> None:
    head, _, section = BROWSERS["firefox"].partition("m=application")
    began_cpu_s = time.process_time()
    response = await media.offer(sign(make_ticket()), head + ("m=application" + section) * 160)
    assert (response.status_code, response.json()["error_code"]) == (422, "SDP_INVALID")
    short = head + "m=video 0 UDP/TLS/RTP/SAVPF 120\r\n" * 1000
    response = await media.offer(sign(make_ticket()), short)
    assert (response.status_code, response.json()["error_code"]) == (422, "SDP_INVALID")
    assert time.process_time() - began_cpu_s < 1
    assert await media.count_peers() == 0


async def test_audio_without_opus_is_refused(media: Media) -> None:
    offer = BROWSERS["firefox"].replace("opus/48000/2", "L16/44100/2")
    response = await media.offer(sign(make_ticket()), offer)
    assert (response.status_code, response.json()["error_code"]) == (422, "SDP_INVALID")


async def test_an_offer_that_names_addresses_within_makes_the_server_call_none(media: Media) -> None:
    inside = "a=candidate:1 1 UDP 2130706431 169.254.169.254 80 typ host\r\na=mid:0"
    response = await media.offer(sign(make_ticket()), BROWSERS["chromium"].replace("a=mid:0", inside))
    assert response.status_code == 200
    (peer,) = media.app.state.peers._live.values()
    for receiver in peer._connection.getReceivers():
        assert receiver.transport.transport.getRemoteCandidates() == []
