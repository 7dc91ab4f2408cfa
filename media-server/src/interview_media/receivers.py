"""Where our own buffers take the place of aiortc's. The only file that touches its privates, so aiortc is pinned.

aiortc reads packets, decrypts them and tells the sender what was lost. What it would do with them then, decode every
packet on a thread for each track and queue the frames without limit, it does not get to do: the buffers keep what comes
and never return a frame.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from aiortc import RTCRtpReceiver
from aiortc.jitterbuffer import JitterBuffer, JitterFrame
from aiortc.rtcrtpparameters import RTCRtpCodecParameters
from aiortc.rtp import RtpPacket
from aiortc.sdp import SessionDescription

from interview_media.offers import OPUS
from interview_media.reorder import Packet, ReorderBuffer

BATCH_TICKS = 3840
"""From the first packet of a batch to its last, on RTP's clock: five of the usual 20 ms make 100 ms."""

_TICKS = 1 << 32


@dataclass(frozen=True, slots=True)
class EncodedFrame:
    """A whole video frame as it was sent."""

    codec: str
    """Its MIME type, in small letters."""
    data: bytes

    @property
    def is_key(self) -> bool:
        """Whether it can be decoded without the frames before it."""
        if self.codec == "video/vp8":
            return bool(self.data) and not self.data[0] & 1
        return b"\x00\x00\x01\x65" in self.data or b"\x00\x00\x01\x67" in self.data


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
        self.received += 1
        data: bytes = packet._data  # type: ignore[attr-defined]  # noqa: SLF001  the depayloaded packet
        if data and self.codecs.get(packet.payload_type) == OPUS:
            self._batch += self._order.push(Packet(packet.sequence_number, packet.timestamp, data))
        if self._batch and (self._batch[-1].timestamp - self._batch[0].timestamp) % _TICKS >= BATCH_TICKS:
            self._pass_on()
        return False, None

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
    """aiortc's video buffer, which joins packets to frames. `take` gets each, and tells if a key frame is due."""

    def __init__(self, take: Callable[[EncodedFrame], bool]) -> None:
        super().__init__(capacity=512, is_video=True)
        self._take = take
        self.codecs: Mapping[int, str] = {}
        """MIME types by payload type, known once the offer is answered."""

    def add(self, packet: RtpPacket) -> tuple[bool, JitterFrame | None]:
        is_key_frame_due, frame = super().add(packet)
        codec = self.codecs.get(packet.payload_type)
        if frame is not None and codec is not None:
            is_key_frame_due |= self._take(EncodedFrame(codec, frame.data))
        return is_key_frame_due, None


def replace_buffer(receiver: RTCRtpReceiver, buffer: AudioBuffer | VideoBuffer) -> None:
    """Let the buffer take everything that the receiver gets; to be called before the offer is answered.

    aiortc has no public way.
    """
    vars(receiver)["_RTCRtpReceiver__jitter_buffer"] = buffer


def set_enabled(receiver: RTCRtpReceiver, *, is_enabled: bool) -> None:
    """Let packets in, or drop them before anything looks into them. aiortc enables all receivers in its answer."""
    receiver._enabled = is_enabled  # noqa: SLF001  as above


def agreed_codecs(answer: str) -> dict[str, dict[int, str]]:
    """Return, by kind of media, the MIME types that an answer of ours agreed to, by payload type."""
    agreed: dict[str, dict[int, str]] = {}
    for media in SessionDescription.parse(answer).media:
        codecs: list[RTCRtpCodecParameters] = media.rtp.codecs
        agreed.setdefault(media.kind, {}).update(
            {codec.payloadType: codec.mimeType.lower() for codec in codecs if codec.payloadType is not None}
        )
    return agreed
