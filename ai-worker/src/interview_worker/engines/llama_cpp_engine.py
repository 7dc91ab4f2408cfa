"""llama.cpp through llama-cpp-python. One thread owns the context, because two threads in one crash the process."""

import codecs
import contextlib
import ctypes
import functools
import importlib.util
import os
import threading
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog

from interview_core.errors import EngineFailed, InterviewError
from interview_worker.engines import chat_template
from interview_worker.engines.gbnf import to_gbnf
from interview_worker.engines.generation_queue import GenerationQueue, QueuedGeneration
from interview_worker.engines.gguf_file import DEFAULT_MODEL_FILE, GgufInvalid, find_model_file, read_header
from interview_worker.engines.language_model import (
    FinishReason,
    GenerationRequest,
    GenerationResult,
    Limits,
    ModelState,
    ModelStatus,
    ModelUnavailable,
    PromptTooLong,
)

log = structlog.get_logger(__name__)

PROVIDER = "llama.cpp"
_TOP_K, _TOP_P = 40, 0.95
_PIECE_BYTES = 256
_GGML_LOG_ERROR = 4


@dataclass(frozen=True)
class LlamaCppOptions:
    """Where the weights are and how much of the machine they may use."""

    models_dir: Path
    model_file: str = ""
    context_tokens: int = 8192
    slice_tokens: int = 256
    """Prompt tokens read between two looks at the deadline."""
    threads: int = 0
    """CPU threads; 0: all cores."""
    gpu_layers: int = -1
    """-1: all; without a GPU build it has no effect."""
    max_waiting: int = 64


class LlamaCppModel:
    """A `LanguageModel` over the GGUF file in a folder, loaded when the first request comes.

    A file that is replaced after a failure is tried again.
    """

    def __init__(self, options: LlamaCppOptions) -> None:
        self._options = options
        self._queue = GenerationQueue(max_waiting=options.max_waiting)
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._context: _Context | None = None
        self._refused: tuple[_FileMark, ModelStatus] | None = None
        self._checked: tuple[_FileMark, ModelStatus] | None = None

    def status(self) -> ModelStatus:
        if (context := self._context) is not None:
            return ModelStatus(ModelState.READY, context.name)
        found = self._find()
        if found is None:
            wanted = self._options.model_file or DEFAULT_MODEL_FILE
            return ModelStatus(ModelState.MISSING, None, f"put {wanted} into {self._options.models_dir}")
        path, mark = found
        if self._refused is not None and self._refused[0] == mark:
            return self._refused[1]
        if self._checked is None or self._checked[0] != mark:
            self._checked = (mark, _check_file(path))
        return self._checked[1]

    def generate(self, request: GenerationRequest) -> QueuedGeneration:
        status = self.status()
        if not status.is_usable:
            raise ModelUnavailable(f"No language model: {status.reason}.")
        generation = QueuedGeneration(request)
        self._queue.put(generation)
        self._start_thread()
        return generation

    def warm_up(self) -> None:
        """Load the weights behind the scenes, when there are any, so that the first request need not wait."""
        if self.status().is_usable:
            self._start_thread()

    def close(self) -> None:
        """Cancel what waits and free the weights."""
        self._queue.close()
        with self._lock:
            thread = self._thread
        if thread is not None:
            thread.join()

    def _start_thread(self) -> None:
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._serve, name="llama-cpp", daemon=True)
                self._thread.start()

    def _serve(self) -> None:
        with contextlib.suppress(ModelUnavailable):
            self._loaded()
        while (generation := self._queue.take()) is not None:
            try:
                generation.check()
                self._answer(generation)
            except InterviewError as error:
                generation.fail(error)
            except Exception as error:
                log.exception("generation failed")
                generation.fail(EngineFailed(f"llama.cpp failed: {type(error).__name__}"))
        if self._context is not None:
            self._context.close()
            self._context = None

    def _answer(self, generation: QueuedGeneration) -> None:
        context = self._loaded()
        answer = _Answer(context, generation)
        for text in answer.texts():
            generation.push(text)
        generation.finish(answer.result())

    def _loaded(self) -> "_Context":
        if self._context is None:
            status = self.status()
            found = self._find()
            if found is None or not status.is_usable:
                raise ModelUnavailable(f"No language model: {status.reason}.")
            self._context = self._load(*found)
        return self._context

    def _find(self) -> "tuple[Path, _FileMark] | None":
        path = find_model_file(self._options.models_dir, self._options.model_file)
        try:
            return (path, _mark(path)) if path is not None else None
        except OSError:
            return None

    def _load(self, path: Path, mark: "_FileMark") -> "_Context":
        try:
            context = _Context(path, self._options)
        except _LoadFailed as error:
            log.error("model not loaded", model=path.name, state=error.state.value, reason=str(error))
            self._refused = (mark, ModelStatus(error.state, path.name, str(error)))
            raise ModelUnavailable(f"{path.name} cannot be used: {error}.") from error
        log.info("model loaded", model=path.name, context_tokens=context.n_ctx)
        return context


