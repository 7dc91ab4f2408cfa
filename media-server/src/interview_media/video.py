"""One connection's video: of all frames the newest is looked at once per interval, when purpose and consent allow it.

Frames build on each other, so all must be decoded; but only when a picture is due, in one go, and on a thread. What was
not decoded when the consent is withdrawn never is.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from typing import Any

import av
import structlog
from aiortc.codecs import get_decoder
from aiortc.jitterbuffer import JitterFrame
from aiortc.rtcrtpparameters import RTCRtpCodecParameters

from interview_media.frames import encode_jpeg
from interview_media.lanes import Lane
from interview_media.receivers import EncodedFrame

log = structlog.get_logger(__name__)

DECODED = ("video/vp8", "video/h264")

_MAX_HELD = 150
_KEY_FRAME_EVERY_S = 1.0
_CLOCK_RATE = 90_000


class VideoSampler:
    """Takes encoded frames on the event loop and gives a JPEG with its age there. `deliver` is called on the loop."""

    def __init__(self, executor: Executor, interval_s: float, deliver: Callable[[bytes, float], None]) -> None:
        self.is_allowed = False
        self.is_key_frames_only = False
        self.taken = 0
        self.sampled = 0
        self._lane = Lane(executor, limit=2)
        self._interval_s = interval_s
        self._deliver = deliver
        self._loop = asyncio.get_running_loop()
        self._held: list[EncodedFrame] = []
        self._due = time.monotonic() + interval_s
        self._is_key_awaited = True
        self._key_asked_at = 0.0
        self._decoder: tuple[str, Any] | None = None

    def allow(self, *, is_allowed: bool) -> None:
        """Look at frames, or at none any more; what waits is dropped undecoded."""
        self.is_allowed = is_allowed
        if not is_allowed:
            self._held.clear()
            self._is_key_awaited = True

    def close(self) -> None:
        self.allow(is_allowed=False)
        self._lane.close()

    def take(self, frame: EncodedFrame) -> bool:
        """Keep a frame until a picture is due; return whether the sender is to be asked for a key frame."""
        if not self.is_allowed or frame.codec not in DECODED:
            return False
        self.taken += 1
        if frame.is_key:
            # What came before is not needed to decode what comes after.
            self._held.clear()
            self._is_key_awaited = False
        if self._is_key_awaited or len(self._held) >= _MAX_HELD:
            self._held.clear()
            self._is_key_awaited = True
            return self._ask_for_key()
        if frame.is_key or not self.is_key_frames_only:
            self._held.append(frame)
        self._sample_if_due()
        return self._is_key_awaited or (self.is_key_frames_only and self._ask_for_key())

    def _sample_if_due(self) -> None:
        now = time.monotonic()
        if now < self._due or not self._held:
            return
        self._due = max(self._due + self._interval_s, now + self._interval_s / 2)
        frames, self._held = self._held, []
        if not self._lane.submit(lambda: self._look(frames, now)):
            self._is_key_awaited = True

    def _ask_for_key(self) -> bool:
        now = time.monotonic()
        if now - self._key_asked_at < _KEY_FRAME_EVERY_S:
            return False
        self._key_asked_at = now
        return True

    def _look(self, frames: Sequence[EncodedFrame], taken_at: float) -> None:
        """Decode what is held and give its newest picture; on a thread."""
        if not self.is_allowed:
            return
        picture = self._decode(frames)
        if picture is None or not self.is_allowed:
            return
        try:
            jpeg = encode_jpeg(picture)
        except (av.FFmpegError, ValueError) as error:
            log.warning("frame not encoded", error=type(error).__name__)
            return
        self.sampled += 1
        self._loop.call_soon_threadsafe(self._deliver, jpeg, taken_at)

    def _decode(self, frames: Sequence[EncodedFrame]) -> av.VideoFrame | None:
        picture: av.VideoFrame | None = None
        for number, frame in enumerate(frames):
            if self._decoder is None or self._decoder[0] != frame.codec:
                self._decoder = frame.codec, _make_decoder(frame.codec)
            try:
                pictures: Sequence[Any] = self._decoder[1].decode(JitterFrame(frame.data, number))
            except (av.FFmpegError, ValueError) as error:
                log.info("video frame not decoded", error=type(error).__name__)
                self._is_key_awaited = True
                continue
            picture = pictures[-1] if pictures else picture
        return picture


def _make_decoder(codec: str) -> Any:
    decoder: Any = get_decoder(RTCRtpCodecParameters(mimeType=codec, clockRate=_CLOCK_RATE, payloadType=0))
    # It would start threads of its own for each connection.
    decoder.codec.thread_count = 1
    return decoder
