"""How something was said, in figures that a louder microphone or a higher voice does not change; silence has none."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from interview_worker.engines.pitch import HOP_S, track_pitch
from interview_worker.engines.voice_activity import Span

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

RATE = 16_000
_MIN_SPEECH_MS = 500
_MIN_VOICED_FRAMES = 30
"""Less of a voice than a third of a second says nothing about it."""

_MIN_FADE_MS = 3000
_WINDOW_S = 0.025


def measure_voice(samples: "NDArray[np.int16]", speech: Sequence[Span]) -> dict[str, Any] | None:
    """Return what can be measured of speech in 16 kHz mono audio; None: there is too little.

    `speech` and `speech_ms` are times in the audio. `pitch_*` are null where no voice was found, `pitch_spread_st` and
    `pitch_range_st` are semitones round the voice's own median, `loudness_range_db` and `fade_db` (its last third
    against its first) differences of levels, so neither depends on the microphone.
    """
    speech_ms = sum(span.duration_ms for span in speech)
    if speech_ms < _MIN_SPEECH_MS:
        return None
    return {
        "speech": [[span.start_ms, span.end_ms] for span in speech],
        "speech_ms": speech_ms,
        **_pitch(samples, speech),
        **_loudness(samples, speech),
    }


def _pitch(samples: "NDArray[np.int16]", speech: Sequence[Span]) -> dict[str, float | None]:
    import numpy as np

    hertz = track_pitch(samples)
    heard = hertz[_inside(len(hertz), speech)]
    voiced = heard[~np.isnan(heard)]
    if len(voiced) < _MIN_VOICED_FRAMES:
        return dict.fromkeys(("pitch_hz", "pitch_spread_st", "pitch_range_st"))
    semitones = 12 * np.log2(voiced / np.median(voiced))
    low, high = np.percentile(semitones, (5, 95))
    return {
        "pitch_hz": round(float(np.median(voiced)), 1),
        "pitch_spread_st": round(float(semitones.std()), 2),
        "pitch_range_st": round(float(high - low), 2),
    }


def _loudness(samples: "NDArray[np.int16]", speech: Sequence[Span]) -> dict[str, float | None]:
    import numpy as np

    size, hop = int(_WINDOW_S * RATE), int(HOP_S * RATE)
    padded = np.pad(samples.astype(np.float64), (size // 2, size))
    windows = np.lib.stride_tricks.sliding_window_view(padded, size)[::hop][: len(samples) // hop + 1]
    # A step of a 16-bit sample is the least there is; below it a quiet microphone would seem livelier than a loud one.
    level = 10 * np.log10((windows**2).mean(axis=1) + 1.0)
    spoken = level[_inside(len(level), speech)]
    high, low = np.percentile(spoken, (90, 40))
    is_long = sum(span.duration_ms for span in speech) >= _MIN_FADE_MS
    third = len(spoken) // 3
    fade = float(np.percentile(spoken[-third:], 75) - np.percentile(spoken[:third], 75)) if is_long else None
    return {
        "loudness_range_db": round(float(high - low), 1),
        "fade_db": round(fade, 1) if fade is not None else None,
    }


def _inside(count: int, speech: Sequence[Span]) -> "NDArray[np.bool_]":
    import numpy as np

    times_ms = np.arange(count) * HOP_S * 1000
    is_inside = np.zeros(count, bool)
    for span in speech:
        is_inside |= (times_ms >= span.start_ms) & (times_ms < span.end_ms)
    return is_inside
