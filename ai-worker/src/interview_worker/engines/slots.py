"""What a context's slots have read, and how it survives when others need the slot."""

import time
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from interview_worker.engines.kv_snapshots import Snapshot, SnapshotStore
from interview_worker.engines.llama_runtime import Context

_LEAST_SNAPSHOT_TOKENS = 16


@dataclass(frozen=True)
class Owner:
    """Whose tokens a slot holds. An evaluation shares no prompt with the conversation of its interview."""

    session: UUID
    purpose: str


@dataclass(eq=False)
class Slot:
    number: int
    tokens: list[int] = field(default_factory=list)
    owner: Owner | None = None
    used_at: float = 0.0
    is_busy: bool = False


class SlotTable:
    """The slots of a context, and the snapshots of what was in them."""

    def __init__(self, context: Context, snapshots: SnapshotStore) -> None:
        self._context = context
        self._snapshots = snapshots
        self._slots = [Slot(number) for number in range(context.slots)]

    def choose(self, owner: Owner | None) -> Slot | None:
        """Return the idle slot that holds this owner's tokens, else the one that is missed least; None if all work.

        Never the one with the longest common beginning: that is another interview's.
        """
        idle = [slot for slot in self._slots if not slot.is_busy]
        own = (slot for slot in idle if owner is not None and slot.owner == owner)
        return next(own, None) or min(idle, key=lambda slot: (slot.owner is not None, slot.used_at), default=None)

    def occupy(
        self, slot: Slot, owner: Owner | None, tokens: Sequence[int], head: tuple[int, ...], run: Hashable
    ) -> None:
        """Give a slot to a run, with as many of its tokens as it has, or as a snapshot has."""
        if slot.owner != owner:
            self._save(slot)
        slot.is_busy, slot.owner = True, owner
        most = len(tokens) - 1
        length, source = min(common_length(slot.tokens, tokens), most), None
        for key in (run, owner):
            snapshot = self._snapshots.find(key)
            if snapshot is not None and (common := min(common_length(snapshot.tokens, tokens), most)) > length:
                length, source = common, key
        if head and (pinned := self._snapshots.pinned(head)) is not None and len(head) > length and len(head) <= most:
            self._load(slot, pinned, len(head))
        elif source is not None and (taken := self._snapshots.take(source)) is not None:
            self._load(slot, taken, length)
        else:
            self._cut(slot, length)

    def adopt_head(self, slot: Slot, head: tuple[int, ...]) -> bool:
        """Put a pinned head into a slot that has not read all of it; False if it is not pinned."""
        pinned = self._snapshots.pinned(head)
        return pinned is not None and self._load(slot, pinned, len(head)) == len(head)

    def pin_head(self, slot: Slot) -> None:
        """Keep what a slot has read so far for all prompts that begin so."""
        if not self._snapshots.has_pinned(slot.tokens):
            self._snapshots.pin(self._snapshot(slot))

    def release(self, slot: Slot) -> None:
        """End a run's use of a slot; what was read stays."""
        slot.is_busy, slot.used_at = False, time.monotonic()

    def park(self, slot: Slot, run: Hashable) -> None:
        """Take a slot from a run that goes on later."""
        self._snapshots.keep(run, self._snapshot(slot))
        slot.is_busy, slot.owner, slot.tokens = False, None, []

    def forget_run(self, run: Hashable) -> None:
        self._snapshots.forget(run)

    def forget_session(self, session: UUID) -> None:
        """Drop what idle slots and snapshots hold of an interview."""
        for owner in self._snapshots.owners:
            if isinstance(owner, Owner) and owner.session == session:
                self._snapshots.forget(owner)
        for slot in self._slots:
            if slot.owner is not None and slot.owner.session == session and not slot.is_busy:
                slot.owner = None
                self._cut(slot, 0)

    def empty_idle(self) -> None:
        """Make room in the context by what idle slots hold."""
        for slot in self._slots:
            if not slot.is_busy:
                self._save(slot)
                slot.owner = None
                self._cut(slot, 0)

    def forget_all(self) -> None:
        """Start anew after an error: nobody knows what is in the slots."""
        self._context.clear()
        for slot in self._slots:
            slot.is_busy, slot.owner, slot.tokens = False, None, []

    @property
    def snapshot_bytes(self) -> int:
        return self._snapshots.used_bytes

    def _save(self, slot: Slot) -> None:
        if slot.owner is not None and len(slot.tokens) >= _LEAST_SNAPSHOT_TOKENS:
            self._snapshots.keep(slot.owner, self._snapshot(slot))

    def _snapshot(self, slot: Slot) -> Snapshot:
        return Snapshot(list(slot.tokens), self._context.save(slot.number))

    def _load(self, slot: Slot, snapshot: Snapshot, length: int) -> int:
        is_restored = self._context.restore(slot.number, snapshot.state)
        slot.tokens = list(snapshot.tokens) if is_restored else []
        return self._cut(slot, length if is_restored else 0)

    def _cut(self, slot: Slot, length: int) -> int:
        if not self._context.cut(slot.number, length):
            # A model with a running state cannot go back a few tokens, only to the start.
            self._context.cut(slot.number, 0)
            length = 0
        del slot.tokens[length:]
        return length


def common_length(left: Sequence[int], right: Sequence[int]) -> int:
    """Return how many tokens two sequences have in common from the start."""
    return next((i for i, (a, b) in enumerate(zip(left, right, strict=False)) if a != b), min(len(left), len(right)))
