"""PyAV, which makes samples of every kind of recording."""

from collections.abc import Iterator
from io import BytesIO
from typing import TYPE_CHECKING, Any

from interview_core.errors import EngineUnavailable, InvalidInput

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

RATE = 16_000
_SMALLEST_GAP = RATE // 20
"""Time stamps are rounded: less than this is no hole."""


class AudioUnreadable(InvalidInput):
    code = "AUDIO_UNREADABLE"


class AudioTooLong(InvalidInput):
    code = "AUDIO_TOO_LONG"


class AudioWithoutSound(InvalidInput):
    code = "AUDIO_WITHOUT_SOUND"


def decode_audio(content: bytes, *, max_s: float) -> "NDArray[np.int16]":
    """Return the first sound of a file as 16-bit mono samples of 16 kHz, its gaps filled with silence.

    Raises:
        AudioUnreadable: damaged, without its beginning, or of a kind that is not read.
        AudioWithoutSound: there is no audio in it.
        AudioTooLong: it is longer than `max_s` seconds.
        EngineUnavailable: PyAV is not installed.
    """
    try:
        import av
    except ImportError as error:
        raise EngineUnavailable(f"PyAV is not installed ({error}); install the worker's `cpu` extra.") from error
    track = _Track(int(max_s * RATE))
    try:
        with av.open(BytesIO(content), metadata_errors="ignore") as container:
            if not container.streams.audio:
                raise AudioWithoutSound("The recording holds no sound.")
            for at, samples in _samples(av, container):
                track.add(at, samples)
    except (av.FFmpegError, ValueError, EOFError, IndexError, OSError) as error:
        # What was heard before a file breaks off is kept: its end is often lost with the connection.
        if not track.length:
            raise AudioUnreadable("The recording cannot be read; record it again.") from error
    return track.join()


class _Track:
    """Samples in order, with silence where packets are missing: else all that follows would come too early."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._parts: list[Any] = []
        self.length = 0

    def add(self, at: int, samples: "NDArray[np.int16]") -> None:
        import numpy as np

        if (gap := at - self.length) >= _SMALLEST_GAP:
            self._append(np.zeros(min(gap, self._limit + 1), np.int16))
        self._append(samples)

    def _append(self, samples: "NDArray[np.int16]") -> None:
        self.length += len(samples)
        if self.length > self._limit:
            raise AudioTooLong(f"The recording is longer than {self._limit // RATE} s.")
        self._parts.append(samples)

    def join(self) -> "NDArray[np.int16]":
        import numpy as np

        return np.concatenate(self._parts) if self._parts else np.zeros(0, np.int16)


def _samples(av: Any, container: Any) -> "Iterator[tuple[int, NDArray[np.int16]]]":
    """Give pieces of sound with where they belong, in samples from the file's first sound."""
    resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE)
    start_s: float | None = None
    done = 0
    for frame in container.decode(audio=0):
        if start_s is None:
            start_s = frame.time
        at = done if frame.time is None or start_s is None else round((frame.time - start_s) * RATE)
        for piece in resampler.resample(frame):
            samples = piece.to_ndarray().reshape(-1)
            yield at, samples
            at += len(samples)
            done = at
    for piece in resampler.resample(None):
        yield done, piece.to_ndarray().reshape(-1)


def encode_flac(samples: "NDArray[np.int16]") -> bytes:
    """Return 16-bit mono samples of 16 kHz as a FLAC file.

    Raises:
        EngineUnavailable: PyAV is not installed.
    """
    try:
        import av
    except ImportError as error:
        raise EngineUnavailable(f"PyAV is not installed ({error}); install the worker's `cpu` extra.") from error
    target = BytesIO()
    with av.open(target, "w", format="flac") as container:
        stream = container.add_stream("flac", rate=RATE, layout="mono", format="s16")
        frame = av.AudioFrame.from_ndarray(samples.reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate, frame.pts = RATE, 0
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return target.getvalue()


def to_mp3(content: bytes) -> bytes:
    """Return a sound file, such as a program wrote, as MP3, which every browser plays.

    Raises:
        AudioUnreadable: there is no sound in it.
    """
    import av

    target = BytesIO()
    try:
        with av.open(BytesIO(content), "r") as source, av.open(target, "w", format="mp3") as container:
            rate = source.streams.audio[0].rate
            stream = container.add_stream("libmp3lame", rate=rate, layout="mono")
            stream.bit_rate = 48_000
            resampler = av.AudioResampler(format="s16p", layout="mono", rate=rate, frame_size=1152)
            for frame in source.decode(audio=0):
                frame.pts = None
                for piece in resampler.resample(frame):
                    container.mux(stream.encode(piece))
            for piece in resampler.resample(None):
                container.mux(stream.encode(piece))
            container.mux(stream.encode(None))
    except (av.FFmpegError, ValueError, IndexError, OSError) as error:
        raise AudioUnreadable("The sound cannot be read.") from error
    return target.getvalue()
