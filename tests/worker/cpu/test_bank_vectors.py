"""The question bank by meaning, with the small real model."""

from itertools import combinations

from interview_worker.engines.embedding import SentenceEmbedding
from interview_worker.question_bank.entries import load_bank

_SAME = 0.82


def test_no_two_entries_mean_nearly_the_same(small_embedding: SentenceEmbedding) -> None:
    """In English, which the small model knows; the Korean texts are compared by their words."""
    entries = load_bank()
    vectors = small_embedding.embed_passages([entry.text.en.replace("{", "").replace("}", "") for entry in entries])
    alike = [
        (left.id, right.id)
        for (left, one), (right, other) in combinations(zip(entries, vectors, strict=True), 2)
        if sum(a * b for a, b in zip(one, other, strict=True)) > _SAME
    ]
    assert alike == []
