"""Two hundred broken offers: each is answered or refused, none crashes the server or leaves something behind."""

import random
import threading
from collections import Counter
from pathlib import Path

from tests.media.browsers import Media, make_ticket, sign

MUTATIONS = 200


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


async def test_mutated_offers_never_crash_the_server(media: Media) -> None:
    browser = await media.make_browser()
    assert (await media.offer(sign(make_ticket()), browser.localDescription.sdp)).status_code == 200
    await media.app.state.peers.close_all()
    sdp, random_ = browser.localDescription.sdp, random.Random(29)
    statuses: Counter[int] = Counter()
    open_files, threads = count_open_files(), threading.active_count()
    for _ in range(MUTATIONS):
        response = await media.offer(sign(make_ticket()), mutate(sdp, random_))
        statuses[response.status_code] += 1
        assert response.status_code in (200, 422), response.text
        await media.app.state.peers.close_all()
        assert await media.count_peers() == 0
    assert count_open_files() <= open_files
    assert threading.active_count() <= threads
    assert statuses[422] > MUTATIONS / 4
    assert statuses[200] > 0
    await media.connect(make_ticket())
