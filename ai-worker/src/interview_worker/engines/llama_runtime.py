"""llama.cpp through llama-cpp-python: weights, their context and samplers. The only module that imports it.

Nothing here may be used by two threads at once: llama.cpp crashes the process.
"""

import ctypes
import functools
import importlib.util
import os
import re
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from interview_core.errors import EngineFailed
from interview_worker.engines.chat_template import Piece
from interview_worker.engines.free_cores import FreeCores
from interview_worker.engines.language_model import ModelState
from interview_worker.engines.llama_sampling import Candidates, Sampler
from interview_worker.engines.packing import GOOD_PASS, padded_lengths
from interview_worker.engines.token_batch import TokenBatch

State = NDArray[np.uint8]
"""What a slot has read, as bytes that can be put into any slot of the same context."""

_PIECE_BYTES = 256
_GGML_LOG_ERROR = 4
_GGML_GPUS = (1, 2)
_F16_BYTES = 2
_CLOSES_STRING = frozenset('"\\')
_MEMORY_ERROR = re.compile("memory|alloc", re.IGNORECASE)


class LoadFailed(Exception):
    """The weights cannot be used; the message says why."""

    def __init__(self, state: ModelState, reason: str) -> None:
        super().__init__(reason)
        self.state = state


class Outcome(Enum):
    DONE = "done"
    NO_ROOM = "no_room"
    FAILED = "failed"


@dataclass(frozen=True)
class Feed:
    """Tokens for one slot, following what it has read."""

    slot: int
    position: int
    tokens: Sequence[int]
    wants_next: bool
    """Whether a token shall be chosen after the last of these."""


def is_installed() -> bool:
    try:
        return importlib.util.find_spec("llama_cpp") is not None
    except ValueError:
        return False


class Weights:
    """A model file in memory."""

    def __init__(self, path: Path, *, gpu_layers: int) -> None:
        # The threads of a step wait for each other hundreds of times. Where other processes have the cores, the usual
        # spinning takes the time of those that are waited for: 15 times slower at a load of three on two cores.
        os.environ.setdefault("OMP_WAIT_POLICY", "passive")
        try:
            import llama_cpp
        except (ImportError, OSError, RuntimeError) as error:
            raise LoadFailed(ModelState.RUNTIME_MISSING, f"llama-cpp-python does not start ({error})") from error
        self.api: Any = llama_cpp
        self.name = path.name
        self.file_bytes = path.stat().st_size
        _start_backend(llama_cpp)
        _errors.clear()
        parameters = llama_cpp.llama_model_default_params()
        parameters.n_gpu_layers = gpu_layers
        self.pointer: Any = llama_cpp.llama_model_load_from_file(str(path).encode(), parameters)
        if not self.pointer:
            raise _load_failed("llama.cpp cannot load the file")
        self.vocab: Any = llama_cpp.llama_model_get_vocab(self.pointer)
        self.n_vocab: int = llama_cpp.llama_vocab_n_tokens(self.vocab)
        self.trained_context: int = llama_cpp.llama_model_n_ctx_train(self.pointer)
        self.can_go_back = not (
            llama_cpp.llama_model_is_recurrent(self.pointer) or llama_cpp.llama_model_is_hybrid(self.pointer)
        )
        """Whether a slot can forget its last tokens; a running state can only be forgotten as a whole."""
        self.uses_gpu: bool = gpu_layers != 0 and free_gpu_bytes() is not None
        template = llama_cpp.llama_model_chat_template(self.pointer, None)
        self.chat_template: str | None = template.decode() if template else None
        self.bos = self._special(llama_cpp.llama_vocab_bos(self.vocab))
        self.eos = self._special(llama_cpp.llama_vocab_eos(self.vocab))
        self._texts: dict[int, bytes] = {}
        self._fixed: dict[str, list[int]] = {}

    def close(self) -> None:
        self.api.llama_model_free(self.pointer)

    @property
    def kv_bytes_per_token(self) -> int:
        """What one read token takes in a context."""
        api, pointer = self.api, self.pointer
        width = api.llama_model_n_embd(pointer) // max(api.llama_model_n_head(pointer), 1)
        key, value = (self._head_width(part) or width for part in ("key", "value"))
        return int(api.llama_model_n_layer(pointer) * api.llama_model_n_head_kv(pointer) * (key + value) * _F16_BYTES)

    def tokenize(self, piece: Piece) -> list[int]:
        """Return a piece's tokens; only a trusted one's `[|system|]` is read as the control token."""
        raw = piece.text.encode()
        buffer = (self.api.llama_token * (len(raw) + 8))()
        count = self.api.llama_tokenize(self.vocab, raw, len(raw), buffer, len(buffer), False, piece.is_trusted)
        if count < 0:
            raise EngineFailed("the text cannot be tokenised")
        return list(buffer[:count])

    def tokenize_fixed(self, text: str) -> list[int]:
        """Return the tokens of text that is part of this program, such as a schema's keys."""
        if (tokens := self._fixed.get(text)) is None:
            tokens = self._fixed[text] = self.tokenize(Piece(text, is_trusted=False))
        return tokens

    def text_of(self, token: int) -> bytes:
        """Return a token's bytes, which need not be whole characters; of a control token none."""
        if (text := self._texts.get(token)) is None:
            text = self._texts[token] = self._piece(token, with_special=False)
        return text

    def is_end(self, token: int) -> bool:
        return bool(self.api.llama_vocab_is_eog(self.vocab, token))

    def is_control(self, token: int) -> bool:
        return bool(self.api.llama_vocab_is_control(self.vocab, token))

    @functools.cached_property
    def plain_tokens(self) -> NDArray[np.bool_]:
        """For each token whether it is visible text by itself, which neither ends nor escapes in a JSON string."""
        return np.fromiter((self._is_plain(token) for token in range(self.n_vocab)), np.bool_, self.n_vocab)

    def _is_plain(self, token: int) -> bool:
        if self.is_control(token) or self.is_end(token):
            return False
        try:
            text = self.text_of(token).decode()
        except UnicodeDecodeError:
            return False
        return bool(text.strip()) and text.isprintable() and not _CLOSES_STRING.intersection(text)

    def _head_width(self, part: str) -> int:
        buffer = ctypes.create_string_buffer(_PIECE_BYTES)
        architecture = self._fact("general.architecture", buffer)
        return int(self._fact(f"{architecture}.attention.{part}_length", buffer) or 0)

    def _fact(self, key: str, buffer: Any) -> str:
        length = self.api.llama_model_meta_val_str(self.pointer, key.encode(), buffer, _PIECE_BYTES)
        return buffer.value.decode() if length > 0 else ""

    def _special(self, token: int) -> str:
        return "" if token < 0 else self._piece(token, with_special=True).decode(errors="replace")

    def _piece(self, token: int, *, with_special: bool) -> bytes:
        buffer = ctypes.create_string_buffer(_PIECE_BYTES)
        length = self.api.llama_token_to_piece(self.vocab, token, buffer, _PIECE_BYTES, 0, with_special)
        return buffer.raw[: max(length, 0)]


