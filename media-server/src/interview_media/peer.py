"""One browser's connection, from its offer to its end."""

import asyncio
import time
from collections.abc import Callable
from enum import StrEnum
from functools import partial

import structlog
from aiortc import MediaStreamTrack, RTCConfiguration, RTCPeerConnection, RTCRtpReceiver, RTCSessionDescription

from interview_core.errors import Conflict, Unavailable
from interview_core.frames import Frame
from interview_core.media_consents import MediaConsents
from interview_core.tickets import MediaTicket
from interview_media.channel import ControlChannel
from interview_media.control import (
    AnswerEnd,
    AnswerStart,
    Command,
    ConsentsNow,
    ErrorCode,
    Moment,
    Notice,
    Ping,
    Playing,
)
from interview_media.ladder import NOTICES, Ladder, Rung
from interview_media.offers import SdpInvalid
from interview_media.receivers import VideoBuffer, read_agreed, replace_buffer, set_enabled
from interview_media.resources import MediaResources
from interview_media.shortcut import Shortcut, open_shortcuts
from interview_media.video import VideoSampler
from interview_media.voice import Voice

log = structlog.get_logger(__name__)

PRACTICE = "practice"
_ANSWER_LIMIT_S = 4
_REFUSE_LIMIT_S = 0.5
"""A refusal does not wait longer than this for what is let go."""

_CLOSE_LIMIT_S = 5
_LONGEST_TICK_S = 2
_CONNECT_PATIENCE = 2.5
"""A browser that has not come yet may be silent for this many times longer than one that is here."""


class Reason(StrEnum):
    """Why a peer was closed."""

    LEFT = "left"
    LOST = "lost"
    SILENT = "silent"
    SUPERSEDED = "superseded"
    ABUSE = "bad_messages"
    NOT_ANSWERED = "not_answered"
    SHUTDOWN = "shutdown"


BROKEN_OFF = (Reason.LOST, Reason.SILENT)
"""Reasons that the candidate did not choose."""


class PeerSuperseded(Conflict):
    code = "PEER_SUPERSEDED"


class ServerBusy(Unavailable):
    code = "SERVER_BUSY"

    def __init__(self) -> None:
        super().__init__("The media server has too much to do; try again in a few seconds, or go on in text.")


