"""From a decoded video frame to the CPU worker: a small JPEG in a Redis slot, and at most one message about it."""

import asyncio
from contextlib import suppress
from fractions import Fraction
from typing import Protocol
from uuid import UUID

import av
import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from interview_core.contract.broker import BrokerUnavailable
from interview_core.contract.payloads import AnalyzeFrame
from interview_core.contract.tasks import ANALYZE_FRAME, PerishableTask
from interview_core.frames import IN_FLIGHT_EXPIRES_S, SLOT_EXPIRES_S, Frame
from interview_core.streams import frame_in_flight, frame_slot

log = structlog.get_logger(__name__)

MAX_SIDE_PX = 640
_JPEG_SCALE = "4"
"""The encoder's quantiser, 2 (best) to 31: about 30 KB for a face at 640 × 480."""


class Dispatcher(Protocol):
    """Sends perishable work to its worker."""

    def dispatch(self, task: PerishableTask[AnalyzeFrame], payload: AnalyzeFrame) -> None:
        """Send, or raise BrokerUnavailable."""


def encode_jpeg(frame: av.VideoFrame) -> bytes:
    """Return the frame as a JPEG whose longer side is at most `MAX_SIDE_PX`."""
    width, height = _fit(frame.width, frame.height)
    picture = frame.reformat(width=width, height=height, format="yuvj420p")
    picture.pts = 0
    encoder = av.CodecContext.create("mjpeg", "w")
    encoder.width, encoder.height, encoder.pix_fmt = width, height, "yuvj420p"
    encoder.time_base = Fraction(1, 1)
    # Slices for more threads make the file twice as large.
    encoder.thread_count = 1
    encoder.options = {"qmin": _JPEG_SCALE, "qmax": _JPEG_SCALE}
    return b"".join(bytes(packet) for packet in [*encoder.encode(picture), *encoder.encode(None)])


def _fit(width: int, height: int) -> tuple[int, int]:
    scale = min(1.0, MAX_SIDE_PX / max(width, height))
    # Chroma is halved in both directions, so sides are even.
    return max(2, int(width * scale) // 2 * 2), max(2, int(height * scale) // 2 * 2)


class FrameSender:
    """A mailbox per interview: a newer frame replaces one that no worker has taken yet, so nothing ever queues up."""

    def __init__(self, redis: Redis, dispatcher: Dispatcher) -> None:
        self._redis = redis
        self._dispatcher = dispatcher
        self._is_away = False

    async def send(self, interview_id: UUID, frame: Frame) -> bool:
        """Put the frame in the slot and wake a worker up, unless one is at work for this interview already.

        Returns whether the frame reached the slot; while Redis is away frames are lost, which is all they deserve.
        """
        try:
            is_free = await self._put(interview_id, frame)
            if is_free:
                await self._wake(interview_id, frame)
        except (RedisError, BrokerUnavailable) as error:
            self._note(is_away=True, error=type(error).__name__)
            return False
        self._note(is_away=False)
        return True

    async def _put(self, interview_id: UUID, frame: Frame) -> bool:
        pipeline = self._redis.pipeline(transaction=False)
        pipeline.set(frame_slot(interview_id), frame.pack(), ex=SLOT_EXPIRES_S)
        pipeline.set(frame_in_flight(interview_id), b"1", nx=True, ex=IN_FLIGHT_EXPIRES_S)
        _, is_free = await pipeline.execute()
        return bool(is_free)

    async def _wake(self, interview_id: UUID, frame: Frame) -> None:
        payload = AnalyzeFrame(interview_id=interview_id, epoch=frame.epoch, frame_ms=frame.frame_ms)
        try:
            await asyncio.to_thread(self._dispatcher.dispatch, ANALYZE_FRAME, payload)
        except BrokerUnavailable:
            with suppress(RedisError):
                await self._redis.delete(frame_in_flight(interview_id))
            raise

    def _note(self, *, is_away: bool, **fields: str) -> None:
        if is_away and not self._is_away:
            log.warning("frames are being lost", **fields)
        elif self._is_away and not is_away:
            log.info("frames reach the worker again")
        self._is_away = is_away
