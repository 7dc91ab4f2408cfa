"""A browser that talks: a microphone that plays samples, and the page's end of the channel `ctl`."""

import asyncio
import json
import time
from collections.abc import Callable
from fractions import Fraction
from typing import Any
from uuid import UUID

import av
import numpy as np
from aiortc import MediaStreamTrack, RTCDataChannel, RTCPeerConnection, RTCSessionDescription
from numpy.typing import NDArray

from interview_core.tickets import MediaTicket
from tests.media.browsers import Media, until
from tests.samples.speak import RATE, silence

FRAME = RATE // 50


class Microphone(MediaStreamTrack):
    """Plays in real time what it is given, and silence after it. `position` is how many samples it has played."""

    kind = "audio"

    def __init__(self, samples: NDArray[np.int16] | None = None) -> None:
        super().__init__()
        self._samples = silence(0) if samples is None else samples
        self.position = 0
        self._began: float | None = None

    def play(self, samples: NDArray[np.int16]) -> None:
        """Play after what is played now."""
        self._samples = np.concatenate([self._samples, samples])

    @property
    def is_done(self) -> bool:
        return self.position >= len(self._samples)

    async def recv(self) -> av.AudioFrame:
        self._began = self._began or time.monotonic()
        ahead_s = self._began + self.position / RATE - time.monotonic()
        if ahead_s > 0:
            await asyncio.sleep(ahead_s)
        piece = self._samples[self.position : self.position + FRAME]
        if len(piece) < FRAME:
            piece = np.concatenate([piece, np.zeros(FRAME - len(piece), np.int16)])
            self._samples = np.concatenate([self._samples[: self.position], piece])
        frame = av.AudioFrame.from_ndarray(piece[None], format="s16", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = RATE, self.position, Fraction(1, RATE)
        self.position += FRAME
        return frame


class Page:
    """The page's end of the channel. `heard` is everything that the server said, with the time."""

    def __init__(self, channel: RTCDataChannel) -> None:
        self._channel = channel
        self.heard: list[dict[str, Any]] = []
        channel.add_listener("message", lambda message: self.heard.append(json.loads(message)))

    def say(self, kind: str, **fields: Any) -> None:
        self._channel.send(json.dumps({"type": kind, **fields}, default=str))

    def say_raw(self, message: str | bytes) -> None:
        self._channel.send(message)

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [message for message in self.heard if message["type"] == kind]

    async def wait_for(self, kind: str, count: int = 1, *, within_s: float = 60) -> dict[str, Any]:
        """Return the `count`th message of a kind."""
        await until(lambda: len(self.of(kind)) >= count, within_s=within_s)
        return self.of(kind)[count - 1]

    async def answer(self, question_id: UUID, say: Callable[[], Any], take: int = 1) -> dict[str, Any]:
        """Speak an answer from its start to the button, and return how it ended."""
        ended = len(self.of("answer.ended"))
        self.say("answer.start", question_id=question_id, take=take)
        await say()
        self.say("answer.end", question_id=question_id)
        return await self.wait_for("answer.ended", ended + 1)

    @property
    def errors(self) -> list[str]:
        return [message["code"] for message in self.of("error")]


async def talk(media: Media, ticket: MediaTicket, *tracks: MediaStreamTrack) -> tuple[RTCPeerConnection, Page]:
    """Connect a browser with its channel; return both once the server has said that it is ready."""
    browser = media.new_browser(*tracks)
    page = Page(browser.createDataChannel("ctl"))
    await browser.setLocalDescription(await browser.createOffer())
    response = await media.admit(ticket, browser.localDescription.sdp)
    assert response.status_code == 200, response.text
    answer = response.json()
    await browser.setRemoteDescription(RTCSessionDescription(sdp=answer["sdp"], type=answer["type"]))
    await page.wait_for("ready")
    return browser, page
