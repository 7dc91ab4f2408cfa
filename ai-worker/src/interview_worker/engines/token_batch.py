"""How tokens for several slots are laid out in memory for one pass of llama.cpp."""

import ctypes
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from interview_worker.engines.llama_runtime import Feed


class TokenBatch:
    """llama.cpp's batch over arrays of our own, since filling its fields one by one takes longer than a small model."""

    def __init__(self, api: Any, size: int) -> None:
        self._tokens = np.zeros(size, np.int32)
        self._positions = np.zeros(size, np.int32)
        self._counts = np.ones(size, np.int32)
        self._slots = np.zeros(size, np.int32)
        self._wanted = np.zeros(size, np.int8)
        pointer = ctypes.POINTER(ctypes.c_int32)
        first = self._slots.ctypes.data
        self._slot_pointers = (pointer * size)(
            *(ctypes.cast(first + i * self._slots.itemsize, pointer) for i in range(size))
        )
        self._batch = api.llama_batch(
            token=self._tokens.ctypes.data_as(pointer),
            pos=self._positions.ctypes.data_as(pointer),
            n_seq_id=self._counts.ctypes.data_as(pointer),
            seq_id=self._slot_pointers,
            logits=self._wanted.ctypes.data_as(ctypes.POINTER(ctypes.c_int8)),
        )

    def fill(self, feeds: Sequence["Feed"], lengths: Sequence[int]) -> tuple[Any, list[int]]:
        """Lay feeds out one after another, each with filler up to its length; return the batch and their last rows."""
        rows, end = [], 0
        for feed, length in zip(feeds, lengths, strict=True):
            start, last = end, end + len(feed.tokens) - 1
            end += length
            self._tokens[start : last + 1] = feed.tokens
            self._tokens[last + 1 : end] = feed.tokens[-1]
            self._positions[start:end] = np.arange(feed.position, feed.position + length)
            self._slots[start:end] = feed.slot
            self._wanted[start:end] = 0
            self._wanted[last] = feed.wants_next
            rows.append(last)
        self._batch.n_tokens = end
        return self._batch, rows
