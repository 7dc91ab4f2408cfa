"""Time as this process lives it: a machine that stands still, or is busy with others, adds nothing to it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

_BEAT_S = 0.1


class Beats:
    """Counts how often the event loop, which the server in this process shares, came round to a tenth of a second."""

    def __init__(self) -> None:
        self._count = 0

    @property
    def seconds(self) -> float:
        return self._count * _BEAT_S

    async def count(self) -> None:
        """Count until cancelled."""
        while True:
            await asyncio.sleep(_BEAT_S)
            self._count += 1


@asynccontextmanager
async def living() -> AsyncIterator[Beats]:
    """Give the time that is lived from here on."""
    beats = Beats()
    counting = asyncio.create_task(beats.count())
    yield beats
    counting.cancel()