_FileMark = tuple[str, int, int]


def _mark(path: Path) -> _FileMark:
    facts = path.stat()
    return str(path), facts.st_size, facts.st_mtime_ns


def _check_file(path: Path) -> ModelStatus:
    try:
        read_header(path)
    except GgufInvalid as error:
        return ModelStatus(ModelState.INVALID, path.name, str(error))
    if not _is_runtime_installed():
        return ModelStatus(ModelState.RUNTIME_MISSING, path.name, "install the extra `gpu` (llama-cpp-python)")
    return ModelStatus(ModelState.NOT_LOADED, path.name)


def _is_runtime_installed() -> bool:
    try:
        return importlib.util.find_spec("llama_cpp") is not None
    except ValueError:
        return False


_errors: deque[str] = deque(maxlen=2)
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


def _last_errors() -> str:
    return "; ".join(_errors) or "it gives no reason"


class _LoadFailed(Exception):
    def __init__(self, state: ModelState, reason: str) -> None:
        super().__init__(reason)
        self.state = state


class _Context:
    """The weights and their key-value cache. Only the owning thread may touch it."""

    def __init__(self, path: Path, options: LlamaCppOptions) -> None:
        try:
            import llama_cpp
        except (ImportError, OSError, RuntimeError) as error:
            raise _LoadFailed(ModelState.RUNTIME_MISSING, f"llama-cpp-python does not start ({error})") from error
        self.api: Any = llama_cpp
        self.name = path.name
        _start_backend(llama_cpp)
        self._current: QueuedGeneration | None = None
        self._abort_callback = llama_cpp.ggml_abort_callback(self._is_abandoned)
        self._model = self._load_model(path, options)
        self.vocab = llama_cpp.llama_model_get_vocab(self._model)
        self.pointer = self._make_context(options)
        self.n_ctx: int = llama_cpp.llama_n_ctx(self.pointer)
        self.n_vocab: int = llama_cpp.llama_vocab_n_tokens(self.vocab)
        self.slice_tokens = options.slice_tokens
        self._memory = llama_cpp.llama_get_memory(self.pointer)
        self._candidates = _Candidates(llama_cpp, self.n_vocab)
        template = llama_cpp.llama_model_chat_template(self._model, None)
        self._template = template.decode() if template else None
        self._cached: list[int] = []

    def close(self) -> None:
        self.api.llama_free(self.pointer)
        self.api.llama_model_free(self._model)

    def tokenize(self, request: GenerationRequest) -> list[int]:
        """Return the prompt's tokens; a candidate's `[|system|]` stays the characters it is made of."""
        pieces = chat_template.render(
            self._template,
            request.messages,
            bos=self._special(self.api.llama_vocab_bos(self.vocab)),
            eos=self._special(self.api.llama_vocab_eos(self.vocab)),
        )
        return [token for piece in pieces for token in self._tokens(piece)]

    def read(self, tokens: list[int], generation: QueuedGeneration) -> int:
        """Read a prompt in slices and return how many of its tokens were in the cache already."""
        reused = min(_common_length(self._cached, tokens), len(tokens) - 1)
        if not self.api.llama_memory_seq_rm(self._memory, 0, reused, -1):
            self._forget()
            reused = 0
        self._cached = tokens[:reused]
        for start in range(reused, len(tokens), self.slice_tokens):
            generation.check()
            self.decode(tokens[start : start + self.slice_tokens], generation)
        return reused

    def decode(self, tokens: list[int], generation: QueuedGeneration) -> None:
        array = (self.api.llama_token * len(tokens))(*tokens)
        self._current = generation
        code = self.api.llama_decode(self.pointer, self.api.llama_batch_get_one(array, len(tokens)))
        if code != 0:
            self._forget()
            generation.check()
            raise EngineFailed(f"llama_decode ended with {code}")
        self._cached.extend(tokens)

    def _is_abandoned(self, _: object) -> bool:
        """Tell llama.cpp, which asks between the steps of a decode on a CPU, to stop at once."""
        return self._current is not None and self._current.is_over()

    def _forget(self) -> None:
        self._cached = []
        self.api.llama_memory_clear(self._memory, True)

    def text_of(self, token: int, *, with_special: bool = False) -> bytes:
        buffer = ctypes.create_string_buffer(_PIECE_BYTES)
        length = self.api.llama_token_to_piece(self.vocab, token, buffer, _PIECE_BYTES, 0, with_special)
        return buffer.raw[: max(length, 0)]

    def choose(self, chain: Any, grammar: Any | None) -> int:
        """Sample the next token among those that the grammar allows."""
        if grammar is None:
            return int(self.api.llama_sampler_sample(chain, self.pointer, -1))
        logits = self.api.llama_get_logits_ith(self.pointer, -1)
        # Checking one token costs microseconds, masking the whole vocabulary milliseconds: mask only after a refusal.
        token = self._candidates.pick(logits, chain)
        if not self._candidates.is_allowed(token, grammar):
            token = self._candidates.pick(logits, grammar, chain)
        self.api.llama_sampler_accept(grammar, token)
        self.api.llama_sampler_accept(chain, token)
        return token

    def _tokens(self, piece: chat_template.Piece) -> list[int]:
        raw = piece.text.encode()
        buffer = (self.api.llama_token * (len(raw) + 8))()
        count = self.api.llama_tokenize(self.vocab, raw, len(raw), buffer, len(buffer), False, piece.is_trusted)
        if count < 0:
            raise EngineFailed("the text cannot be tokenised")
        return list(buffer[:count])

    def _special(self, token: int) -> str:
        return "" if token < 0 else self.text_of(token, with_special=True).decode(errors="replace")

    def _load_model(self, path: Path, options: LlamaCppOptions) -> Any:
        parameters = self.api.llama_model_default_params()
        parameters.n_gpu_layers = options.gpu_layers
        model = self.api.llama_model_load_from_file(str(path).encode(), parameters)
        if not model:
            raise _LoadFailed(ModelState.INVALID, f"llama.cpp cannot load the file ({_last_errors()})")
        return model

    def _make_context(self, options: LlamaCppOptions) -> Any:
        parameters = self.api.llama_context_default_params()
        parameters.n_ctx = min(options.context_tokens, self.api.llama_model_n_ctx_train(self._model))
        parameters.n_batch = parameters.n_ubatch = options.slice_tokens
        parameters.abort_callback = self._abort_callback
        parameters.n_threads = parameters.n_threads_batch = options.threads or os.cpu_count() or 1
        pointer = self.api.llama_init_from_model(self._model, parameters)
        if not pointer:
            self.api.llama_model_free(self._model)
            raise _LoadFailed(ModelState.INVALID, f"llama.cpp cannot make a context ({_last_errors()})")
        return pointer


