"""Sound as it is stored."""

import io

import av
import numpy as np
from numpy.typing import NDArray

from interview_media.voice_activity import SAMPLE_RATE


def encode_flac(pcm: NDArray[np.int16]) -> bytes:
    """Return 16 kHz mono samples as a FLAC file."""
    file = io.BytesIO()
    with av.open(file, "w", format="flac") as container:
        stream = container.add_stream("flac", rate=SAMPLE_RATE, layout="mono")
        frame = av.AudioFrame.from_ndarray(pcm[None], format="s16", layout="mono")
        frame.sample_rate, frame.pts = SAMPLE_RATE, 0
        container.mux([*stream.encode(frame), *stream.encode(None)])
    return file.getvalue()
