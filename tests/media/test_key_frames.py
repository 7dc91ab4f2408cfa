"""Key frames are found among packets, whole and unchanged, and nothing else is looked into."""

import random
from collections.abc import Iterable

import pytest
from aiortc.codecs.vpx import Vp8Encoder

from interview_media.key_frames import KeyFrames

KEY = bytes([0x10]) + random.Random(1).randbytes(9000)
DELTA = bytes([0x11]) + random.Random(2).randbytes(3000)

Sent = tuple[int, int, bytes, bool]


def packets(data: bytes, *, first: int, timestamp: int) -> list[Sent]:
    """Return what aiortc makes of a frame: sequence, time, payload, and whether it is the last."""
    payloads = Vp8Encoder()._packetize(data, 7)
    return [
        ((first + number) % 65536, timestamp, payload, number == len(payloads) - 1)
        for number, payload in enumerate(payloads)
    ]


def take(frames: KeyFrames, sent: Iterable[Sent]) -> list[bytes]:
    """Give what is wanted of the packets, and return the key frames found."""
    found = []
    for sequence, timestamp, payload, is_last in sent:
        if frames.wants(timestamp):
            frame = frames.take(sequence, timestamp, payload, is_last=is_last)
            found += [frame] if frame is not None else []
    return found


@pytest.mark.parametrize("seed", range(5))
def test_a_key_frame_is_found_in_whatever_order_its_packets_come(seed: int) -> None:
    sent = packets(KEY, first=65_533, timestamp=1)
    assert len(sent) > 5
    random.Random(seed).shuffle(sent)
    assert take(KeyFrames(), [*sent, *sent]) == [KEY]


def test_of_other_frames_only_the_first_packet_is_looked_into() -> None:
    frames = KeyFrames()
    delta = packets(DELTA, first=10, timestamp=1)
    assert frames.wants(1)
    assert take(frames, delta[:1]) == []
    assert [frames.wants(timestamp) for _, timestamp, _, _ in delta[1:]] == [False] * (len(delta) - 1)
    assert take(frames, packets(KEY, first=20, timestamp=2)) == [KEY]


def test_a_packet_that_is_missing_is_named_and_may_come_again_after_newer_frames() -> None:
    frames = KeyFrames()
    sent = packets(KEY, first=65_534, timestamp=1)
    assert take(frames, [*sent[:2], *sent[4:], *packets(DELTA, first=10, timestamp=2)]) == []
    assert frames.missing() == [sent[2][0], sent[3][0]]
    assert take(frames, [sent[3], sent[2]]) == [KEY]
    assert frames.missing() == []


def test_without_its_first_packet_a_frame_gives_way_to_the_next() -> None:
    frames = KeyFrames()
    assert take(frames, packets(KEY, first=1, timestamp=1)[1:]) == []
    assert not frames.is_begun
    assert take(frames, packets(KEY, first=20, timestamp=2)) == [KEY]


def test_what_is_given_up_is_forgotten() -> None:
    frames = KeyFrames()
    sent = packets(KEY, first=1, timestamp=1)
    take(frames, sent[:3])
    frames.give_up()
    assert not frames.is_begun
    assert take(frames, packets(KEY, first=20, timestamp=2)) == [KEY]


def test_any_nonsense_keeps_the_memory_small() -> None:
    frames, random_ = KeyFrames(), random.Random(3)
    for _ in range(5000):
        payload = random_.choice((b"\x10\x00", b"\x00", b"\x10", b"\x90\x80\x80\x01\x00", b"\x00ab"))
        frames.take(random_.randrange(65536), random_.randrange(2), payload, is_last=random_.random() < 0.1)
        assert len(frames._parts) <= 512
        assert len(frames.missing()) <= 512
    with pytest.raises(ValueError, match="too short"):
        frames.take(1, 1, b"", is_last=True)
