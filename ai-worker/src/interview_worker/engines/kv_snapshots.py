"""What slots had read before others needed them, kept in the main memory so that nothing is read twice."""

from collections import OrderedDict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from interview_worker.engines.llama_runtime import State

_MAX_PINNED = 8


@dataclass(frozen=True)
class Snapshot:
    tokens: Sequence[int]
    state: State


class SnapshotStore:
    """Snapshots by owner within a number of bytes; the least recently used go first, pinned ones last of all."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._owned: OrderedDict[Hashable, Snapshot] = OrderedDict()
        self._pinned: OrderedDict[tuple[int, ...], Snapshot] = OrderedDict()
        self._bytes = 0

    def keep(self, owner: Hashable, snapshot: Snapshot) -> None:
        """Keep an owner's snapshot in place of an earlier one, if there is room for it at all."""
        self.forget(owner)
        if self._make_room(snapshot):
            self._owned[owner] = snapshot

    def find(self, owner: Hashable) -> Snapshot | None:
        return self._owned.get(owner)

    def take(self, owner: Hashable) -> Snapshot | None:
        """Return an owner's snapshot and forget it: it goes into a slot."""
        if (snapshot := self._owned.pop(owner, None)) is not None:
            self._bytes -= snapshot.state.nbytes
        return snapshot

    def forget(self, owner: Hashable) -> None:
        self.take(owner)

    @property
    def owners(self) -> list[Hashable]:
        return list(self._owned)

    def pin(self, snapshot: Snapshot) -> None:
        """Keep the head that many prompts share."""
        if self.has_pinned(snapshot.tokens):
            return
        if len(self._pinned) >= _MAX_PINNED:
            self._unpin()
        if self._make_room(snapshot):
            self._pinned[tuple(snapshot.tokens)] = snapshot

    def pinned(self, head: Sequence[int]) -> Snapshot | None:
        """Return the snapshot of exactly this head."""
        key = tuple(head)
        if (snapshot := self._pinned.get(key)) is not None:
            self._pinned.move_to_end(key)
        return snapshot

    def has_pinned(self, head: Sequence[int]) -> bool:
        return tuple(head) in self._pinned

    def clear(self) -> None:
        self._owned.clear()
        self._pinned.clear()
        self._bytes = 0

    @property
    def used_bytes(self) -> int:
        return self._bytes

    def _make_room(self, snapshot: Snapshot) -> bool:
        size = snapshot.state.nbytes
        if size > self._max_bytes:
            return False
        while self._bytes + size > self._max_bytes:
            if self._owned:
                self._bytes -= self._owned.popitem(last=False)[1].state.nbytes
            else:
                self._unpin()
        self._bytes += size
        return True

    def _unpin(self) -> None:
        self._bytes -= self._pinned.popitem(last=False)[1].state.nbytes
