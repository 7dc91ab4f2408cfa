"""The short way of packets, from the socket straight into our buffers.

aiortc queues each datagram, wakes a task for it and makes objects of all its parts, which takes more time than to
listen to the voice. Here packets of Opus and VP8 are looked at where they arrive, in one call, and those that nobody
needs are not even decrypted. Everything else goes aiortc's way: DTLS, RTCP, other codecs; so does what the sender is
told, by the counters and the estimate that aiortc keeps. Only this file and `receivers.py` touch its privates.
"""

import asyncio
import time
from abc import ABC, abstractmethod
from collections.abc import Coroutine, Iterable, Mapping
from typing import Any, Protocol

import pylibsrtp
from aiortc import MediaStreamTrack, RTCRtpReceiver
from aiortc.rtcdtlstransport import RTCDtlsTransport
from aiortc.rtcrtpparameters import RTCRtpCodecParameters
from aiortc.rtcrtpreceiver import StreamStatistics
from aiortc.rtp import RTCP_PSFB_APP, RtcpPsfbPacket, pack_remb_fci

from interview_media.key_frames import KeyFrames
from interview_media.offers import OPUS
from interview_media.receivers import ABS_SEND_TIME, RTX, VP8, Agreed, AudioBuffer, EncodedFrame, Pictures
from interview_media.reorder import Packet
from interview_media.rtp import Header, find_extension, read_header, read_payload

_RTCP = range(64, 96)
"""Second bytes, without their first bit, that mean RTCP on a transport that carries both (RFC 5761)."""

_DECRYPTED_EVERY = 1024
"""SRTP counts how often a stream's 16-bit numbers wrap by the packets that it decrypts, so it must see some."""

_ESTIMATED_EVERY_MS = 100
"""The estimate of the line needs no more; its arithmetic for each packet takes longer than everything else here."""

_ARRIVING_S = 0.3
"""A key frame whose packets come at least this often is on its way, however slowly."""


class Line(ABC):
    """The packets of one receiver."""

    def __init__(self, receiver: RTCRtpReceiver, codecs: Mapping[int, RTCRtpCodecParameters]) -> None:
        self.receiver = receiver
        self._codecs = codecs
        self._streams: dict[int, StreamStatistics] = vars(receiver)["_RTCRtpReceiver__remote_streams"]

    @property
    def _is_enabled(self) -> bool:
        return self.receiver._enabled  # noqa: SLF001  what `set_enabled` sets

    def take(self, header: Header, packet: bytes, srtp: pylibsrtp.Session) -> None:
        """Take an encrypted packet, or raise pylibsrtp.Error or ValueError when it is none."""
        if self._is_enabled:
            self._take(header, packet, srtp)
        elif header.sequence_number % _DECRYPTED_EVERY == 0:
            srtp.unprotect(packet)

    @abstractmethod
    def _take(self, header: Header, packet: bytes, srtp: pylibsrtp.Session) -> None:
        """Take an encrypted packet that is wanted."""

    def _count(self, header: Header) -> None:
        """Count the packet in what aiortc reports to the sender."""
        statistics = self._streams.get(header.ssrc)
        if statistics is None:
            codec = self._codecs[header.payload_type]
            statistics = self._streams[header.ssrc] = StreamStatistics(codec.clockRate)
        statistics.add(header)  # type: ignore[arg-type]  # it reads the fields that a header has


class AudioLine(Line):
    """Opus."""

    def __init__(
        self, receiver: RTCRtpReceiver, codecs: Mapping[int, RTCRtpCodecParameters], buffer: AudioBuffer
    ) -> None:
        super().__init__(receiver, codecs)
        self._buffer = buffer

    def _take(self, header: Header, packet: bytes, srtp: pylibsrtp.Session) -> None:
        payload = read_payload(header, srtp.unprotect(packet))
        self._count(header)
        self._buffer.push(Packet(header.sequence_number, header.timestamp, payload))


