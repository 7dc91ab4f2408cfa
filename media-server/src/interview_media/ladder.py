"""How much video a connection may send: less when this process is late or the line loses packets."""

from enum import IntEnum

from interview_media.control import Notice


class Rung(IntEnum):
    """From all to nothing. The page caps its frame rate, the server how much of it is decoded."""

    FULL = 0
    REDUCED = 1
    KEY_FRAMES = 2
    OFF = 3


NOTICES = {
    Rung.FULL: Notice.VIDEO_FULL,
    Rung.REDUCED: Notice.VIDEO_REDUCED,
    Rung.KEY_FRAMES: Notice.VIDEO_KEY_FRAMES,
    Rung.OFF: Notice.VIDEO_OFF,
}

BAD_LOSS = 0.08
"""Share of packets lost within a second from which on video makes it worse for the voice."""

_BAD_FOR_S = 3
_GOOD_FOR_S = 30


class Ladder:
    """Judged once a second. Going down takes three bad seconds, going up thirty good ones in a row."""

    def __init__(self, max_lag_ms: int) -> None:
        self.rung = Rung.FULL
        self._max_lag_ms = max_lag_ms
        self._bad_s = 0
        self._good_s = 0

    def judge(self, lag_ms: int, loss: float) -> bool:
        """Take a second's figures; return whether the rung changed."""
        if lag_ms > self._max_lag_ms or loss > BAD_LOSS:
            self._bad_s, self._good_s = self._bad_s + 1, 0
        else:
            self._bad_s, self._good_s = 0, self._good_s + 1
        if self._bad_s >= _BAD_FOR_S and self.rung < Rung.OFF:
            return self._step(1)
        if self._good_s >= _GOOD_FOR_S and self.rung > Rung.FULL:
            return self._step(-1)
        return False

    def _step(self, by: int) -> bool:
        self.rung = Rung(self.rung + by)
        self._bad_s = self._good_s = 0
        return True
