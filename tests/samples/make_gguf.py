"""Write a tiny model file of the EXAONE architecture: under 1 MB, real tokenizer, chat template and tensors.

Its weights are noise, so it writes noise. With a script it is a Markov chain that always answers the script's text and
stops, at any temperature, also inside a JSON string: every real part of llama.cpp runs, and the result can be read.

    python -m tests.samples.make_gguf OUT.gguf [--script TEXT]
"""

import argparse
import functools
import itertools
import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import gguf
import numpy as np
from numpy.typing import NDArray

LAYERS, WIDTH, FEED_FORWARD, HEADS, KV_HEADS, VOCABULARY, MERGES, CONTEXT = 1, 64, 96, 4, 2, 2816, 1200, 32768
CONTROL = ["[PAD]", "[BOS]", "[EOS]", "[UNK]", "[|system|]", "[|user|]", "[|assistant|]", "[|endofturn|]"]
PAD, BOS, UNK, ASSISTANT, END_OF_TURN = 0, 1, 3, 6, 7
PROMPTS = Path(__file__).parents[2] / "ai-worker/src/interview_worker/prompts"

CHAT_TEMPLATE = (
    "{% for message in messages %}{% if loop.first and message['role'] != 'system' %}{{ '[|system|][|endofturn|]\\n' }}"
    "{% endif %}{{ '[|' + message['role'] + '|]' + message['content'] }}"
    "{% if message['role'] == 'user' %}{{ '\\n' }}{% else %}{{ '[|endofturn|]\\n' }}{% endif %}{% endfor %}"
    "{% if add_generation_prompt %}{{ '[|assistant|]' }}{% endif %}"
)

SENTENCES = """
이력서에 적어 주신 프로젝트에서 맡으신 역할과 가장 어려웠던 문제를 설명해 주세요.
Please describe the project in your résumé and the problem that was hardest for you.
"""

# A quotation mark stays alone: in JSON it is what the script begins and ends at.
_WORD = re.compile(r'"| ?[^\W\d_]+| ?\d| ?[^\s\w"]+|\s+')
_BIAS = 2.0
"""In the first place of every embedding of a scripted model, where an output row can be raised or lowered."""

_Floats = NDArray[np.float32]


def write_gguf(
    path: Path, *, script: str | None = None, is_endless: bool = False, architecture: str = "exaone", seed: int = 7
) -> Path:
    """Write the file and return its path. An endless model repeats its script until it is stopped."""
    pieces = _pieces(script) if script else []
    vocabulary = _vocabulary(pieces)
    writer = gguf.GGUFWriter(str(path), architecture)
    _add_header(writer, vocabulary)
    for name, tensor in _tensors(vocabulary, pieces, np.random.default_rng(seed), is_endless=is_endless).items():
        writer.add_tensor(name, tensor)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


@dataclass(frozen=True)
class _Vocabulary:
    tokens: list[str]
    merges: list[str]


def _byte_letters() -> list[str]:
    """Return the printable letter that byte-level BPE writes for each of the 256 bytes."""
    printable = {*range(33, 127), *range(161, 173), *range(174, 256)}
    others = itertools.count(256)
    return [chr(byte) if byte in printable else chr(next(others)) for byte in range(256)]


_LETTERS = _byte_letters()


def _units(text: str) -> str:
    return "".join(_LETTERS[byte] for byte in text.encode())


def _pieces(script: str) -> list[str]:
    """Return the script's words, each once: a repeated word is glued to those before it."""
    pieces: list[str] = []
    for found in re.findall(r"\s?\S+", script):
        word = found
        while word in pieces:
            word = pieces.pop() + word
        pieces.append(word)
    return pieces


def _corpus() -> str:
    """Return the platform's own prompts, so that they take few tokens."""
    return "\n".join([SENTENCES, *(path.read_text("utf-8") for path in sorted(PROMPTS.glob("*.yaml")))])


@functools.cache
def _train(text: str, count: int) -> tuple[tuple[str, str], ...]:
    words = Counter(tuple(_units(word)) for word in _WORD.findall(text))
    merges: list[tuple[str, str]] = []
    while len(merges) < count:
        pairs: Counter[tuple[str, str]] = Counter()
        for word, times in words.items():
            for pair in itertools.pairwise(word):
                pairs[pair] += times
        if not pairs:
            break
        best = min(pairs, key=lambda pair: (-pairs[pair], pair))
        merges.append(best)
        words = Counter({_merged(word, best) if best[0] in word else word: times for word, times in words.items()})
    return tuple(merges)


def _merged(word: tuple[str, ...], pair: tuple[str, str]) -> tuple[str, ...]:
    out: list[str] = []
    for unit in word:
        if out and (out[-1], unit) == pair:
            out[-1] += unit
        else:
            out.append(unit)
    return tuple(out)


