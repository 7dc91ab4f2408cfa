"""How many of the machine's cores a model's threads can have for themselves.

The threads of a step wait for each other hundreds of times. One that has to share its core keeps all others waiting: on
two cores, one busy program beside two threads makes writing fifteen times slower, and beside one thread not at all.
"""

import math
import os
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path

import psutil

_EVERY_S = 0.2
_REMEMBERED = 5
_STALE_S = 2.0
_BUSY_SHARE = 0.25
_CPU_QUOTA = Path("/sys/fs/cgroup/cpu.max")


def own_cores(quota: Path = _CPU_QUOTA) -> int:
    """Return how many cores this process may use: the machine's, or fewer where it or its container is limited."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    try:
        most, period = quota.read_text().split()
        return max(min(cores, math.ceil(int(most) / int(period))), 1)
    except (OSError, ValueError):
        return cores


def _machine_s() -> float:
    """Return the seconds that all processors together have worked since the machine's start."""
    times = psutil.cpu_times()
    at_rest = {"idle", "iowait", "guest", "guest_nice"}
    return float(sum(seconds for name, seconds in times._asdict().items() if name not in at_rest))


class FreeCores:
    """Says before each step how many threads it should have, at most `most`.

    It gives way as soon as other processes take cores, and takes them back when they were free for a second.
    """

    def __init__(
        self,
        most: int,
        *,
        cores: int | None = None,
        machine_s: Callable[[], float] = _machine_s,
        own_s: Callable[[], float] = time.process_time,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._most = most
        self._cores = cores or psutil.cpu_count() or 1
        self._read = (clock, machine_s, own_s)
        self._others: deque[float] = deque(maxlen=_REMEMBERED)
        self._last = self._readings()

    def threads(self) -> int:
        now_s = self._read[0]()
        if now_s - self._last[0] >= _EVERY_S:
            self._look()
        free = self._cores - max(self._others, default=0.0)
        return min(max(math.floor(free + 0.5), 1), self._most)

    def _look(self) -> None:
        before, now = self._last, self._readings()
        self._last = now
        took_s, worked_s, own_s = (later - sooner for later, sooner in zip(now, before, strict=True))
        # What was while nothing was decoded says little about now.
        if took_s < _STALE_S or own_s > took_s * _BUSY_SHARE:
            self._others.append(max(worked_s - own_s, 0.0) / took_s)

    def _readings(self) -> tuple[float, float, float]:
        clock, machine_s, own_s = self._read
        return clock(), machine_s(), own_s()
