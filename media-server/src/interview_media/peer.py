"""One browser's connection: its tracks are drained, and its video sampled when the ticket allows it."""

import asyncio
import time
from collections.abc import Callable, Coroutine
from enum import StrEnum
from typing import Any

import av
import structlog
from aiortc import MediaStreamTrack, RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import MediaStreamError
from aiortc.stats import RTCTransportStats

from interview_core.errors import Conflict
from interview_core.frames import Frame
from interview_core.tickets import MediaTicket
from interview_media.frames import FrameSender, encode_jpeg
from interview_media.offers import SdpInvalid
from interview_media.settings import MediaSettings

log = structlog.get_logger(__name__)

PRACTICE = "practice"
_ANSWER_LIMIT_S = 5
_CLOSE_LIMIT_S = 5


class Reason(StrEnum):
    """Why a peer was closed."""

    LEFT = "left"
    SILENT = "silent"
    SUPERSEDED = "superseded"
    NOT_ANSWERED = "not_answered"
    SHUTDOWN = "shutdown"


class PeerSuperseded(Conflict):
    code = "PEER_SUPERSEDED"


def may_look(ticket: MediaTicket) -> bool:
    """Tell whether frames may be looked at: never in an assessment, and in practice only with consent."""
    return ticket.purpose == PRACTICE and ticket.may_analyze_emotion


class Peer:
    """A connection from its offer to its end. `on_closed` is called once, after everything has been let go."""

    def __init__(
        self, ticket: MediaTicket, settings: MediaSettings, sender: FrameSender, on_closed: Callable[["Peer"], None]
    ) -> None:
        self.ticket = ticket
        self._settings = settings
        self._sender = sender
        self._on_closed = on_closed
        self._log = log.bind(interview_id=str(ticket.interview_id), epoch=ticket.epoch)
        self._started = time.monotonic()
        self._newest: tuple[av.VideoFrame, int] | None = None
        self._frames_sent = 0
        self._tasks: list[asyncio.Task[None]] = []
        self._closing: asyncio.Task[None] | None = None
        # Without this aiortc asks a public STUN server.
        self._connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self._connection.add_listener("track", self._take_track)
        self._connection.add_listener("connectionstatechange", self._follow_state)

    async def answer(self, offer: str) -> str:
        """Return the answer to a checked offer; from then on the peer looks after itself.

        Raises:
            SdpInvalid: the offer cannot be answered.
            PeerSuperseded: a newer connection of the interview has closed this one meanwhile.
        """
        try:
            async with asyncio.timeout(_ANSWER_LIMIT_S):
                await self._connection.setRemoteDescription(RTCSessionDescription(sdp=offer, type="offer"))
                await self._connection.setLocalDescription(await self._connection.createAnswer())
        except Exception as error:  # noqa: BLE001  an offer that parses still breaks aiortc in ways of every kind
            if self._closing is not None:
                raise PeerSuperseded("A newer connection has taken this one's place.") from None
            self._log.info("offer not answered", error=type(error).__name__)
            await self.close(Reason.NOT_ANSWERED)
            raise SdpInvalid("The offer cannot be answered: it has no media that this server understands.") from None
        if may_look(self.ticket):
            self._start(self._sample())
        self._drop_undecoded()
        self._start(self._watch())
        return str(self._connection.localDescription.sdp)

    async def close(self, reason: Reason) -> None:
        """Let go of everything; a second call waits for the first."""
        if self._closing is None:
            self._closing = asyncio.create_task(self._close(reason))
        await asyncio.shield(self._closing)

    async def _close(self, reason: Reason) -> None:
        try:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            async with asyncio.timeout(_CLOSE_LIMIT_S):
                await self._connection.close()
        except Exception as error:  # noqa: BLE001  whatever aiortc says, the place of this peer must become free
            self._log.warning("peer not closed cleanly", error=type(error).__name__)
        finally:
            self._on_closed(self)
        self._log.info("peer closed", reason=reason.value, took_s=self._age_s(), frames_sent=self._frames_sent)

    def _age_s(self) -> float:
        return round(time.monotonic() - self._started, 1)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        task.add_done_callback(self._report)
        self._tasks.append(task)

    def _report(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            self._log.error("peer task failed", exc_info=error)

    def _take_track(self, track: MediaStreamTrack) -> None:
        self._start(self._drain(track, is_looked_at=self._is_looked_at(track)))

    def _is_looked_at(self, track: MediaStreamTrack) -> bool:
        return track.kind == "video" and may_look(self.ticket)

    def _drop_undecoded(self) -> None:
        """Drop the packets of tracks at which nobody looks. aiortc has no public way, and enables all in its answer."""
        for receiver in self._connection.getReceivers():
            if receiver.track is None or not self._is_looked_at(receiver.track):
                receiver._enabled = False  # noqa: SLF001

    async def _drain(self, track: MediaStreamTrack, *, is_looked_at: bool) -> None:
        # Drain even when nobody looks: aiortc buffers unread frames without limit.
        try:
            while True:
                frame = await track.recv()
                if is_looked_at and isinstance(frame, av.VideoFrame):
                    self._newest = (frame, round((time.monotonic() - self._started) * 1000))
        except MediaStreamError:
            self._newest = None

    async def _sample(self) -> None:
        """Send the newest frame once per interval; one that came before the last sending is never sent again."""
        while True:
            await asyncio.sleep(self._settings.media_frame_interval_ms / 1000)
            newest, self._newest = self._newest, None
            if newest is None:
                continue
            picture, frame_ms = newest
            try:
                jpeg = await asyncio.to_thread(encode_jpeg, picture)
            except (av.FFmpegError, ValueError) as error:
                self._log.warning("frame not encoded", error=type(error).__name__)
                continue
            frame = Frame(epoch=self.ticket.epoch, frame_ms=frame_ms, jpeg=jpeg)
            self._frames_sent += await self._sender.send(self.ticket.interview_id, frame)

    async def _watch(self) -> None:
        """Close when nothing arrives any more: aiortc itself notices a lost browser only after half a minute."""
        limit_s = self._settings.media_silence_limit_s
        received, heard = 0, time.monotonic()
        while time.monotonic() - heard < limit_s:
            await asyncio.sleep(limit_s / 10)
            now_received = await self._count_packets()
            if now_received != received:
                received, heard = now_received, time.monotonic()
        await self.close(Reason.SILENT)

    async def _count_packets(self) -> int:
        report = await self._connection.getStats()
        return sum(entry.packetsReceived for entry in report.values() if isinstance(entry, RTCTransportStats))

    async def _follow_state(self) -> None:
        state = self._connection.connectionState
        if state == "connected":
            self._log.info("peer connected", took_s=self._age_s())
        if state in ("failed", "closed"):
            await self.close(Reason.LEFT)
