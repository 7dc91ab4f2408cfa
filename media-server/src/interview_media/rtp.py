"""The few fields of an RTP packet that decide what becomes of it. SRTP encrypts what follows them and not them."""

import struct
from dataclasses import dataclass

_FIXED = struct.Struct("!BBHLL")
_PADDED, _EXTENDED, _SOURCES = 0x20, 0x10, 0x0F
_SHORT_EXTENSIONS = b"\xbe\xde"


class PacketInvalid(ValueError):
    """It is no RTP packet, or ends too early."""


@dataclass(slots=True)
class Header:
    """Named as aiortc names them, whose counters read them; not frozen, which would cost more than the rest."""

    payload_type: int
    sequence_number: int
    timestamp: int
    ssrc: int
    is_last: bool
    """The marker: with video, the last packet of a frame."""
    is_padded: bool
    extensions_at: int
    payload_at: int


def read_header(packet: bytes) -> Header:
    """Read it from an encrypted or a plain packet, or raise PacketInvalid."""
    try:
        flags, kind, sequence, timestamp, ssrc = _FIXED.unpack_from(packet)
        at = _FIXED.size + 4 * (flags & _SOURCES)
        extensions_at = payload_at = at
        if flags & _EXTENDED:
            extensions_at = at + 4
            payload_at = extensions_at + 4 * (packet[at + 2] << 8 | packet[at + 3])
    except (struct.error, IndexError):
        raise PacketInvalid("truncated header") from None
    if flags >> 6 != 2 or payload_at > len(packet):
        raise PacketInvalid("wrong version or truncated extensions")
    return Header(kind & 0x7F, sequence, timestamp, ssrc, kind > 0x7F, bool(flags & _PADDED), extensions_at, payload_at)


def read_payload(header: Header, packet: bytes) -> bytes:
    """Return what a plain packet carries, or raise PacketInvalid."""
    if not header.is_padded:
        return packet[header.payload_at :]
    padding = packet[-1]
    if not 0 < padding <= len(packet) - header.payload_at:
        raise PacketInvalid("wrong padding")
    return packet[header.payload_at : -padding]


def find_extension(header: Header, packet: bytes, wanted: int) -> bytes | None:
    """Return the value of a header extension in the one-byte form, which is the one that browsers use (RFC 8285)."""
    at = header.extensions_at
    if packet[at - 4 : at - 2] != _SHORT_EXTENSIONS:
        return None
    while at < header.payload_at:
        number, length = packet[at] >> 4, (packet[at] & 0x0F) + 1
        if number == 0:
            at += 1
        elif number == wanted:
            return packet[at + 1 : at + 1 + length]
        else:
            at += 1 + length
    return None