class _Candidates:
    """The table of all tokens and their logits that samplers narrow down."""

    def __init__(self, api: Any, n_vocab: int) -> None:
        import numpy as np

        self._api = api
        self._ids = np.arange(n_vocab, dtype=np.int32)
        self._rows = np.zeros(n_vocab, dtype=[("id", "i4"), ("logit", "f4"), ("p", "f4")])
        self._one = self._rows[:1].copy()
        self._as_array = np.ctypeslib.as_array

    def pick(self, logits: Any, *samplers: Any) -> int:
        """Apply the samplers to all tokens, and return the one that the last of them chose."""
        self._rows["id"] = self._ids
        self._rows["logit"] = self._as_array(logits, shape=self._ids.shape)
        array = self._array(self._rows)
        for sampler in samplers:
            self._api.llama_sampler_apply(sampler, ctypes.byref(array))
        return int(array.data[array.selected].id)

    def is_allowed(self, token: int, grammar: Any) -> bool:
        self._one[0] = (token, 1.0, 0.0)
        self._api.llama_sampler_apply(grammar, ctypes.byref(self._array(self._one)))
        return bool(self._one["logit"][0] != float("-inf"))

    def _array(self, rows: Any) -> Any:
        data = rows.ctypes.data_as(self._api.llama_token_data_p)
        return self._api.llama_token_data_array(data, len(rows), -1, False)


