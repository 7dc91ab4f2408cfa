"""How good our pitch is on synthetic voices, beside Praat's own where praat-parselmouth is installed.

That package is under the GPL: it is compared with, and no part of this project needs or installs it.
"""

import importlib.util
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from benchmarks.measure import print_cells
from interview_worker.engines.pitch import CEILING_HZ, FLOOR_HZ, HOP_S, RATE, track_pitch

_VOICES_HZ = np.geomspace(80, 320, 20)
_SECONDS = 8
_CONDITIONS: Sequence[tuple[str, float | None, float]] = (
    ("clean", None, 0),
    ("noise 20 dB below", 20, 0),
    ("noise 10 dB below", 10, 0),
    ("noise 5 dB below", 5, 0),
    ("30 dB quieter", None, -30),
    ("30 dB quieter, noise 10 dB below", 10, -30),
)
"""Each with the noise below the voice and the voice below a usual level, in dB."""
_GROSS = 1.2

Samples = NDArray[np.int16]
Pitch = NDArray[np.float64]


@dataclass
class _Score:
    """A tracker's errors over all voices of one condition."""

    cents: list[Pitch] = field(default_factory=list)
    missed: int = 0
    invented: int = 0
    unvoiced: int = 0
    cost_ms: list[float] = field(default_factory=list)

    def add(self, found: Pitch, hertz: Pitch, is_silent: NDArray[np.bool_], cost_s: float) -> None:
        is_voiced, is_found = ~np.isnan(hertz), ~np.isnan(found)
        self.missed += int((is_voiced & ~is_found).sum())
        self.invented += int((is_silent & is_found).sum())
        self.unvoiced += int(is_silent.sum())
        both = is_voiced & is_found
        self.cents.append(np.abs(1200 * np.log2(found[both] / hertz[both])))
        self.cost_ms.append(cost_s * 1000 / _SECONDS)

    def cells(self) -> list[str]:
        cents = np.concatenate(self.cents)
        return [
            f"{np.median(cents):.1f}",
            f"{(cents > 1200 * np.log2(_GROSS)).mean():.1%}",
            f"{self.missed / (len(cents) + self.missed):.1%}",
            f"{self.invented / self.unvoiced:.1%}",
            f"{statistics.mean(self.cost_ms):.1f}",
        ]


def measure_pitch() -> None:
    """Print a row for each condition and tracker."""
    trackers: dict[str, Callable[[Samples], Pitch]] = {"ours": track_pitch}
    if importlib.util.find_spec("parselmouth"):
        trackers["Praat"] = _track_with_praat
    header = ["voices", "tracker", "median error, cents", "beyond 20 %", "missed", "in silence", "CPU ms per s"]
    rows = [
        [name, tracker, *_measure(track, noise_db, level_db).cells()]
        for name, noise_db, level_db in _CONDITIONS
        for tracker, track in trackers.items()
    ]
    print_cells(f"Pitch of {len(_VOICES_HZ)} synthetic voices, 80 to 320 Hz", header, rows)


def _measure(track: Callable[[Samples], Pitch], noise_db: float | None, level_db: float) -> _Score:
    score = _Score()
    for seed, middle_hz in enumerate(_VOICES_HZ):
        sound, hertz, is_silent = _voice(middle_hz, noise_db, level_db, seed)
        began = time.process_time()
        found = track(sound)[: len(hertz)]
        score.add(found, hertz, is_silent, time.process_time() - began)
    return score


def _track_with_praat(samples: Samples) -> Pitch:
    """Return Praat's pitch at our hops, with our limits and otherwise its own settings."""
    import parselmouth

    sound = parselmouth.Sound(samples / 32768, RATE)
    theirs = sound.to_pitch_ac(time_step=HOP_S, pitch_floor=FLOOR_HZ, pitch_ceiling=CEILING_HZ)
    hops = np.arange(len(samples) // int(HOP_S * RATE) + 1) * HOP_S
    return np.array([theirs.get_value_at_time(at) for at in hops])


def _voice(
    middle_hz: float, noise_db: float | None, level_db: float, seed: int
) -> tuple[Samples, Pitch, NDArray[np.bool_]]:
    """Return eight seconds of a gliding voice with pauses; its pitch at every hop; and which hops lie in a pause."""
    seconds = np.arange(_SECONDS * RATE) / RATE
    glide = middle_hz * 2 ** (0.3 * np.sin(2 * np.pi * 0.7 * seconds))
    phase = 2 * np.pi * np.cumsum(glide) / RATE
    sound = np.sum([np.sin(number * phase) / number for number in range(1, 12)], axis=0)
    is_voiced = seconds % 2 < 1.4
    sound = np.where(is_voiced, sound, 0)
    if noise_db is not None:
        noise = np.random.default_rng(seed).standard_normal(len(sound))
        sound = sound + noise * np.sqrt(np.mean(sound[is_voiced] ** 2)) * 10 ** (-noise_db / 20)
    sound = sound / np.abs(sound).max() * 20_000 * 10 ** (level_db / 20)
    step = int(HOP_S * RATE)
    # At the edges of a stretch a frame holds both, and neither answer is wrong.
    voiced_share = np.convolve(is_voiced, np.ones(800), "same")
    is_inner, is_silent = voiced_share >= 799, voiced_share <= 1
    return sound.astype(np.int16), np.where(is_inner, glide, np.nan)[::step], is_silent[::step]
