"""What the measured sessions send: a film of 640 × 480 at 15 frames a second, and speech, encoded once."""

import asyncio
import shutil
import subprocess
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from io import BytesIO
from typing import Any

import av
import numpy as np
from aiortc import MediaStreamTrack
from numpy.typing import NDArray

FRAMES_PER_S = 15
PACKETS_PER_S = 50
SECONDS = 12
_WIDTH, _HEIGHT = 640, 480
_BIT_RATE = 400_000
_RATE = 48_000
_TEXT = "저는 주문 시스템을 개선했습니다. 캐시를 두어서 응답이 빨라졌습니다. 장애가 나도 주문은 사라지지 않습니다."


class Recording(MediaStreamTrack):
    """Sends encoded packets in real time, over and over."""

    def __init__(self, kind: str, packets: Sequence[bytes], packets_per_s: int) -> None:
        super().__init__()
        self.kind = kind
        self._packets = packets
        self._per_s = packets_per_s
        self._sent = 0
        self._began: float | None = None

    async def recv(self) -> "av.Packet[Any]":
        self._began = self._began or time.monotonic()
        ahead_s = self._began + self._sent / self._per_s - time.monotonic()
        if ahead_s > 0:
            await asyncio.sleep(ahead_s)
        packet = av.Packet(self._packets[self._sent % len(self._packets)])
        packet.pts, packet.time_base = self._sent, Fraction(1, self._per_s)
        self._sent += 1
        return packet


@dataclass(frozen=True)
class Film:
    """Somebody who moves a little before a noisy camera, and talks half of the time."""

    video: list[bytes]
    audio: list[bytes]

    def tracks(self, *, has_video: bool) -> list[Recording]:
        tracks = [Recording("audio", self.audio, PACKETS_PER_S)]
        return [*tracks, Recording("video", self.video, FRAMES_PER_S)] if has_video else tracks


def make_film() -> Film:
    """Encode it as Chromium does: VP8 in real time, Opus for voices."""
    with av.open(BytesIO(), "w", format="webm") as container:
        video = container.add_stream("libvpx", rate=FRAMES_PER_S)
        video.width, video.height, video.pix_fmt, video.bit_rate = _WIDTH, _HEIGHT, "yuv420p", _BIT_RATE
        video.options = {"deadline": "realtime", "cpu-used": "8", "lag-in-frames": "0", "error-resilient": "1"}
        audio = container.add_stream("libopus", rate=_RATE, layout="mono")
        audio.bit_rate, audio.options = 32_000, {"application": "voip"}
        pictures: list[bytes] = []
        for number, picture in enumerate(_pictures()):
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24").reformat(format="yuv420p")
            frame.pts, frame.time_base = number, Fraction(1, FRAMES_PER_S)
            pictures += map(bytes, video.encode(frame))
        sounds: list[bytes] = []
        for start, piece in _speech():
            sound = av.AudioFrame.from_ndarray(piece[None], format="s16", layout="mono")
            sound.sample_rate, sound.pts, sound.time_base = _RATE, start, Fraction(1, _RATE)
            sounds += map(bytes, audio.encode(sound))
        return Film([*pictures, *map(bytes, video.encode(None))], [*sounds, *map(bytes, audio.encode(None))])


def _pictures() -> Iterator[NDArray[np.uint8]]:
    random = np.random.default_rng(4)
    rows, columns = np.mgrid[0:_HEIGHT, 0:_WIDTH]
    for number in range(SECONDS * FRAMES_PER_S):
        x = _WIDTH / 2 + 30 * np.sin(number / 12)
        head = ((columns - x) / 110) ** 2 + ((rows - 240) / 150) ** 2 < 1
        picture = np.full((_HEIGHT, _WIDTH, 3), 180, np.int16)
        picture[head] = (200, 160, 140)
        picture += random.integers(-6, 7, picture.shape, np.int16)
        yield np.clip(picture, 0, 255).astype(np.uint8)


def _speech() -> Iterator[tuple[int, NDArray[np.int16]]]:
    """Yield 20 ms after 20 ms with its position."""
    samples = np.zeros(SECONDS * _RATE, np.int16)
    spoken = _speak()[: len(samples) // 2]
    samples[_RATE : _RATE + len(spoken)] = spoken
    for start in range(0, len(samples), 960):
        yield start, samples[start : start + 960]


def _speak() -> NDArray[np.int16]:
    if shutil.which("espeak-ng") is None:
        raise SystemExit("The room's load needs espeak-ng to speak: apt-get install espeak-ng")
    content = subprocess.run(["espeak-ng", "-v", "ko", "--stdout", _TEXT], capture_output=True, check=True).stdout
    resampler = av.AudioResampler(format="s16", layout="mono", rate=_RATE)
    with av.open(BytesIO(content), "r") as container:
        pieces = [piece.to_ndarray() for frame in container.decode(audio=0) for piece in resampler.resample(frame)]
    return np.concatenate([np.ravel(piece) for piece in pieces]).astype(np.int16)