class _Answer:
    """One generation on the owning thread."""

    def __init__(self, context: _Context, generation: QueuedGeneration) -> None:
        self._context = context
        self._generation = generation
        self._limits: Limits = generation.request.limits
        self._finish = FinishReason.STOP
        self._tokens_in = self._tokens_reused = self._tokens_out = 0
        self._first_token_ms: int | None = None

    def texts(self) -> Iterator[str]:
        """Write token by token, looking at the deadline and at a cancellation before each."""
        tokens = self._context.tokenize(self._generation.request)
        self._tokens_in = len(tokens)
        if len(tokens) + self._limits.max_tokens > self._context.n_ctx:
            raise PromptTooLong(f"the prompt of {len(tokens)} tokens does not fit into {self._context.n_ctx}")
        self._tokens_reused = self._context.read(tokens, self._generation)
        chain, grammar = self._make_samplers()
        try:
            yield from self._write(chain, grammar)
        finally:
            self._context.api.llama_sampler_free(chain)
            if grammar is not None:
                self._context.api.llama_sampler_free(grammar)

    def result(self) -> GenerationResult:
        return GenerationResult(
            provider=PROVIDER,
            model=self._context.name,
            finish_reason=self._finish,
            tokens_in=self._tokens_in,
            tokens_reused=self._tokens_reused,
            tokens_out=self._tokens_out,
            first_token_ms=self._first_token_ms,
            total_ms=self._generation.elapsed_ms,
        )

    def _write(self, chain: Any, grammar: Any | None) -> Iterator[str]:
        decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        while True:
            self._generation.check()
            token = self._context.choose(chain, grammar)
            if self._first_token_ms is None:
                self._first_token_ms = self._generation.elapsed_ms
            if self._context.api.llama_vocab_is_eog(self._context.vocab, token):
                break
            self._tokens_out += 1
            if text := decoder.decode(self._context.text_of(token)):
                yield text
            if self._tokens_out >= self._limits.max_tokens:
                self._finish = FinishReason.LENGTH
                break
            self._context.decode([token], self._generation)
        if rest := decoder.decode(b"", final=True):
            yield rest

    def _make_samplers(self) -> tuple[Any, Any | None]:
        api, schema = self._context.api, self._generation.request.output_schema
        grammar = None
        if schema is not None:
            grammar = api.llama_sampler_init_grammar(self._context.vocab, to_gbnf(schema).encode(), b"root")
            if not grammar:
                raise EngineFailed("llama.cpp refused the output schema's grammar")
        chain = api.llama_sampler_chain_init(api.llama_sampler_chain_default_params())
        if self._limits.temperature <= 0:
            api.llama_sampler_chain_add(chain, api.llama_sampler_init_greedy())
            return chain, grammar
        for sampler in (
            api.llama_sampler_init_top_k(_TOP_K),
            api.llama_sampler_init_top_p(_TOP_P, 1),
            api.llama_sampler_init_temp(self._limits.temperature),
            api.llama_sampler_init_dist(self._generation.request.seed),
        ):
            api.llama_sampler_chain_add(chain, sampler)
        return chain, grammar


def _common_length(left: list[int], right: list[int]) -> int:
    return next((i for i, (a, b) in enumerate(zip(left, right, strict=False)) if a != b), min(len(left), len(right)))
