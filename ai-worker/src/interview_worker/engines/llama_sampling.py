"""Choosing tokens through llama.cpp's samplers: freely, within a grammar, or among a few."""

import ctypes
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from interview_core.errors import EngineFailed

if TYPE_CHECKING:
    from interview_worker.engines.llama_runtime import Context

_TOP_K, _TOP_P = 40, 0.95


class Sampler:
    """Chooses the tokens of one text. Must be closed."""

    def __init__(
        self, context: "Context", candidates: "Candidates", *, temperature: float, seed: int, grammar: str | None
    ) -> None:
        self._api = api = context.weights.api
        self._context = context
        self._candidates = candidates
        self._grammar: Any = None
        if grammar is not None:
            self._grammar = api.llama_sampler_init_grammar(context.weights.vocab, grammar.encode(), b"root")
            if not self._grammar:
                raise EngineFailed("llama.cpp refused the output schema's grammar")
        self._chain = api.llama_sampler_chain_init(api.llama_sampler_chain_default_params())
        for link in self._links(temperature, seed):
            api.llama_sampler_chain_add(self._chain, link)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def choose(self, row: int) -> int:
        """Choose the next token, among those that the grammar allows if there is one."""
        if self._grammar is None:
            return int(self._api.llama_sampler_sample(self._chain, self._context.pointer, row))
        logits = self._logits(row)
        # Checking one token costs microseconds, masking the whole vocabulary milliseconds: mask only after a refusal.
        token = self._candidates.pick(logits, self._chain)
        if not self._candidates.is_allowed(token, self._grammar):
            token = self._candidates.pick(logits, self._grammar, self._chain)
        self._api.llama_sampler_accept(self._grammar, token)
        self._api.llama_sampler_accept(self._chain, token)
        return token

    def choose_plain(self, row: int) -> int:
        """Choose among the tokens that are visible text by themselves."""
        plain = self._context.weights.plain_tokens
        return self._candidates.pick(np.where(plain, self._logits(row), -np.inf), self._chain)

    def choose_among(self, row: int, tokens: Collection[int]) -> int:
        """Choose one of a few tokens."""
        return self._candidates.pick_among(self._logits(row), sorted(tokens), self._chain)

    def close(self) -> None:
        self._api.llama_sampler_free(self._chain)
        if self._grammar is not None:
            self._api.llama_sampler_free(self._grammar)

    def _logits(self, row: int) -> NDArray[np.float32]:
        logits = self._api.llama_get_logits_ith(self._context.pointer, row)
        return np.ctypeslib.as_array(logits, shape=(self._context.weights.n_vocab,))

    def _links(self, temperature: float, seed: int) -> list[Any]:
        if temperature <= 0:
            return [self._api.llama_sampler_init_greedy()]
        return [
            self._api.llama_sampler_init_top_k(_TOP_K),
            self._api.llama_sampler_init_top_p(_TOP_P, 1),
            self._api.llama_sampler_init_temp(temperature),
            self._api.llama_sampler_init_dist(seed),
        ]


class Candidates:
    """The table of tokens and their logits that samplers narrow down."""

    def __init__(self, api: Any, n_vocab: int) -> None:
        self._api = api
        self._ids = np.arange(n_vocab, dtype=np.int32)
        self._rows = np.zeros(n_vocab, dtype=[("id", "i4"), ("logit", "f4"), ("p", "f4")])
        self._one = self._rows[:1].copy()

    def pick(self, logits: NDArray[np.float32], *samplers: Any) -> int:
        """Apply the samplers to all tokens, and return the one that the last of them chose."""
        self._rows["id"] = self._ids
        self._rows["logit"] = logits
        return self._apply(self._rows, samplers)

    def pick_among(self, logits: NDArray[np.float32], tokens: list[int], sampler: Any) -> int:
        rows = np.zeros(len(tokens), dtype=self._rows.dtype)
        rows["id"] = tokens
        rows["logit"] = logits[tokens]
        return self._apply(rows, (sampler,))

    def is_allowed(self, token: int, grammar: Any) -> bool:
        self._one[0] = (token, 1.0, 0.0)
        self._api.llama_sampler_apply(grammar, ctypes.byref(self._array(self._one)))
        return bool(self._one["logit"][0] != float("-inf"))

    def _apply(self, rows: Any, samplers: Sequence[Any]) -> int:
        array = self._array(rows)
        for sampler in samplers:
            self._api.llama_sampler_apply(sampler, ctypes.byref(array))
        return int(array.data[array.selected].id)

    def _array(self, rows: Any) -> Any:
        data = rows.ctypes.data_as(self._api.llama_token_data_p)
        return self._api.llama_token_data_array(data, len(rows), -1, False)
