"""A media server in this process, and browsers that are aiortc connections."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any
from uuid import UUID, uuid4

import av
import httpx
import numpy as np
from aiortc import MediaStreamTrack, RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from fastapi import FastAPI

from interview_core.tickets import MediaTicket, sign_media_ticket
from interview_media.settings import MediaSettings

BUSY = ("SERVER_BUSY", "BROKER_UNAVAILABLE")
MEDIA_SECRET_KEY = "93d0a6e4c2b8f7150d9e3a6b4c8f2e71"


class GreyPicture(MediaStreamTrack):
    """Fifteen frames a second, each a little brighter than the one before."""

    kind = "video"

    def __init__(self, width: int = 640, height: int = 480) -> None:
        super().__init__()
        self._shape = (height, width, 3)
        self._count = 0

    async def recv(self) -> av.VideoFrame:
        await asyncio.sleep(1 / 15)
        pixels = np.full(self._shape, 40 + self._count % 180, np.uint8)
        frame = av.VideoFrame.from_ndarray(pixels, format="rgb24").reformat(format="yuv420p")
        frame.pts, frame.time_base = self._count * 6000, Fraction(1, 90000)
        self._count += 1
        return frame


class Silence(MediaStreamTrack):
    kind = "audio"

    def __init__(self) -> None:
        super().__init__()
        self._count = 0

    async def recv(self) -> av.AudioFrame:
        await asyncio.sleep(0.02)
        frame = av.AudioFrame(format="s16", layout="mono", samples=960)
        frame.planes[0].update(bytes(1920))
        frame.sample_rate, frame.pts, frame.time_base = 48000, self._count * 960, Fraction(1, 48000)
        self._count += 1
        return frame


def make_settings(**overrides: Any) -> MediaSettings:
    """Return settings with which a machine that is busy with other tests still admits everybody."""
    values = {
        "media_secret_key": MEDIA_SECRET_KEY,
        "media_frame_interval_ms": 200,
        "media_max_lag_ms": 60_000,
        "media_silence_limit_s": 10,
        **overrides,
    }
    return MediaSettings(**values)


def make_ticket(interview_id: UUID | None = None, **overrides: Any) -> MediaTicket:
    values = {
        "ticket_id": uuid4(),
        "interview_id": interview_id or uuid4(),
        "epoch": 1,
        "purpose": "practice",
        "may_transcribe": True,
        "may_analyze_emotion": True,
        "language": "ko",
        "min_silence_ms": 1000,
        "max_silence_ms": 0,
        **overrides,
    }
    return MediaTicket(**values)


def sign(ticket: MediaTicket) -> str:
    return sign_media_ticket(ticket, secret=MEDIA_SECRET_KEY)


@dataclass
class Media:
    """A running media server and the browsers of a test."""

    app: FastAPI | None
    """None where the server is another process."""

    http: httpx.AsyncClient
    browsers: list[RTCPeerConnection] = field(default_factory=list)

    async def offer(self, ticket: str, sdp: str) -> httpx.Response:
        body = json.dumps({"ticket": ticket, "sdp": sdp})
        return await self.http.post("/media/offer", content=body, headers={"Content-Type": "application/json"})

    async def admit(self, ticket: MediaTicket, sdp: str) -> httpx.Response:
        """Offer as the page does: while the server or its Redis is busy, again with a new ticket."""
        response = await self.offer(sign(ticket), sdp)
        while response.status_code == 503 and response.json()["error_code"] in BUSY:
            response = await self.offer(sign(ticket.model_copy(update={"ticket_id": uuid4()})), sdp)
        return response

    def new_browser(self, *tracks: MediaStreamTrack) -> RTCPeerConnection:
        """Return a connection without an offer."""
        browser = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self.browsers.append(browser)
        for track in tracks or (Silence(), GreyPicture()):
            browser.addTrack(track)
        return browser

    async def make_browser(self, *tracks: MediaStreamTrack) -> RTCPeerConnection:
        """Return a connection with a local offer."""
        browser = self.new_browser(*tracks)
        await browser.setLocalDescription(await browser.createOffer())
        return browser

    async def connect(self, ticket: MediaTicket, *tracks: MediaStreamTrack) -> RTCPeerConnection:
        """Return a browser whose media flows."""
        browser = await self.make_browser(*tracks)
        response = await self.admit(ticket, browser.localDescription.sdp)
        assert response.status_code == 200, response.text
        answer = response.json()
        await browser.setRemoteDescription(RTCSessionDescription(sdp=answer["sdp"], type=answer["type"]))
        await until(lambda: browser.connectionState == "connected")
        return browser

    async def count_peers(self) -> int:
        return int((await self.http.get("/healthz")).json()["peers"])


async def until(is_true: Callable[[], bool], *, within_s: float = 60) -> None:
    """Wait for something that must become true."""
    async with asyncio.timeout(within_s):
        while not is_true():  # noqa: ASYNC110  what is waited for has no event
            await asyncio.sleep(0.05)