class Context:
    """Slots that each remember what they have read, and read on together."""

    def __init__(
        self,
        weights: Weights,
        *,
        slots: int,
        tokens_per_slot: int,
        step_tokens: int,
        threads: int,
    ) -> None:
        api = weights.api
        self.weights = weights
        self.slots = slots
        self.step_tokens = max(step_tokens, slots)
        parameters = api.llama_context_default_params()
        parameters.n_ctx, parameters.n_seq_max = slots * tokens_per_slot, slots
        parameters.n_batch = parameters.n_ubatch = self.step_tokens
        # Split: attention then looks at one slot's tokens and not at all slots', which is faster from four slots on.
        parameters.kv_unified = False
        parameters.n_threads = parameters.n_threads_batch = threads
        _errors.clear()
        self.pointer: Any = api.llama_init_from_model(weights.pointer, parameters)
        if not self.pointer:
            raise _load_failed("llama.cpp cannot make a context")
        self.tokens_per_slot: int = api.llama_n_ctx_seq(self.pointer)
        self._memory = api.llama_get_memory(self.pointer)
        # A GPU takes any number of tokens in the time of a pass through the weights.
        self.good_pass = self.step_tokens if weights.uses_gpu else min(GOOD_PASS, self.step_tokens)
        self._threads = threads
        self._cores = FreeCores(threads)
        self._batch = TokenBatch(api, self.step_tokens)
        self._candidates = Candidates(api, weights.n_vocab)

    def close(self) -> None:
        self.weights.api.llama_free(self.pointer)

    def decode(self, feeds: Sequence[Feed]) -> tuple[Outcome, list[int]]:
        """Let the slots read, all in one go. Return how it went, and each feed's row for `Sampler`."""
        api = self.weights.api
        self._share_cores()
        # llama.cpp takes slots together as long as their numbers follow one another.
        in_order = sorted(feeds, key=lambda feed: feed.slot)
        lengths = self._lengths(in_order)
        batch, ends = self._batch.fill(in_order, lengths)
        code = api.llama_decode(self.pointer, batch)
        api.llama_synchronize(self.pointer)
        for feed, length in zip(in_order, lengths, strict=True):
            if length > len(feed.tokens):
                self.cut(feed.slot, feed.position + len(feed.tokens))
        row_of = {feed.slot: end for feed, end in zip(in_order, ends, strict=True)}
        outcomes = {0: Outcome.DONE, 1: Outcome.NO_ROOM}
        return outcomes.get(code, Outcome.FAILED), [row_of[feed.slot] for feed in feeds]

    def _share_cores(self) -> None:
        if (threads := self._cores.threads()) != self._threads:
            self._threads = threads
            self.weights.api.llama_set_n_threads(self.pointer, threads, threads)

    def _lengths(self, feeds: Sequence[Feed]) -> list[int]:
        lengths = [len(feed.tokens) for feed in feeds]
        if not self.weights.can_go_back:
            return lengths
        padded = padded_lengths([feed.slot for feed in feeds], lengths)
        fits = all(feed.position + length <= self.tokens_per_slot for feed, length in zip(feeds, padded, strict=True))
        return padded if fits and sum(padded) <= self.step_tokens else lengths

    def cut(self, slot: int, length: int) -> bool:
        """Let a slot forget what follows its first tokens; False if this model can only forget everything."""
        return bool(self.weights.api.llama_memory_seq_rm(self._memory, slot, length, -1))

    def clear(self) -> None:
        """Let all slots forget everything."""
        self.weights.api.llama_memory_clear(self._memory, True)

    def save(self, slot: int) -> State:
        """Return a copy of what a slot has read, in the main memory."""
        api = self.weights.api
        state = np.empty(api.llama_state_seq_get_size(self.pointer, slot), np.uint8)
        written = api.llama_state_seq_get_data(self.pointer, _bytes_of(state), state.size, slot)
        return state[:written]

    def restore(self, slot: int, state: State) -> bool:
        """Replace what a slot has read; False, and an empty slot, if there is no room."""
        if self.weights.api.llama_state_seq_set_data(self.pointer, _bytes_of(state), state.size, slot):
            return True
        self.cut(slot, 0)
        return False

    def sampler(self, *, temperature: float, seed: int, grammar: str | None = None) -> Sampler:
        return Sampler(self, self._candidates, temperature=temperature, seed=seed, grammar=grammar)


