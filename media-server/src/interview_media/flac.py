"""Sound as it is stored."""

import io

import av
import numpy as np
from numpy.typing import NDArray

from interview_media.voice_activity import SAMPLE_RATE


def encode_flac(pcm: NDArray[np.int16], **tags: int) -> bytes:
    """Return 16 kHz mono samples as a FLAC file with these tags."""
    file = io.BytesIO()
    with av.open(file, "w", format="flac") as container:
        container.metadata.update({name: str(value) for name, value in tags.items()})
        stream = container.add_stream("flac", rate=SAMPLE_RATE, layout="mono")
        frame = av.AudioFrame.from_ndarray(pcm[None], format="s16", layout="mono")
        frame.sample_rate, frame.pts = SAMPLE_RATE, 0
        container.mux([*stream.encode(frame), *stream.encode(None)])
    return file.getvalue()


def read_flac(content: bytes) -> tuple[int, dict[str, int]]:
    """Return how many milliseconds a file of `encode_flac` lasts, and its tags.

    Raises:
        av.FFmpegError, ValueError: it is no such file.
    """
    with av.open(io.BytesIO(content), "r") as container:
        tags = {name.lower(): int(value) for name, value in container.metadata.items() if value.isdecimal()}
        samples = 0
        for frame in container.decode(audio=0):
            samples += frame.samples
    return samples * 1000 // SAMPLE_RATE, tags
