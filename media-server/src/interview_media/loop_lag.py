"""How late the event loop runs its timers: the one figure that says whether this process has too much to do."""

import asyncio
from collections import deque

_INTERVAL_S = 0.1
_WINDOW = 100


class LoopLag:
    """Measures the running loop over the last ten seconds."""

    def __init__(self) -> None:
        self._lags_s: deque[float] = deque(maxlen=_WINDOW)

    async def measure(self) -> None:
        """Measure until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + _INTERVAL_S
            await asyncio.sleep(_INTERVAL_S)
            self._lags_s.append(max(0.0, loop.time() - due))

    @property
    def worst_ms(self) -> int:
        return round(max(self._lags_s, default=0.0) * 1000)

    @property
    def usual_worst_ms(self) -> int:
        """The 99th percentile: one hiccup in ten seconds does not count."""
        lags_s = sorted(self._lags_s)
        return round(lags_s[max(0, len(lags_s) * 99 // 100 - 1)] * 1000) if lags_s else 0
