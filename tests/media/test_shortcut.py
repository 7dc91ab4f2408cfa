"""Packets take the short way, the sender is told all the same, and whoever is not the sender is not believed."""

import asyncio
import random
from collections.abc import Iterator
from importlib import metadata
from typing import Any

import pytest
from aiortc import RTCCertificate, RTCIceGatherer, RTCIceTransport, RTCRtpReceiver
from aiortc.codecs.vpx import Vp8Encoder
from aiortc.rtcdtlstransport import RTCDtlsTransport
from aiortc.rtcrtpparameters import RTCRtpCodecParameters
from aiortc.rtp import RtpPacket
from aiortc.stats import RTCRemoteInboundRtpStreamStats
from pylibsrtp import Policy, Session
from redis import Redis

from interview_core.streams import frame_slot
from interview_media.receivers import AudioBuffer, EncodedFrame, set_enabled
from interview_media.rtp import read_header
from interview_media.shortcut import AudioLine, Line, VideoLine
from tests.media.browsers import GreyPicture, Media, make_ticket, until
from tests.media.talking import Microphone, talk

OPUS = RTCRtpCodecParameters(mimeType="audio/opus", clockRate=48_000, channels=2, payloadType=111)
VP8 = RTCRtpCodecParameters(mimeType="video/VP8", clockRate=90_000, payloadType=96)
RTX = RTCRtpCodecParameters(mimeType="video/rtx", clockRate=90_000, payloadType=97, parameters={"apt": 96})
KEY = bytes([0x10]) + random.Random(1).randbytes(5000)
DELTA = bytes([0x11]) + random.Random(2).randbytes(3000)


class Sender:
    """Encrypts what a browser would send, and gives it to a line."""

    def __init__(self, line: Line) -> None:
        key = bytes(range(30))
        self._own = Session(Policy(key=key, ssrc_type=Policy.SSRC_ANY_OUTBOUND))
        self.theirs = Session(Policy(key=key, ssrc_type=Policy.SSRC_ANY_INBOUND))
        self._line = line

    def encrypt(self, sequence: int, payload: bytes, **fields: Any) -> bytes:
        packet = RtpPacket(payload=payload, sequence_number=sequence % 65536, **fields)
        return self._own.protect(packet.serialize())

    def give(self, packet: bytes) -> None:
        self._line.take(read_header(packet), packet, self.theirs)

    def give_frame(self, data: bytes, first: int, timestamp: int, *, without: int | None = None) -> list[bytes]:
        """Give a frame's packets, but for one, and return what they carried."""
        payloads = Vp8Encoder()._packetize(data, 5)
        for number, payload in enumerate(payloads):
            is_last = number == len(payloads) - 1
            fields = {"payload_type": 96, "timestamp": timestamp, "ssrc": 1, "marker": int(is_last)}
            packet = self.encrypt(first + number, payload, **fields)
            if number != without:
                self.give(packet)
        return payloads


class Wanted:
    """What wants pictures; `is_due` makes it ask once."""

    def __init__(self) -> None:
        self.came = 0
        self.begun_at = 0.0
        self.is_waiting = False
        self.is_due = False
        self.taken: list[bytes] = []

    def ask(self) -> bool:
        is_due, self.is_due = self.is_due, False
        self.is_waiting |= is_due
        return is_due

    def take(self, frame: EncodedFrame) -> None:
        self.is_waiting = False
        self.taken.append(frame.data)


def make_receiver(kind: str) -> RTCRtpReceiver:
    ice = RTCIceTransport(RTCIceGatherer(iceServers=[]))
    return RTCRtpReceiver(kind, RTCDtlsTransport(ice, [RTCCertificate.generateCertificate()]))


@pytest.fixture
async def wanted() -> Wanted:
    return Wanted()


@pytest.fixture
async def video(wanted: Wanted) -> Sender:
    return Sender(VideoLine(make_receiver("video"), {96: VP8, 97: RTX}, wanted, None))


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """What senders are told: `pli`, or the numbers of missing packets."""
    messages: list[Any] = []

    async def pli(self: RTCRtpReceiver, ssrc: int) -> None:
        messages.append("pli")

    async def nack(self: RTCRtpReceiver, ssrc: int, lost: list[int]) -> None:
        messages.append(lost)

    monkeypatch.setattr(RTCRtpReceiver, "_send_rtcp_pli", pli)
    monkeypatch.setattr(RTCRtpReceiver, "_send_rtcp_nack", nack)
    return messages


def test_aiortc_is_the_version_whose_privates_are_known() -> None:
    # With another one, look at everything that receivers.py and shortcut.py touch, and then change this line.
    assert metadata.version("aiortc") == "1.16.0"
    assert metadata.version("aioice") == "0.13.0"