class Peer:
    """`published` is what Redis says about consents; `on_closed` is called once, after everything has been let go."""

    def __init__(
        self,
        ticket: MediaTicket,
        resources: MediaResources,
        published: MediaConsents | None,
        on_closed: Callable[["Peer", Reason], None],
    ) -> None:
        self.ticket = ticket
        self.voice = self._make_voice(resources)
        self._resources = resources
        self._on_closed = on_closed
        self._log = log.bind(interview_id=str(ticket.interview_id), epoch=ticket.epoch)
        self._started = time.monotonic()
        self._withdrawn = MediaConsents(transcription=True, recording=True, emotion=True)
        self._published = published
        self._told: tuple[bool, bool] | None = None
        self._ladder = Ladder(resources.settings.media_max_lag_ms)
        self._video = VideoSampler(
            resources.decoding, resources.settings.media_frame_interval_ms / 1000, self._take_picture
        )
        self._frames_counted = (0, 0)
        self._video_buffer = VideoBuffer(self._video)
        self._shortcuts: list[Shortcut] = []
        self._control = ControlChannel(self._obey, self._greet, partial(self._close_soon, Reason.ABUSE))
        self._sending: asyncio.Task[None] | None = None
        self._frames_sent = 0
        self.was_connected = False
        self._received, self._silent_s, self._watched_at = 0, 0.0, self._started
        self._closing: asyncio.Task[None] | None = None
        # Without this aiortc asks a public STUN server.
        self._connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self._connection.add_listener("track", self._take_track)
        self._connection.add_listener("datachannel", self._control.take)
        self._connection.add_listener("connectionstatechange", self._follow_state)

    def _make_voice(self, resources: MediaResources) -> Voice | None:
        return Voice(self.ticket, resources, resources.network, self._tell) if resources.network else None

    @property
    def may_hear(self) -> bool:
        """Whether answers may be listened to."""
        return self.voice is not None and self._allows("transcription") and self.ticket.may_transcribe

    @property
    def may_look(self) -> bool:
        """Whether frames may be looked at: never in an assessment, and in practice only with consent."""
        return self.ticket.purpose == PRACTICE and self.ticket.may_analyze_emotion and self._allows("emotion")

    def _allows(self, purpose: str) -> bool:
        published = self._published is None or getattr(self._published, purpose)
        return bool(published and getattr(self._withdrawn, purpose))

    async def answer(self, offer: str) -> str:
        """Return the answer to a checked offer; from then on the peer looks after itself.

        Raises:
            SdpInvalid: the offer cannot be answered.
            ServerBusy: it was not answered in time, which says nothing about the offer.
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
            await asyncio.wait({self._close_soon(Reason.NOT_ANSWERED)}, timeout=_REFUSE_LIMIT_S)
            if isinstance(error, TimeoutError):
                raise ServerBusy from None
            raise SdpInvalid("The offer cannot be answered: it has no media that this server understands.") from None
        answer = str(self._connection.localDescription.sdp)
        self._open_ways(answer)
        self._apply_permissions()
        return answer

    def _open_ways(self, answer: str) -> None:
        """Let packets come to our buffers, as was agreed in the answer."""
        agreed = read_agreed(answer)
        if "video" in agreed:
            self._video_buffer.codecs = agreed["video"].names()
        buffer = self.voice.buffer if self.voice is not None else None
        if buffer is not None and "audio" in agreed:
            buffer.codecs = agreed["audio"].names()
        self._shortcuts = open_shortcuts(self._connection.getReceivers(), agreed, buffer, self._video)

    async def close(self, reason: Reason) -> None:
        """Let go of everything; a second call waits for the first."""
        await asyncio.shield(self._close_soon(reason))

    def _close_soon(self, reason: Reason) -> asyncio.Task[None]:
        if self._closing is None:
            self._closing = asyncio.create_task(self._close(reason))
        return self._closing

    async def _close(self, reason: Reason) -> None:
        try:
            self._tell("closing", reason=reason.value)
            self._control.close()
            self._video.close()
            for shortcut in self._shortcuts:
                shortcut.close()
            if self.voice is not None:
                self.voice.close()
            if self._sending is not None:
                self._sending.cancel()
            if reason is not Reason.LOST:
                # The last messages leave before the connection does.
                await asyncio.sleep(0)
            async with asyncio.timeout(_CLOSE_LIMIT_S):
                await self._connection.close()
        except Exception as error:  # noqa: BLE001  whatever aiortc says, the place of this peer must become free
            self._log.warning("peer not closed cleanly", error=type(error).__name__)
        finally:
            self._resources.metrics.count_closed(reason.value)
            self._on_closed(self, reason)
        self._log.info("peer closed", reason=reason.value, took_s=self._age_s(), frames_sent=self._frames_sent)

    def _age_s(self) -> float:
        return round(time.monotonic() - self._started, 1)

    def tick(self, lag_ms: int, published: MediaConsents | None) -> None:
        """Look after the connection; called about once a second."""
        self._published = published or self._published
        self._apply_permissions()
        self._count_frames()
        loss = self.voice.loss() if self.voice is not None else 0.0
        if self.voice is not None:
            self.voice.tell_gaps()
        if self.may_look and self._ladder.judge(lag_ms, loss):
            self._take_rung()
        elif self._ladder.rung is Rung.OFF and lag_ms > self._resources.settings.media_max_lag_ms:
            self._tell("notice", code=Notice.SERVER_BUSY)
        self._watch()

    def _watch(self) -> None:
        """Close when nothing arrives any more: aiortc itself notices a lost browser only after half a minute.

        Time in which this process stood still itself is not held against the browser.
        """
        received, now = sum(shortcut.received for shortcut in self._shortcuts), time.monotonic()
        passed_s, self._watched_at = min(now - self._watched_at, _LONGEST_TICK_S), now
        self._silent_s = self._silent_s + passed_s if received == self._received else 0.0
        self._received = received
        limit_s = self._resources.settings.media_silence_limit_s * (1 if self.was_connected else _CONNECT_PATIENCE)
        if self._silent_s >= limit_s:
            self._close_soon(Reason.SILENT)

    def _take_track(self, track: MediaStreamTrack) -> None:
        for receiver in self._connection.getReceivers():
            if receiver.track is track and track.kind == "video":
                replace_buffer(receiver, self._video_buffer)
            elif receiver.track is track and self.voice is not None:
                replace_buffer(receiver, self.voice.buffer)

    def _apply_permissions(self) -> None:
        """Drop the packets of tracks that are not to be heard or looked at, before anything decodes them."""
        may_hear, may_look = self.may_hear, self.may_look
        if self.voice is not None:
            self.voice.allow(is_allowed=may_hear)
        is_video_on = may_look and self._ladder.rung < Rung.OFF
        if self._video.is_allowed != is_video_on:
            self._video.allow(is_allowed=is_video_on)
        for receiver in self._connection.getReceivers():
            set_enabled(receiver, is_enabled=self._is_wanted(receiver, may_hear=may_hear, may_look=is_video_on))
        if self._told is not None and self._told != (may_hear, may_look):
            self._greet()

    def _is_wanted(self, receiver: RTCRtpReceiver, *, may_hear: bool, may_look: bool) -> bool:
        track: MediaStreamTrack | None = receiver.track
        if track is None:
            return False
        return may_look if track.kind == "video" else may_hear

    def _take_rung(self) -> None:
        self._video.is_sparing = self._ladder.rung is Rung.KEY_FRAMES
        self._apply_permissions()
        self._log.info("video ladder", rung=self._ladder.rung.name)
        self._tell("notice", code=NOTICES[self._ladder.rung])

    def _count_frames(self) -> None:
        now = (self._video.came, self._video.sampled)
        self._resources.metrics.count_frames(now[0] - self._frames_counted[0], now[1] - self._frames_counted[1])
        self._frames_counted = now

    def _tell(self, kind: str, **fields: object) -> None:
        self._control.tell(kind, **fields)

    def _greet(self) -> None:
        """Tell the page what is done with its media; again whenever that changes."""
        self._told = (self.may_hear, self.may_look)
        self._tell("ready", epoch=self.ticket.epoch, may_transcribe=self.may_hear, may_analyze_emotion=self.may_look)

    def _obey(self, command: Command) -> None:
        match command:
            case Ping():
                self._tell("pong", at=command.at)
            case ConsentsNow():
                self._withdraw(command)
            case _:
                self._obey_voice(command)

    def _obey_voice(self, command: AnswerStart | AnswerEnd | Moment | Playing) -> None:
        if self.voice is None or not self.may_hear:
            if isinstance(command, AnswerStart | AnswerEnd):
                self._tell("error", code=ErrorCode.TRANSCRIPTION_NOT_ALLOWED)
            return
        match command:
            case AnswerStart():
                self.voice.answering.start(command)
            case AnswerEnd():
                self.voice.answering.end(command)
            case Moment():
                self.voice.answering.wait(command)
            case Playing():
                self.voice.answering.set_playing(command.is_playing)

    def _withdraw(self, command: ConsentsNow) -> None:
        was = self._withdrawn
        self._withdrawn = MediaConsents(
            transcription=was.transcription and command.transcription,
            recording=was.recording and command.recording,
            emotion=was.emotion and command.emotion,
        )
        self._apply_permissions()

    def _take_picture(self, jpeg: bytes, taken_at: float) -> None:
        if not self.may_look or self._closing is not None:
            return
        if self._sending is not None and not self._sending.done():
            return
        frame = Frame(epoch=self.ticket.epoch, frame_ms=round((taken_at - self._started) * 1000), jpeg=jpeg)
        self._sending = asyncio.create_task(self._send(frame))

    async def _send(self, frame: Frame) -> None:
        self._frames_sent += await self._resources.frames.send(self.ticket.interview_id, frame)

    async def _follow_state(self) -> None:
        state = self._connection.connectionState
        if state == "connected":
            self.was_connected = True
            self._silent_s = 0.0
            self._log.info("peer connected", took_s=self._age_s())
        if state == "failed":
            self._close_soon(Reason.LOST)
        elif state == "closed":
            self._close_soon(Reason.LEFT)
