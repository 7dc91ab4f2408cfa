"""The sound that a connection made last. Positions are samples of 16 kHz."""

from collections import deque

import numpy as np
from numpy.typing import NDArray

from interview_media.audio import AudioChunk


class Sound:
    """The last samples, by position; what was never heard is silence."""

    def __init__(self) -> None:
        self._chunks: deque[AudioChunk] = deque()
        self.end = 0

    def add(self, chunk: AudioChunk) -> None:
        self._chunks.append(chunk)
        self.end = chunk.end

    def drop_before(self, position: int) -> None:
        while self._chunks and self._chunks[0].end <= position:
            self._chunks.popleft()

    def take(self, start: int, end: int) -> NDArray[np.int16]:
        taken = np.zeros(end - start, np.int16)
        for chunk in self._chunks:
            first, last = max(start, chunk.start), min(end, chunk.end)
            if first < last:
                taken[first - start : last - start] = chunk.pcm[first - chunk.start : last - chunk.start]
        return taken
