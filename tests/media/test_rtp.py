"""Headers are read as aiortc reads them, and nothing that is none breaks the reader."""

import random
import struct

import pytest
from aiortc.rtcrtpparameters import RTCRtpHeaderExtensionParameters, RTCRtpParameters
from aiortc.rtp import HeaderExtensionsMap, RtpPacket

from interview_media.receivers import ABS_SEND_TIME
from interview_media.rtp import PacketInvalid, find_extension, read_header, read_payload

EXTENSIONS = HeaderExtensionsMap()
EXTENSIONS.configure(
    RTCRtpParameters(
        headerExtensions=[
            RTCRtpHeaderExtensionParameters(id=1, uri="urn:ietf:params:rtp-hdrext:sdes:mid"),
            RTCRtpHeaderExtensionParameters(id=3, uri=ABS_SEND_TIME),
        ]
    )
)


def make_packet(random_: random.Random) -> RtpPacket:
    packet = RtpPacket(
        payload_type=random_.randrange(128),
        marker=random_.randrange(2),
        sequence_number=random_.randrange(1 << 16),
        timestamp=random_.randrange(1 << 32),
        ssrc=random_.randrange(1 << 32),
        payload=random_.randbytes(random_.randrange(50)),
    )
    packet.csrc = [random_.randrange(1 << 32) for _ in range(random_.randrange(4))]
    packet.padding_size = random_.choice((0, 0, 1, 7))
    packet.extensions.mid = random_.choice((None, "video"))
    packet.extensions.abs_send_time = random_.choice((None, random_.randrange(1 << 24)))
    return packet


@pytest.mark.parametrize("seed", range(100))
def test_a_packet_is_read_as_it_was_written(seed: int) -> None:
    written = make_packet(random.Random(seed))
    data = written.serialize(EXTENSIONS)
    header = read_header(data)
    for name in ("payload_type", "sequence_number", "timestamp", "ssrc"):
        assert getattr(header, name) == getattr(written, name)
    assert header.is_last == bool(written.marker)
    assert read_payload(header, data) == written.payload
    sent_at = find_extension(header, data, 3)
    assert (sent_at and int.from_bytes(sent_at)) == written.extensions.abs_send_time
    assert find_extension(header, data, 5) is None


@pytest.mark.parametrize("seed", range(20))
def test_any_bytes_are_read_or_refused(seed: int) -> None:
    random_ = random.Random(seed)
    for _ in range(300):
        data = bytearray(make_packet(random_).serialize(EXTENSIONS)[: random_.randrange(1, 80)])
        data[random_.randrange(len(data))] ^= 1 << random_.randrange(8)
        try:
            header = read_header(bytes(data))
            read_payload(header, bytes(data))
            find_extension(header, bytes(data), 3)
        except PacketInvalid:
            continue
        assert header.payload_at <= len(data)


def test_a_length_that_leads_out_of_the_packet_is_refused() -> None:
    start = struct.pack("!BBHLL", 0x90, 96, 1, 1, 1)
    with pytest.raises(PacketInvalid):
        read_header(start + b"\xbe\xde\x00\x09" + bytes(8))
    with pytest.raises(PacketInvalid):
        read_header(start + b"\xbe")
    padded = struct.pack("!BBHLL", 0xA0, 96, 1, 1, 1) + b"\x09"
    with pytest.raises(PacketInvalid):
        read_payload(read_header(padded), padded)
