"""Where our own buffers take the place of aiortc's, whose privates are touched here and in `shortcut.py` only.

What aiortc would do with packets, decode every one on a thread for each track and queue the frames without limit, it
does not get to do: the buffers keep what comes and never return a frame. Packets of Opus and VP8 do not come by it.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from aiortc import RTCRtpReceiver
from aiortc.jitterbuffer import JitterBuffer, JitterFrame
from aiortc.rtcrtpparameters import RTCRtpCodecParameters
from aiortc.rtp import RtpPacket
from aiortc.sdp import SessionDescription

from interview_media.offers import OPUS
from interview_media.reorder import Packet, ReorderBuffer

BATCH_TICKS = 3840
"""From the first packet of a batch to its last, on RTP's clock: five of the usual 20 ms make 100 ms."""

VP8 = "video/vp8"
RTX = "video/rtx"
ABS_SEND_TIME = "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time"

_TICKS = 1 << 32
_H264_KEY = (b"\x00\x00\x01\x65", b"\x00\x00\x01\x67")


@dataclass(frozen=True, slots=True)
class EncodedFrame:
    """A whole video frame that can be decoded without the frames before it, as it was sent."""

    codec: str
    """Its MIME type, in small letters."""
    data: bytes


class Pictures(Protocol):
    """Wants a key frame now and then."""

    came: int
    """Frames of every kind that came."""
    is_waiting: bool
    """Whether the next key frame is wanted."""
    begun_at: float
    """When the first packet of it came, on the monotonic clock."""

    def ask(self) -> bool:
        """Return whether the sender is to be asked for a key frame now."""

    def take(self, frame: EncodedFrame) -> None:
        """Take the key frame that is waited for."""


class AudioBuffer:
    """Stands where aiortc's audio jitter buffer stood. `deliver` gets about 100 ms in order, and how many are lost."""

    capacity = 64

    def __init__(self, deliver: Callable[[list[Packet], int], None]) -> None:
        self._deliver = deliver
        self._order = ReorderBuffer()
        self._batch: list[Packet] = []
        self._lost_before = 0
        self.received = 0
        self.codecs: Mapping[int, str] = {}
        """MIME types by payload type, known once the offer is answered; what is no Opus is dropped."""

    @property
    def lost(self) -> int:
        return self._order.lost

    def add(self, packet: RtpPacket) -> tuple[bool, JitterFrame | None]:
        """Take a packet that came aiortc's way."""
        if self.codecs.get(packet.payload_type) == OPUS:
            data: bytes = packet._data  # type: ignore[attr-defined]  # noqa: SLF001  the depayloaded packet
            self.push(Packet(packet.sequence_number, packet.timestamp, data))
        return False, None

    def push(self, packet: Packet) -> None:
        """Take a packet of Opus."""
        self.received += 1
        if packet.payload:
            self._batch += self._order.push(packet)
        if self._batch and (self._batch[-1].timestamp - self._batch[0].timestamp) % _TICKS >= BATCH_TICKS:
            self._pass_on()

    def flush(self) -> None:
        """Deliver what is held back: nothing that follows is to be waited for."""
        self._batch += self._order.flush()
        if self._batch:
            self._pass_on()

    def _pass_on(self) -> None:
        batch, self._batch = self._batch, []
        lost, self._lost_before = self._order.lost - self._lost_before, self._order.lost
        self._deliver(batch, lost)


class VideoBuffer(JitterBuffer):
    """aiortc's video buffer, which joins packets to frames, of codecs but VP8; it tells if a key frame is due."""

    def __init__(self, pictures: Pictures) -> None:
        super().__init__(capacity=512, is_video=True)
        self._pictures = pictures
        self.codecs: Mapping[int, str] = {}
        """MIME types by payload type, known once the offer is answered."""

    def add(self, packet: RtpPacket) -> tuple[bool, JitterFrame | None]:
        has_overflown, frame = super().add(packet)
        if frame is not None:
            self._pictures.came += 1
            codec = self.codecs.get(packet.payload_type)
            if codec is not None and self._pictures.is_waiting and any(mark in frame.data for mark in _H264_KEY):
                self._pictures.begun_at = time.monotonic()
                self._pictures.take(EncodedFrame(codec, frame.data))
        return self._pictures.ask() or has_overflown, None


def replace_buffer(receiver: RTCRtpReceiver, buffer: AudioBuffer | VideoBuffer) -> None:
    """Let the buffer take everything that the receiver gets; to be called before the offer is answered.

    aiortc has no public way.
    """
    vars(receiver)["_RTCRtpReceiver__jitter_buffer"] = buffer


def set_enabled(receiver: RTCRtpReceiver, *, is_enabled: bool) -> None:
    """Let packets in, or drop them before anything looks into them. aiortc enables all receivers in its answer."""
    receiver._enabled = is_enabled  # noqa: SLF001  as above


@dataclass(frozen=True)
class Agreed:
    """What was agreed for one kind of media."""

    codecs: Mapping[int, RTCRtpCodecParameters]
    """By payload type."""
    extensions: Mapping[str, int]
    """Numbers of header extensions, by URI."""

    def names(self) -> dict[int, str]:
        """Return MIME types in small letters, by payload type."""
        return {number: codec.mimeType.lower() for number, codec in self.codecs.items()}

    def vp8(self) -> dict[int, RTCRtpCodecParameters]:
        """Return the codecs of packets of VP8: its own, and the one of those that are sent again."""
        names = self.names()
        own = {number for number, name in names.items() if name == VP8}
        return {
            number: codec
            for number, codec in self.codecs.items()
            if number in own or (names[number] == RTX and codec.parameters.get("apt") in own)
        }


def read_agreed(answer: str) -> dict[str, Agreed]:
    """Return, by kind of media, what an answer of ours agreed to."""
    agreed = {}
    for media in SessionDescription.parse(answer).media:
        codecs: list[RTCRtpCodecParameters] = media.rtp.codecs
        by_number = {codec.payloadType: codec for codec in codecs if codec.payloadType is not None}
        extensions = {extension.uri: extension.id for extension in media.rtp.headerExtensions}
        agreed[media.kind] = Agreed(by_number, extensions)
    return agreed
