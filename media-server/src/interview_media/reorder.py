"""Puts a stream of RTP packets back into order, and gives up on those that do not come.

aiortc's own buffer holds sixteen packets, stalls on a missing one and then throws away the good ones behind it: it
makes 2 % of lost packets 6 to 9 % of lost audio. This one passes packets on as they come, waits for a missing one only
until `DEPTH` newer ones are there, and then leaves that one out and nothing else.
"""

from dataclasses import dataclass

DEPTH = 4
"""Newer packets that a missing one is waited for: 80 ms of usual audio."""

_WRAP = 1 << 16
_MAX_AHEAD = 3000
"""A packet further ahead than a minute, or `_MAX_BEHIND` behind, is of another stream (RFC 3550, A.1)."""
_MAX_BEHIND = 100


@dataclass(frozen=True, slots=True)
class Packet:
    """One packet of audio; `timestamp` is RTP's, which wraps."""

    sequence: int
    timestamp: int
    payload: bytes


class ReorderBuffer:
    """`lost`, `late` and `doubled` count packets since the start."""

    def __init__(self) -> None:
        self.lost = 0
        self.late = 0
        self.doubled = 0
        self._waiting: dict[int, Packet] = {}
        self._next: int | None = None
        self._suspect: int | None = None

    def push(self, packet: Packet) -> list[Packet]:
        """Return the packets whose turn has come, in order."""
        if self._next is None:
            self._next = packet.sequence
        ahead = (packet.sequence - self._next) % _WRAP
        if ahead >= _MAX_AHEAD:
            if ahead >= _WRAP - _MAX_BEHIND:
                self.late += 1
                return []
            return self._take_stranger(packet)
        self._suspect = None
        if packet.sequence in self._waiting:
            self.doubled += 1
            return []
        self._waiting[packet.sequence] = packet
        ready = self._release()
        while len(self._waiting) >= DEPTH:
            self._give_up()
            ready += self._release()
        return ready

    def flush(self) -> list[Packet]:
        """Return what still waits, because no more packets are expected soon."""
        ready: list[Packet] = []
        while self._waiting:
            self._give_up()
            ready += self._release()
        return ready

    def _release(self) -> list[Packet]:
        ready = []
        while self._next in self._waiting:
            ready.append(self._waiting.pop(self._next))
            self._next = (self._next + 1) % _WRAP
        return ready

    def _give_up(self) -> None:
        """Go on with the oldest packet that is there."""
        origin = self._next or 0
        oldest = min(self._waiting, key=lambda sequence: (sequence - origin) % _WRAP)
        self.lost += (oldest - origin) % _WRAP
        self._next = oldest

    def _take_stranger(self, packet: Packet) -> list[Packet]:
        """Begin anew when two packets in a row belong to another stream; one alone is somebody's mistake."""
        if packet.sequence != self._suspect:
            self._suspect = (packet.sequence + 1) % _WRAP
            return []
        ready = self.flush()
        self._suspect = None
        self._next = (packet.sequence + 1) % _WRAP
        return [*ready, packet]