async def test_when_a_picture_is_due_a_key_frame_is_asked_for_once_and_only_it_is_decrypted(
    video: Sender, wanted: Wanted, told: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    decrypted = 0
    unprotect = Session.unprotect

    def count(self: Session, packet: bytes) -> bytes:
        nonlocal decrypted
        decrypted += 1
        return unprotect(self, packet)

    monkeypatch.setattr(Session, "unprotect", count)
    video.give_frame(KEY, 1, 1)
    video.give_frame(DELTA, 11, 2)
    # The first packet tells that the sender is who it is.
    assert (decrypted, wanted.taken, wanted.came) == (1, [], 2)
    wanted.is_due = True
    video.give_frame(DELTA, 21, 3)
    video.give_frame(DELTA, 31, 4)
    await asyncio.sleep(0)
    # Each frame's first packet tells what it is.
    assert (decrypted, told) == (3, ["pli"])
    count_of_parts = len(video.give_frame(KEY, 41, 5))
    assert (decrypted, wanted.taken) == (3 + count_of_parts, [KEY])
    video.give_frame(KEY, 51, 6)
    assert (decrypted, wanted.taken) == (3 + count_of_parts, [KEY])


async def test_a_lost_packet_of_a_key_frame_is_asked_for_and_taken_when_it_is_repeated(
    video: Sender, wanted: Wanted, told: list[Any]
) -> None:
    video.give_frame(DELTA, 1, 1)
    wanted.is_waiting = True
    payloads = video.give_frame(KEY, 65_534, 2, without=1)
    await asyncio.sleep(0)
    assert (told[0], wanted.taken) == ([65_535], [])
    video.give_frame(DELTA, 70_000, 3)
    repeated = (65_535).to_bytes(2) + payloads[1]
    video.give(video.encrypt(1, repeated, payload_type=97, timestamp=2, ssrc=2))
    assert wanted.taken == [KEY]


async def test_a_key_frame_that_stays_incomplete_is_given_up_when_the_next_picture_is_due(
    video: Sender, wanted: Wanted, told: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [100.0]
    monkeypatch.setattr("interview_media.shortcut.time.monotonic", lambda: now[0])
    video.give_frame(DELTA, 1, 1)
    wanted.is_waiting = True
    video.give_frame(KEY, 11, 2, without=1)
    wanted.is_due = True
    video.give_frame(DELTA, 21, 3)
    await asyncio.sleep(0)
    assert "pli" not in told, "it was still on its way"
    now[0] += 1
    video.give_frame(DELTA, 31, 4)
    await asyncio.sleep(0)
    assert told[-1] == "pli"
    video.give_frame(KEY, 41, 5)
    assert wanted.taken == [KEY]


@pytest.mark.parametrize("kind", ["audio", "video"])
async def test_a_stream_that_was_not_looked_at_while_its_numbers_wrapped_is_understood_again(kind: str) -> None:
    heard: list[Any] = []
    wanted = Wanted()
    receiver = make_receiver(kind)
    buffer = AudioBuffer(lambda packets, _lost: heard.extend(packets))
    line = AudioLine(receiver, {111: OPUS}, buffer) if kind == "audio" else VideoLine(receiver, {96: VP8}, wanted, None)
    sender = Sender(line)
    set_enabled(receiver, is_enabled=kind == "video")
    number = 111 if kind == "audio" else 96
    # Most need not be sent: that is what loss looks like.
    for sequence in range(60_000, 150_000, 32):
        sender.give(sender.encrypt(sequence, b"\x10\x01", payload_type=number, timestamp=sequence, ssrc=1))
    assert heard == wanted.taken == []
    set_enabled(receiver, is_enabled=True)
    wanted.is_waiting = True
    sender.give(sender.encrypt(150_000, b"\x10\x00", payload_type=number, timestamp=150_000, ssrc=1, marker=1))
    buffer.flush()
    assert wanted.taken == ([b"\x00"] if kind == "video" else [])
    assert [packet.payload for packet in heard] == ([b"\x10\x00"] if kind == "audio" else [])


async def test_no_packet_of_voice_or_picture_goes_the_long_way_and_the_sender_is_told_how_much_came(
    media: Media, redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    long_way: list[int] = []
    handle = RTCRtpReceiver._handle_rtp_packet

    async def count(self: RTCRtpReceiver, packet: RtpPacket, arrival_time_ms: int) -> None:
        long_way.append(packet.payload_type)
        await handle(self, packet, arrival_time_ms=arrival_time_ms)

    monkeypatch.setattr(RTCRtpReceiver, "_handle_rtp_packet", count)
    ticket = make_ticket()
    browser, _ = await talk(media, ticket, Microphone(), GreyPicture())
    await until(lambda: redis.exists(frame_slot(ticket.interview_id)) == 1)
    for sender in browser.getSenders():
        received = 0
        while received < 50:
            report = await sender.getStats()
            reported = [entry for entry in report.values() if isinstance(entry, RTCRemoteInboundRtpStreamStats)]
            received = sum(entry.packetsReceived for entry in reported)
            await asyncio.sleep(0.1)
    assert long_way == []


async def test_forged_and_mangled_packets_are_dropped_and_the_connection_goes_on(media: Media, redis: Redis) -> None:
    ticket = make_ticket()
    _, page = await talk(media, ticket, Microphone(), GreyPicture())
    (peer,) = media.app.state.peers._live.values()
    (shortcut,) = peer._shortcuts
    random_ = random.Random(5)
    numbers = list(shortcut._lines)
    streams = [line._streams for line in shortcut._lines.values()]
    await until(lambda: all(streams))
    before = [list(stream) for stream in streams]
    for _ in range(3000):
        start = bytes([random_.randrange(128, 192), random_.choice(numbers) | random_.choice((0, 128))])
        shortcut._take(start + random_.randbytes(random_.randrange(60)), 1)
    assert [list(stream) for stream in streams] == before
    slot = frame_slot(ticket.interview_id)
    redis.delete(slot)
    await until(lambda: redis.exists(slot) == 1)
    page.say("ping", at=1)
    await page.wait_for("pong")