def _vocabulary(pieces: Sequence[str]) -> _Vocabulary:
    merges = _train(_corpus(), MERGES)
    known = [*CONTROL, *_LETTERS, *dict.fromkeys([*(a + b for a, b in merges), *map(_units, pieces)])]
    fill = (_units(f" filler{number}") for number in itertools.count())
    tokens = list(itertools.islice(itertools.chain(known, fill), VOCABULARY))
    return _Vocabulary(tokens, [f"{a} {b}" for a, b in merges])


def _add_header(writer: gguf.GGUFWriter, vocabulary: _Vocabulary) -> None:
    writer.add_name("tiny test model")
    writer.add_block_count(LAYERS)
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(WIDTH)
    writer.add_feed_forward_length(FEED_FORWARD)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(KV_HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_freq_base(1e6)
    writer.add_rope_dimension_count(WIDTH // HEADS)
    writer.add_vocab_size(VOCABULARY)
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_F16)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("exaone")
    writer.add_token_list(vocabulary.tokens)
    writer.add_token_types(
        [gguf.TokenType.CONTROL if i < len(CONTROL) else gguf.TokenType.NORMAL for i in range(VOCABULARY)]
    )
    writer.add_token_merges(vocabulary.merges)
    writer.add_bos_token_id(BOS)
    writer.add_eos_token_id(END_OF_TURN)
    writer.add_pad_token_id(PAD)
    writer.add_unk_token_id(UNK)
    writer.add_add_bos_token(False)
    writer.add_chat_template(CHAT_TEMPLATE)


def _tensors(
    vocabulary: _Vocabulary, pieces: Sequence[str], random: np.random.Generator, *, is_endless: bool
) -> dict[str, NDArray[np.float16] | _Floats]:
    head = WIDTH // HEADS
    shapes = {
        "attn_q": (WIDTH, WIDTH),
        "attn_k": (KV_HEADS * head, WIDTH),
        "attn_v": (KV_HEADS * head, WIDTH),
        "attn_output": (WIDTH, WIDTH),
        "ffn_gate": (FEED_FORWARD, WIDTH),
        "ffn_up": (FEED_FORWARD, WIDTH),
        "ffn_down": (WIDTH, FEED_FORWARD),
    }
    embedding = random.normal(0, 1, (VOCABULARY, WIDTH)).astype(np.float32)
    output = random.normal(0, 1 / math.sqrt(WIDTH), (VOCABULARY, WIDTH)).astype(np.float32)
    if pieces:
        embedding[:, 0] = _BIAS
        output = _scripted(embedding, vocabulary.tokens, pieces, is_endless=is_endless)
    tensors: dict[str, NDArray[np.float16] | _Floats] = {
        "token_embd.weight": embedding.astype(np.float16),
        "output_norm.weight": np.ones(WIDTH, np.float32),
        "output.weight": output.astype(np.float16),
        "rope_freqs.weight": np.ones(head // 2, np.float32),
    }
    for layer, (name, shape) in itertools.product(range(LAYERS), shapes.items()):
        is_silent = bool(pieces) and name in {"attn_output", "ffn_down"}
        values = random.normal(0, 0 if is_silent else 1 / math.sqrt(shape[1]), shape)
        tensors[f"blk.{layer}.{name}.weight"] = values.astype(np.float16)
        tensors[f"blk.{layer}.attn_norm.weight"] = np.ones(WIDTH, np.float32)
        tensors[f"blk.{layer}.ffn_norm.weight"] = np.ones(WIDTH, np.float32)
    return tensors


def _scripted(embedding: _Floats, tokens: Sequence[str], pieces: Sequence[str], *, is_endless: bool) -> _Floats:
    """Return output rows in which each piece follows the one before: with silent layers only the last token counts."""
    chain = [tokens.index(_units(piece)) for piece in pieces]
    quote = tokens.index('"')
    steps: Iterable[tuple[int, int, float]] = [
        (ASSISTANT, chain[0], 1.0),
        (quote, chain[0], 1.0),
        *((before, after, 1.0) for before, after in itertools.pairwise(chain)),
        (chain[-1], chain[0] if is_endless else END_OF_TURN, 1.0),
        (chain[-1], quote, 0.8),
    ]
    rows = np.random.default_rng(1).normal(0, 0.05, embedding.shape).astype(np.float32)
    for before, after, weight in steps:
        rows[after] += weight * embedding[before]
    # Where a grammar also allows null, the script is preferred.
    rows[:, 0] = 0
    rows[[token in {"n", "nu", "nul", "null"} for token in tokens], 0] = -10
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--script")
    arguments = parser.parse_args()
    write_gguf(arguments.out, script=arguments.script)


if __name__ == "__main__":
    main()