def _bytes_of(state: State) -> Any:
    return state.ctypes.data_as(ctypes.POINTER(ctypes.c_uint8))


_errors: deque[str] = deque(maxlen=3)
"""llama.cpp's last complaints; its log is all it says about a file that it refuses."""


@functools.cache
def _start_backend(api: Any) -> Any:
    """Start llama.cpp once per process, without its own log. The callback must live as long as the process."""

    def keep_error(level: int, line: bytes, _: object) -> None:
        if level == _GGML_LOG_ERROR:
            _errors.append(line.decode(errors="replace").strip())

    callback = api.llama_log_callback(keep_error)
    api.llama_log_set(callback, None)
    api.llama_backend_init()
    return callback


def _load_failed(what: str) -> LoadFailed:
    said = "; ".join(_errors) or "it gives no reason"
    state = ModelState.NO_MEMORY if _MEMORY_ERROR.search(said) else ModelState.INVALID
    return LoadFailed(state, f"{what} ({said})")


def free_gpu_bytes() -> int | None:
    """Return the free memory of all GPUs that llama.cpp can use; None without any, or if it does not tell."""
    try:
        # llama-cpp-python has no names for these functions of the library that it comes with.
        from llama_cpp._ggml import libggml

        libggml.ggml_backend_dev_count.restype = ctypes.c_size_t
        libggml.ggml_backend_dev_get.restype = ctypes.c_void_p
        devices = [
            ctypes.c_void_p(libggml.ggml_backend_dev_get(ctypes.c_size_t(i)))
            for i in range(libggml.ggml_backend_dev_count())
        ]
        gpus = [device for device in devices if libggml.ggml_backend_dev_type(device) in _GGML_GPUS]
        return sum(_free_bytes(libggml, gpu) for gpu in gpus) if gpus else None
    except (ImportError, AttributeError, OSError):
        return None


def _free_bytes(libggml: ctypes.CDLL, device: ctypes.c_void_p) -> int:
    free, total = ctypes.c_size_t(), ctypes.c_size_t()
    libggml.ggml_backend_dev_memory(device, ctypes.byref(free), ctypes.byref(total))
    return free.value
