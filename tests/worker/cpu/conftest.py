"""Engines are loaded once: a test of what they answer should not wait for their weights."""

import pytest

from interview_worker.engines.embedding import PACKAGED_MODEL, SentenceEmbedding


@pytest.fixture(scope="session")
def small_embedding() -> SentenceEmbedding:
    """The small real model that a pip package carries."""
    return SentenceEmbedding(PACKAGED_MODEL)
