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
from av.video.frame import PictureType
from numpy.typing import NDArray

FRAMES_PER_S = 15
PACKETS_PER_S = 50
SECONDS = 12
_WIDTH, _HEIGHT = 640, 480
_BIT_RATE = 400_000
_KEY_FRAME_PLACES = 20
"""Of the film's frames a divisor, and more than are between two requests, so that no key frame comes unasked."""

_RATE = 48_000
_TEXT = "저는 주문 시스템을 개선했습니다. 캐시를 두어서 응답이 빨라졌습니다. 장애가 나도 주문은 사라지지 않습니다."


class Recording(MediaStreamTrack):
    """Sends encoded packets in real time, over and over.

    `keyed` are other ways to encode the same, of which the n-th has a key frame in every n-th place of as many: when
    one is asked for, the recording goes on in the way that has it next, as an encoder would.
    """

    def __init__(
        self, kind: str, packets: Sequence[bytes], packets_per_s: int, keyed: Sequence[Sequence[bytes]] = ()
    ) -> None:
        super().__init__()
        self.kind = kind
        self._packets = packets
        self._per_s = packets_per_s
        self._keyed = keyed
        self._is_asked = False
        self._sent = 0
        self._began: float | None = None

    def give_key_frame(self) -> None:
        """The other side asks for one."""
        self._is_asked = bool(self._keyed)

    async def recv(self) -> "av.Packet[Any]":
        self._began = self._began or time.monotonic()
        ahead_s = self._began + self._sent / self._per_s - time.monotonic()
        if ahead_s > 0:
            await asyncio.sleep(ahead_s)
        if self._is_asked:
            self._packets, self._is_asked = self._keyed[self._sent % len(self._keyed)], False
        packet = av.Packet(self._packets[self._sent % len(self._packets)])
        packet.pts, packet.time_base = self._sent, Fraction(1, self._per_s)
        self._sent += 1
        return packet


@dataclass(frozen=True)
class Film:
    """Somebody who moves a little before a noisy camera, and talks half of the time."""

    video: list[bytes]
    keyed: list[list[bytes]]
    audio: list[bytes]

    def tracks(self, *, has_video: bool) -> list[Recording]:
        tracks = [Recording("audio", self.audio, PACKETS_PER_S)]
        return [*tracks, Recording("video", self.video, FRAMES_PER_S, self.keyed)] if has_video else tracks


def make_film() -> Film:
    """Encode it as Chromium does: VP8 in real time, Opus for voices."""
    plain, keyed = _Camera(None), [_Camera(place) for place in range(_KEY_FRAME_PLACES)]
    for number, picture in enumerate(_pictures()):
        frame = av.VideoFrame.from_ndarray(picture, format="rgb24").reformat(format="yuv420p")
        for camera in (plain, *keyed):
            camera.take(number, frame)
    return Film(plain.finish(), [camera.finish() for camera in keyed], _encode_speech())


class _Camera:
    """Encodes all pictures one way: with a key frame in one of `_KEY_FRAME_PLACES` places, or only at the start."""

    def __init__(self, place: int | None) -> None:
        self._place = place
        self._encoder = av.CodecContext.create("libvpx", "w")
        self._encoder.width, self._encoder.height, self._encoder.pix_fmt = _WIDTH, _HEIGHT, "yuv420p"
        self._encoder.bit_rate, self._encoder.gop_size = _BIT_RATE, SECONDS * FRAMES_PER_S
        self._encoder.time_base = Fraction(1, FRAMES_PER_S)
        self._encoder.options = {"deadline": "realtime", "cpu-used": "-8", "lag-in-frames": "0", "error-resilient": "1"}
        self._encoder.thread_count = 1
        self._packets: list[bytes] = []

    def take(self, number: int, frame: av.VideoFrame) -> None:
        is_key = self._place is not None and number % _KEY_FRAME_PLACES == self._place
        frame.pict_type = PictureType.I if is_key else PictureType.NONE
        frame.pts, frame.time_base = number, self._encoder.time_base
        self._packets += map(bytes, self._encoder.encode(frame))

    def finish(self) -> list[bytes]:
        return [*self._packets, *map(bytes, self._encoder.encode(None))]


def _encode_speech() -> list[bytes]:
    encoder = av.CodecContext.create("libopus", "w")
    encoder.sample_rate, encoder.layout, encoder.format = _RATE, "mono", "s16"
    encoder.bit_rate, encoder.options = 32_000, {"application": "voip"}
    packets: list[bytes] = []
    for start, piece in _speech():
        sound = av.AudioFrame.from_ndarray(piece[None], format="s16", layout="mono")
        sound.sample_rate, sound.pts, sound.time_base = _RATE, start, Fraction(1, _RATE)
        packets += map(bytes, encoder.encode(sound))
    return [*packets, *map(bytes, encoder.encode(None))]


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