class VideoLine(Line):
    """VP8, of which only key frames are looked at, and those only when a picture is due."""

    def __init__(
        self,
        receiver: RTCRtpReceiver,
        codecs: Mapping[int, RTCRtpCodecParameters],
        pictures: Pictures,
        abs_send_time: int | None,
    ) -> None:
        super().__init__(receiver, codecs)
        self._pictures = pictures
        self._abs_send_time = abs_send_time
        self._repeats = {number for number, codec in codecs.items() if codec.mimeType.lower() == RTX}
        self._frames = KeyFrames()
        self._asked_for: list[int] = []
        self._came_at = 0.0
        self._estimated_at_ms = 0
        self._unestimated = 0
        self._sending: set[asyncio.Task[None]] = set()

    def _take(self, header: Header, packet: bytes, srtp: pylibsrtp.Session) -> None:
        is_known = header.ssrc in self._streams
        if is_known:
            self._count(header)
            self._estimate(header, packet)
            if header.payload_type not in self._repeats:
                self._pictures.came += header.is_last
                self._ask_if_due(header.ssrc)
        is_wanted = self._pictures.is_waiting and self._frames.wants(header.timestamp)
        if is_known and not is_wanted and header.sequence_number % _DECRYPTED_EVERY:
            return
        payload = read_payload(header, srtp.unprotect(packet))
        if not is_known:
            # Only now is it sure that the packet is the sender's.
            self._count(header)
        if is_wanted:
            self._collect(header, payload)

    def _collect(self, header: Header, payload: bytes) -> None:
        sequence, ssrc = header.sequence_number, header.ssrc
        if header.payload_type in self._repeats:
            # A repeated packet begins with the number that it had (RFC 4588).
            sequence, payload, ssrc = int.from_bytes(payload[:2]), payload[2:], 0
        if not payload:
            return
        now = time.monotonic()
        if not self._frames.is_begun:
            self._asked_for = []
            self._pictures.begun_at = now
        self._came_at = now
        data = self._frames.take(sequence, header.timestamp, payload, is_last=header.is_last)
        if data is not None:
            self._pictures.take(EncodedFrame(VP8, data))
        elif ssrc:
            self._ask_for_missing(ssrc)

    def _ask_if_due(self, ssrc: int) -> None:
        is_arriving = self._frames.is_begun and time.monotonic() - self._came_at < _ARRIVING_S
        if not is_arriving and self._pictures.ask():
            self._frames.give_up()
            self._send(self.receiver._send_rtcp_pli(ssrc))  # noqa: SLF001  aiortc has no public way

    def _ask_for_missing(self, ssrc: int) -> None:
        missing = self._frames.missing()
        if missing and missing != self._asked_for:
            self._asked_for = missing
            self._send(self.receiver._send_rtcp_nack(ssrc, missing))  # noqa: SLF001  as above

    def _estimate(self, header: Header, packet: bytes) -> None:
        """Let aiortc estimate what the line carries, and tell the sender."""
        if self._abs_send_time is None:
            return
        now_ms = int(time.monotonic() * 1000)
        self._unestimated += len(packet) - header.payload_at
        if now_ms - self._estimated_at_ms < _ESTIMATED_EVERY_MS:
            return
        sent_at = find_extension(header, packet, self._abs_send_time)
        if sent_at is None:
            return
        privates = vars(self.receiver)
        size, self._unestimated, self._estimated_at_ms = self._unestimated, 0, now_ms
        estimate = privates["_RTCRtpReceiver__remote_bitrate_estimator"].add(
            abs_send_time=int.from_bytes(sent_at), arrival_time_ms=now_ms, payload_size=size, ssrc=header.ssrc
        )
        own_ssrc = privates["_RTCRtpReceiver__rtcp_ssrc"]
        if estimate is not None and own_ssrc is not None:
            message = RtcpPsfbPacket(fmt=RTCP_PSFB_APP, ssrc=own_ssrc, media_ssrc=0, fci=pack_remb_fci(*estimate))
            self._send(self.receiver._send_rtcp(message))  # noqa: SLF001  as above

    def _send(self, message: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(message)
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)


class _Ice(Protocol):
    def data_received(self, data: bytes, component: int) -> None: ...


class Shortcut:
    """Of one transport, from the answer to its offer until `close`. `received` counts all that is no STUN."""

    def __init__(self, transport: RTCDtlsTransport, lines: Mapping[int, Line]) -> None:
        self.received = 0
        self._transport = transport
        self._lines = {number: line for number, line in lines.items() if number not in _RTCP}
        self._ice: _Ice = transport.transport._connection  # noqa: SLF001  the socket's datagrams come out of it
        self._pass_on = self._ice.data_received
        vars(self._ice)["data_received"] = self._take

    def close(self) -> None:
        """Let aiortc have the datagrams again."""
        vars(self._ice).pop("data_received", None)
        self._lines = {}

    def _take(self, data: bytes, component: int) -> None:
        self.received += 1
        srtp = self._transport._rx_srtp  # noqa: SLF001  None until the handshake is done
        line = self._lines.get(data[1] & 0x7F) if len(data) > 1 and 127 < data[0] < 192 else None
        if line is None or srtp is None:
            self._pass_on(data, component)
            return
        try:
            line.take(read_header(data), data, srtp)
        except (pylibsrtp.Error, ValueError):
            # It is not the sender's, or came twice; aiortc drops such packets too.
            return


def open_shortcuts(
    receivers: Iterable[RTCRtpReceiver], agreed: Mapping[str, Agreed], buffer: AudioBuffer | None, pictures: Pictures
) -> list[Shortcut]:
    """Let packets of Opus and VP8 take the short way; to be called when the offer has been answered."""
    lines: dict[RTCDtlsTransport, dict[int, Line]] = {}
    for receiver in receivers:
        track: MediaStreamTrack | None = receiver.track
        line = _make_line(receiver, agreed.get(track.kind), buffer, pictures) if track is not None else None
        of_transport = lines.setdefault(receiver.transport, {})
        if line is not None:
            of_transport.update(dict.fromkeys(line._codecs, line))  # noqa: SLF001  of this file
    return [Shortcut(transport, of_transport) for transport, of_transport in lines.items()]


def _make_line(
    receiver: RTCRtpReceiver, agreed: Agreed | None, buffer: AudioBuffer | None, pictures: Pictures
) -> Line | None:
    if agreed is None:
        return None
    if receiver.track.kind == "video":
        return VideoLine(receiver, agreed.vp8(), pictures, agreed.extensions.get(ABS_SEND_TIME))
    codecs = {number: codec for number, codec in agreed.codecs.items() if codec.mimeType.lower() == OPUS}
    return AudioLine(receiver, codecs, buffer) if buffer is not None else None
