"""One connection's video: once per interval a key frame is asked for, and looked at, when purpose and consent allow it.

Nobody watches the video, so the frames between the pictures are for nothing: they are not decoded, nor even decrypted.
What was not decoded when the consent is withdrawn never is.
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

_SPARING = 3
"""Times longer that the interval is when the line or this process has too much to do."""

_WAITING_PICTURES = 2
_CLOCK_RATE = 90_000


class VideoSampler:
    """Takes encoded frames on the event loop and gives a JPEG with its age there. `deliver` is called on the loop."""

    def __init__(self, executor: Executor, interval_s: float, deliver: Callable[[bytes, float], None]) -> None:
        self.is_allowed = False
        self.is_sparing = False
        self.is_waiting = False
        self.begun_at = 0.0
        self.came = 0
        self.sampled = 0
        self._lane = Lane(executor, _WAITING_PICTURES)
        self._interval_s = interval_s
        self._deliver = deliver
        self._loop = asyncio.get_running_loop()
        self._due = 0.0
        self._decoder: tuple[str, Any] | None = None

    def allow(self, *, is_allowed: bool) -> None:
        """Look at frames, or at none any more; what waits is dropped undecoded."""
        self.is_allowed = is_allowed
        # A browser's first frame is a key frame, without being asked.
        self.is_waiting = is_allowed
        self._due = time.monotonic() + self._interval_s

    def close(self) -> None:
        self.allow(is_allowed=False)
        self._lane.close()

    def ask(self) -> bool:
        """Return whether the sender is to be asked for a key frame now: once in each interval."""
        now = time.monotonic()
        if not self.is_allowed or now < self._due:
            return False
        interval_s = self._interval_s * (_SPARING if self.is_sparing else 1)
        self._due = max(self._due + interval_s, now + interval_s / 2)
        self.is_waiting = len(self._lane) < _WAITING_PICTURES
        return self.is_waiting

    def take(self, frame: EncodedFrame) -> None:
        """Look at a key frame, if one is waited for."""
        if not self.is_waiting or frame.codec not in DECODED:
            return
        self.is_waiting = False
        taken_at = self.begun_at
        self._lane.submit(lambda: self._look(frame, taken_at))

    def _look(self, frame: EncodedFrame, taken_at: float) -> None:
        """Decode a frame and give its picture; on a thread."""
        if not self.is_allowed:
            return
        picture = self._decode(frame)
        if picture is None or not self.is_allowed:
            return
        try:
            jpeg = encode_jpeg(picture)
        except (av.FFmpegError, ValueError) as error:
            log.warning("frame not encoded", error=type(error).__name__)
            return
        self.sampled += 1
        self._loop.call_soon_threadsafe(self._deliver, jpeg, taken_at)

    def _decode(self, frame: EncodedFrame) -> av.VideoFrame | None:
        if self._decoder is None or self._decoder[0] != frame.codec:
            self._decoder = frame.codec, _make_decoder(frame.codec)
        try:
            pictures: Sequence[Any] = self._decoder[1].decode(JitterFrame(frame.data, 0))
        except (av.FFmpegError, ValueError) as error:
            log.info("video frame not decoded", error=type(error).__name__)
            return None
        return pictures[-1] if pictures else None


def _make_decoder(codec: str) -> Any:
    decoder: Any = get_decoder(RTCRtpCodecParameters(mimeType=codec, clockRate=_CLOCK_RATE, payloadType=0))
    # It would start threads of its own for each connection.
    decoder.codec.thread_count = 1
    return decoder
