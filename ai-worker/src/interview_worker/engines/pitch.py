"""The pitch of a voice, in numpy alone.

After P. Boersma, "Accurate short-term analysis of the fundamental frequency and the harmonics-to-noise ratio of a
sampled sound" (IFA Proceedings 17, 1993): the autocorrelation of a windowed frame is divided by that of the window, its
peaks are candidates, an unvoiced candidate competes with them, and the cheapest path through the candidates wins, where
leaps of pitch and changes between voiced and unvoiced cost something. All thresholds are relative to the loudest
sample, so the level of a recording changes nothing.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

RATE = 16_000
HOP_S = 0.01
FLOOR_HZ, CEILING_HZ = 65.0, 500.0

_PERIODS = 3.0
"""Of the lowest pitch in a frame."""
_VOICING, _SILENCE = 0.45, 0.03
_OCTAVE_COST, _LEAP_COST, _VOICING_COST = 0.01, 0.35, 0.14
_CANDIDATES = 5
_ENOUGH = 30
"""Voiced frames from which a first look may set the floor of the second."""


def track_pitch(samples: "NDArray[np.int16]") -> "NDArray[np.float64]":
    """Return the pitch in Hz every `HOP_S` seconds of 16 kHz mono audio; NaN where there is none."""
    import numpy as np

    first = _track(samples, FLOOR_HZ)
    voiced = first[~np.isnan(first)]
    if len(voiced) < _ENOUGH:
        return first
    # A floor just under the voice makes frames that fit it, and keeps a low voice from being heard an octave off.
    floor = float(np.clip(np.quantile(voiced, 0.25) * 0.75, FLOOR_HZ, 150.0))
    return _track(samples, floor)


def _track(samples: "NDArray[np.int16]", floor_hz: float) -> "NDArray[np.float64]":
    import numpy as np

    sound = samples.astype(np.float64)
    peak = float(np.abs(sound).max(initial=0))
    if peak == 0:
        return np.full(_frame_count(len(samples)), np.nan)
    frames = _frames(sound / peak, floor_hz)
    loudness = np.abs(frames).max(axis=1)
    hertz, strength = _candidates(_autocorrelation(frames), floor_hz)
    unvoiced = _VOICING + np.maximum(0, 2 - loudness * (1 + _VOICING) / _SILENCE)
    costs = np.concatenate([unvoiced[:, None], strength], axis=1)
    places = np.concatenate([np.full((len(hertz), 1), np.nan), hertz], axis=1)
    path = _cheapest_path(costs, places)
    return np.asarray(places[np.arange(len(places)), path])


def _frame_count(length: int) -> int:
    return length // int(HOP_S * RATE) + 1


def _frames(sound: "NDArray[np.float64]", floor_hz: float) -> "NDArray[np.float64]":
    """Return overlapping frames round each hop, without their mean."""
    import numpy as np

    size = int(_PERIODS / floor_hz * RATE)
    padded = np.pad(sound, (size // 2, size))
    hop = int(HOP_S * RATE)
    frames = np.lib.stride_tricks.sliding_window_view(padded, size)[::hop][: _frame_count(len(sound))]
    return np.asarray(frames - frames.mean(axis=1, keepdims=True))


def _autocorrelation(frames: "NDArray[np.float64]") -> "NDArray[np.float64]":
    """Return r(lag) of each frame, 1 at lag 0, as if no window had been laid over it."""
    import numpy as np

    size = frames.shape[1]
    window = np.hanning(size)
    length = 1 << int(np.ceil(np.log2(size * 1.5)))
    power = np.abs(np.fft.rfft(frames * window, length)) ** 2
    own = np.fft.irfft(power, length)[:, : size // 2 + 2]
    of_window = np.fft.irfft(np.abs(np.fft.rfft(window, length)) ** 2, length)[: size // 2 + 2]
    return np.asarray(own / (own[:, :1] + 1e-20) / (of_window / of_window[0]))


def _candidates(
    correlation: "NDArray[np.float64]", floor_hz: float
) -> "tuple[NDArray[np.float64], NDArray[np.float64]]":
    """Return the pitch and the strength of the best peaks of each frame; no peak has strength -inf."""
    import numpy as np

    low = int(RATE / CEILING_HZ)
    high = min(int(RATE / floor_hz), correlation.shape[1] - 2)
    left, middle, right = (correlation[:, low + shift : high + 1 + shift] for shift in (-1, 0, 1))
    is_peak = (middle > left) & (middle >= right) & (middle > 0.5 * _VOICING)
    bend = left - 2 * middle + right
    shift = np.where(is_peak & (bend < 0), 0.5 * (left - right) / np.where(bend == 0, 1, bend), 0)
    height = np.minimum(middle - 0.25 * (left - right) * shift, 1.0)
    lag = np.arange(low, high + 1) + shift
    strength = np.where(is_peak, height - _OCTAVE_COST * np.log2(floor_hz * lag / RATE), -np.inf)
    count = min(_CANDIDATES, strength.shape[1])
    best = np.argpartition(-strength, count - 1, axis=1)[:, :count]
    return RATE / np.take_along_axis(lag, best, 1), np.take_along_axis(strength, best, 1)


def _cheapest_path(strength: "NDArray[np.float64]", hertz: "NDArray[np.float64]") -> "NDArray[np.int64]":
    """Return which candidate of each frame lies on the best path (Viterbi)."""
    import numpy as np

    count = len(strength)
    is_unvoiced = np.isnan(hertz)
    octaves = np.log2(np.where(is_unvoiced, 1, hertz))
    back = np.zeros(strength.shape, np.int64)
    total = strength[0].copy()
    scale = 0.01 / HOP_S
    for at in range(1, count):
        leap = _LEAP_COST * scale * np.abs(octaves[at - 1][:, None] - octaves[at][None, :])
        before, now = is_unvoiced[at - 1][:, None], is_unvoiced[at][None, :]
        cost = np.where(before & now, 0, np.where(before ^ now, _VOICING_COST * scale, leap))
        sums = total[:, None] - cost
        back[at] = sums.argmax(axis=0)
        total = sums.max(axis=0) + strength[at]
    path = np.empty(count, np.int64)
    path[-1] = int(total.argmax())
    for at in range(count - 1, 0, -1):
        path[at - 1] = back[at, path[at]]
    return path
