"""From packets in order to 16 kHz mono on a clock without holes, with the voices in it; on a thread, by 100 ms."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import av
import numpy as np
import structlog
from av.audio.codeccontext import AudioCodecContext
from numpy.typing import NDArray

from interview_media.reorder import Packet
from interview_media.voice_activity import SAMPLE_RATE, VoiceDetector

log = structlog.get_logger(__name__)

RTP_RATE = 48_000
"""Opus always counts in this rate (RFC 7587)."""

MAX_FILLED_S = 2.0
"""A longer hole is not filled: the chunk after it begins later, and whoever reads the clock sees it."""

_PER_OUTPUT = RTP_RATE // SAMPLE_RATE
_MAX_JUMP_S = 3600
_USUAL_PACKET = 960
_LEAST = -32768


@dataclass(frozen=True, slots=True)
class AudioChunk:
    """Some 100 ms of speech or silence. Positions are samples of 16 kHz since the connection's first packet."""

    start: int
    pcm: NDArray[np.int16]
    voiced_from: int
    """Where the first judged frame begins; it may lie before `start`, in the rest of the last chunk."""
    voices: NDArray[np.float32]
    """Probability of a voice in each frame of 512 samples."""
    missing_ms: int = 0
    """How much of it had to be filled in."""

    @property
    def end(self) -> int:
        return self.start + len(self.pcm)


class SpeechFront:
    """Decodes one connection's audio. Not thread-safe: one lane calls it."""

    def __init__(self, detector: VoiceDetector) -> None:
        self._detector = detector
        self._decoder = _opus()
        self._resampler = _resampler()
        self._last_timestamp: int | None = None
        self._unwrapped = 0
        self._expected = 0
        self._position = 0
        self._judged_to = 0

    def decode(self, packets: Sequence[Packet], lost: int) -> AudioChunk | None:
        """Return what the packets hold; `lost` of them are known to be missing. None: nothing came of them."""
        pieces: list[NDArray[np.int16]] = []
        filled = 0
        for packet in packets:
            hole = self._advance(packet.timestamp)
            if hole > MAX_FILLED_S * RTP_RATE:
                self._skip(hole)
            elif hole > 0:
                pieces.append(np.zeros(hole, np.int16))
                filled += hole
            samples = self._decode_packet(packet)
            pieces.append(samples)
            self._expected = self._unwrapped + len(samples)
        if not pieces:
            return None
        missing = min(filled, lost * _USUAL_PACKET)
        return self._chunk(np.concatenate(pieces), missing_ms=missing * 1000 // RTP_RATE)

    def _advance(self, timestamp: int) -> int:
        """Move to a packet's time; return how many samples lie between the last one and it."""
        if self._last_timestamp is None:
            self._last_timestamp = timestamp
            return 0
        step = (timestamp - self._last_timestamp + (1 << 31)) % (1 << 32) - (1 << 31)
        self._last_timestamp = timestamp
        if abs(step) > _MAX_JUMP_S * RTP_RATE or self._unwrapped + step < self._expected:
            # Another stream begins, or a packet overlaps the last one: its samples follow what is there.
            self._unwrapped = self._expected
            return 0
        self._unwrapped += step
        return self._unwrapped - self._expected

    def _skip(self, hole: int) -> None:
        self._position += hole // _PER_OUTPUT
        self._judged_to = self._position
        self._detector.reset()

    def _decode_packet(self, packet: Packet) -> NDArray[np.int16]:
        encoded = av.Packet(packet.payload)
        encoded.time_base = Fraction(1, RTP_RATE)
        try:
            frames = [np.ravel(frame.to_ndarray()) for frame in self._decoder.decode(encoded)]
        except (av.FFmpegError, ValueError) as error:
            log.warning("packet not decoded", error=type(error).__name__)
            self._decoder = _opus()
            return np.zeros(_USUAL_PACKET, np.int16)
        return np.concatenate(frames) if frames else np.zeros(0, np.int16)

    def _chunk(self, samples: NDArray[np.int16], *, missing_ms: int) -> AudioChunk | None:
        frame = av.AudioFrame.from_ndarray(samples[None], format="s16", layout="mono")
        frame.sample_rate = RTP_RATE
        resampled = [np.ravel(part.to_ndarray()) for part in self._resampler.resample(frame)]
        if not resampled:
            return None
        pcm = np.concatenate(resampled)
        start, self._position = self._position, self._position + len(pcm)
        voices = self._detector.judge(pcm.astype(np.float32) * np.float32(1 / -_LEAST))
        voiced_from, self._judged_to = self._judged_to, self._judged_to + len(voices) * 512
        return AudioChunk(start, pcm, voiced_from, voices, missing_ms)


def _opus() -> AudioCodecContext:
    decoder = AudioCodecContext.create("libopus", "r")
    # Opus mixes to one channel itself, which is cheaper than doing so afterwards.
    decoder.format, decoder.layout, decoder.sample_rate = av.AudioFormat("s16"), av.AudioLayout("mono"), RTP_RATE
    return decoder


def _resampler() -> av.AudioResampler:
    return av.AudioResampler(format="s16", layout="mono", rate=SAMPLE_RATE)
