"""Speech for tests, spoken by espeak-ng, as 16-bit mono samples of 16 kHz, and as files that browsers make of it."""

import subprocess
from fractions import Fraction
from io import BytesIO

import av
import numpy as np
from numpy.typing import NDArray

RATE = 16_000
Samples = NDArray[np.int16]

KOREAN = "저는 주문 시스템을 개선했습니다. 캐시를 두어서 응답이 빨라졌습니다."
ENGLISH = "I rebuilt the order service, and the cache made its answers faster."


def speak(text: str, language: str = "ko", *, words_per_min: int = 175, pitch: int = 50) -> Samples:
    """Return the text as it is spoken."""
    command = ["espeak-ng", "-v", language, "-s", str(words_per_min), "-p", str(pitch), "--stdout", text]
    return read_wav(subprocess.run(command, capture_output=True, check=True).stdout)


def read_wav(content: bytes) -> Samples:
    """Return any sound file's samples."""
    resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE)
    with av.open(BytesIO(content)) as container:
        pieces = [piece for frame in container.decode(audio=0) for piece in resampler.resample(frame)]
    pieces += resampler.resample(None)
    return np.concatenate([piece.to_ndarray().reshape(-1) for piece in pieces])


def silence(seconds: float) -> Samples:
    return np.zeros(int(seconds * RATE), np.int16)


def encode(samples: Samples, container: str = "flac", codec: str | None = None, rate: int = RATE) -> bytes:
    """Return the samples as a file: flac, wav, webm (Opus) or mp4 (AAC)."""
    codecs = {"flac": "flac", "wav": "pcm_s16le", "webm": "libopus", "mp4": "aac"}
    target = BytesIO()
    with av.open(target, "w", format=container) as output:
        stream = output.add_stream(codec or codecs[container], rate=rate, layout="mono")
        frame = av.AudioFrame.from_ndarray(samples.reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = RATE, 0, Fraction(1, RATE)
        resampler = av.AudioResampler(
            format=stream.codec_context.format.name, layout="mono", rate=rate, frame_size=stream.frame_size or None
        )
        for piece in [*resampler.resample(frame), *resampler.resample(None)] if len(samples) else []:
            output.mux(stream.encode(piece))
        output.mux(stream.encode(None))
    return target.getvalue()
