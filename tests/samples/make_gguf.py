"""Write a tiny model file of the EXAONE architecture: under 1 MB, real tokenizer, chat template and tensors.

Its weights are noise, so it writes noise. With a script it is a Markov chain that always answers the script's text and
stops, at any temperature, also inside a JSON string: every real part of llama.cpp runs, and the result can be read.

A larger shape is for measurements: it takes the memory and the time of a real model of that shape.

    python -m tests.samples.make_gguf OUT.gguf [--script TEXT | --shape middle]
"""

import argparse
import functools
import itertools
import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import gguf
import numpy as np
from numpy.typing import NDArray

MERGES, CONTEXT = 1200, 32768
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
_Stored = NDArray[np.float32] | NDArray[np.float16] | NDArray[np.uint8]


@dataclass(frozen=True)
class Shape:
    """How large a model is. A quantised one is stored as Q4_K, as people run it; an endless one never ends its text."""

    layers: int = 1
    width: int = 64
    feed_forward: int = 96
    heads: int = 4
    kv_heads: int = 2
    vocabulary: int = 2816
    is_quantised: bool = False
    is_endless: bool = False


TINY = Shape()
WORDY = Shape(vocabulary=102_400)
"""The vocabulary of EXAONE 3.5: what choosing a token costs."""
MIDDLE = Shape(12, 1024, 2816, 16, 4, 32_000, is_quantised=True, is_endless=True)
"""About 120 MB."""
MIDDLE_F16 = replace(MIDDLE, is_quantised=False)
"""The same in 16 bits, 400 MB: its speed is the memory's."""
FULL = Shape(32, 4096, 14_336, 32, 8, 102_400, is_quantised=True, is_endless=True)
"""EXAONE 3.5 7.8B, 4.5 GB."""
SHAPES = {"tiny": TINY, "wordy": WORDY, "middle": MIDDLE, "middle-f16": MIDDLE_F16, "full": FULL}


def write_gguf(
    path: Path,
    *,
    script: str | None = None,
    is_endless: bool = False,
    architecture: str = "exaone",
    shape: Shape = TINY,
    seed: int = 7,
) -> Path:
    """Write the file and return its path. An endless model repeats its script until it is stopped."""
    pieces = _pieces(script) if script else []
    vocabulary = _vocabulary(pieces, shape.vocabulary)
    writer = gguf.GGUFWriter(str(path), architecture)
    _add_header(writer, vocabulary, shape)
    random = np.random.default_rng(seed)
    tensors = _tensors(vocabulary, pieces, random, is_endless=is_endless) if pieces else _noise_tensors(shape, random)
    for name, tensor in tensors.items():
        is_blocks = tensor.dtype == np.uint8
        writer.add_tensor(name, tensor, raw_dtype=gguf.GGMLQuantizationType.Q4_K if is_blocks else None)
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


def _vocabulary(pieces: Sequence[str], size: int) -> _Vocabulary:
    merges = _train(_corpus(), MERGES)
    known = [*CONTROL, *_LETTERS, *dict.fromkeys([*(a + b for a, b in merges), *map(_units, pieces)])]
    fill = (_units(f" filler{number}") for number in itertools.count())
    tokens = list(itertools.islice(itertools.chain(known, fill), size))
    return _Vocabulary(tokens, [f"{a} {b}" for a, b in merges])


def _add_header(writer: gguf.GGUFWriter, vocabulary: _Vocabulary, shape: Shape) -> None:
    writer.add_name("test model")
    writer.add_block_count(shape.layers)
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(shape.width)
    writer.add_feed_forward_length(shape.feed_forward)
    writer.add_head_count(shape.heads)
    writer.add_head_count_kv(shape.kv_heads)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_freq_base(1e6)
    writer.add_rope_dimension_count(shape.width // shape.heads)
    writer.add_vocab_size(shape.vocabulary)
    file_types = gguf.LlamaFileType
    writer.add_file_type(file_types.MOSTLY_Q4_K_M if shape.is_quantised else file_types.MOSTLY_F16)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("exaone")
    writer.add_token_list(vocabulary.tokens)
    writer.add_token_types(
        [gguf.TokenType.CONTROL if i < len(CONTROL) else gguf.TokenType.NORMAL for i in range(shape.vocabulary)]
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
) -> dict[str, _Stored]:
    """Return the tensors of a tiny model in which layers add nothing to the last token, so that it alone counts."""
    tensors = _noise_tensors(TINY, random)
    embedding = random.normal(0, 1, (TINY.vocabulary, TINY.width)).astype(np.float32)
    embedding[:, 0] = _BIAS
    output = _scripted(embedding, vocabulary.tokens, pieces, is_endless=is_endless)
    silent = {
        name: np.zeros_like(tensor) for name, tensor in tensors.items() if "attn_output" in name or "down" in name
    }
    return {
        **tensors,
        **silent,
        "token_embd.weight": embedding.astype(np.float16),
        "output.weight": output.astype(np.float16),
    }


def _noise_tensors(shape: Shape, random: np.random.Generator) -> dict[str, _Stored]:
    width, head = shape.width, shape.width // shape.heads
    shapes = {
        "attn_q": (width, width),
        "attn_k": (shape.kv_heads * head, width),
        "attn_v": (shape.kv_heads * head, width),
        "attn_output": (width, width),
        "ffn_gate": (shape.feed_forward, width),
        "ffn_up": (shape.feed_forward, width),
        "ffn_down": (width, shape.feed_forward),
    }
    make = _quantised_noise if shape.is_quantised else _noise
    tensors: dict[str, _Stored] = {
        "token_embd.weight": make((shape.vocabulary, width), 1, random),
        "output_norm.weight": np.ones(width, np.float32),
        "output.weight": make((shape.vocabulary, width), 1 / math.sqrt(width), random),
        "rope_freqs.weight": np.ones(head // 2, np.float32),
    }
    if shape.is_endless:
        # Blocks of nothing: as likely as the average token, and never the likeliest.
        tensors["output.weight"][: len(CONTROL)] = 0
    for layer, (name, size) in itertools.product(range(shape.layers), shapes.items()):
        tensors[f"blk.{layer}.{name}.weight"] = make(size, 1 / math.sqrt(size[1]), random)
        tensors[f"blk.{layer}.attn_norm.weight"] = np.ones(width, np.float32)
        tensors[f"blk.{layer}.ffn_norm.weight"] = np.ones(width, np.float32)
    return tensors


def _noise(size: tuple[int, int], deviation: float, random: np.random.Generator) -> _Stored:
    return random.normal(0, deviation, size).astype(np.float16)


def _quantised_noise(size: tuple[int, int], deviation: float, random: np.random.Generator) -> _Stored:
    """Return noise as blocks of Q4_K: two half floats, 12 bytes of scales, 128 bytes of values, for 256 weights."""
    rows, blocks = size[0], size[1] // 256
    # Random rows repeat after a while: their numbers only have to be as many and as large as real ones.
    pattern = random.integers(0, 256, (min(rows, 64), blocks, 144), dtype=np.uint8)
    scale = np.float16(deviation / 145)
    pattern[..., :4] = np.frombuffer(np.array([scale, scale * 7.5], np.float16).tobytes(), np.uint8)
    return np.resize(pattern.reshape(len(pattern), -1), (rows, blocks * 144))


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
    wanted = parser.add_mutually_exclusive_group()
    wanted.add_argument("--script")
    wanted.add_argument("--shape", choices=list(SHAPES), default="tiny")
    arguments = parser.parse_args()
    write_gguf(arguments.out, script=arguments.script, shape=SHAPES[arguments.shape])


if __name__ == "__main__":
    main()
