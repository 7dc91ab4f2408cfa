"""Finds the key frames of VP8 among its packets, in whatever order these come."""

from aiortc.codecs.vpx import VpxPayloadDescriptor

_WRAP = 1 << 16
_MOST_PARTS = 512


class KeyFrames:
    """One frame is in the making at most. Frames that are no key frames are known by their first packet."""

    def __init__(self) -> None:
        self._timestamp: int | None = None
        self._passed: int | None = None
        self._first: int | None = None
        self._last: int | None = None
        self._parts: dict[int, bytes] = {}

    @property
    def is_begun(self) -> bool:
        """Whether a key frame is in the making."""
        return self._first is not None

    def wants(self, timestamp: int) -> bool:
        """Whether a packet of that time may belong to a key frame; if not, nobody needs to look into it."""
        if self._first is not None:
            return timestamp == self._timestamp
        return timestamp != self._passed

    def take(self, sequence: int, timestamp: int, payload: bytes, *, is_last: bool) -> bytes | None:
        """Return the key frame that the packet completes.

        Raises:
            ValueError: the packet is not of VP8.
        """
        descriptor, data = VpxPayloadDescriptor.parse(payload)
        if timestamp != self._timestamp or len(self._parts) >= _MOST_PARTS:
            self.give_up()
            self._timestamp = timestamp
        if descriptor.partition_start and descriptor.partition_id == 0:
            if not data or data[0] & 1:
                self.give_up()
                self._passed = timestamp
                return None
            self._first = sequence
        if is_last:
            self._last = sequence
        self._parts[sequence] = data
        return self._complete()

    def missing(self) -> list[int]:
        """Return the numbers of packets that did not come between those that did."""
        if self._first is None:
            return []
        count = max((sequence - self._first) % _WRAP for sequence in self._parts)
        numbers = ((self._first + offset) % _WRAP for offset in range(min(count, _MOST_PARTS)))
        return [number for number in numbers if number not in self._parts]

    def give_up(self) -> None:
        """Forget what is in the making."""
        self._timestamp = self._first = self._last = None
        self._parts = {}

    def _complete(self) -> bytes | None:
        if self._first is None or self._last is None:
            return None
        count = (self._last - self._first) % _WRAP + 1
        if count > len(self._parts):
            return None
        parts = [self._parts.get((self._first + offset) % _WRAP) for offset in range(count)]
        if None in parts:
            return None
        self._passed = self._timestamp
        self.give_up()
        return b"".join(part for part in parts if part is not None)
