"""Writes a Whisper that is small enough for tests: `python -m tests.samples.make_whisper FOLDER`.

faster-whisper loads and decodes it as it does a real one. Its weights are random, and what it hears is noise; or they
are such that it hears one sentence, whatever is said.
"""

import json
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_LANGUAGES = """
en zh de es ru ko fr ja pt tr pl ca nl ar sv it id hi fi vi he uk el ms cs ro da hu ta no th ur hr
bg lt la mi ml cy sk te fa lv bn sr az sl kn et mk br eu is hy ne mn bs kk sq sw gl mr pa si km sn
yo so af oc ka be tg sd gu am yi lo uz fo ht ps tk nn mt sa lb my bo tl mg as tt haw ln ha ba jw su
"""
LANGUAGES = _LANGUAGES.split()
_TIMES = 1501
_TOKEN_SIZE, _TIME_SIZE = 128, 64
"""How a model that hears a sentence divides its hidden state: what comes next, and when that is said."""

_PROMPT = 3
"""Tokens before the first that is written down: the start, the language, the task."""

_FRAMES_PER_S = 50


@dataclass(frozen=True)
class Recital:
    """A sentence that is heard in every sound, its words spread evenly over so long a time."""

    sentence: str
    lasts_s: float

    @property
    def words(self) -> list[str]:
        return [f" {word}" for word in self.sentence.split()]


def make_whisper(folder: Path, recital: Recital | None = None) -> Path:
    """Write the model in CTranslate2's format and return its folder."""
    from ctranslate2.converters import TransformersConverter

    tokenizer = _tokenizer(recital.words if recital else [])
    with tempfile.TemporaryDirectory() as name:
        made = Path(name)
        _write_transformers_model(made, tokenizer, recital)
        converter = TransformersConverter(str(made), copy_files=["tokenizer.json", "preprocessor_config.json"])
        converter.convert(str(folder), quantization="int8", force=True)
    _mend_config(folder, tokenizer)
    return folder


def _write_transformers_model(folder: Path, tokenizer: Any, recital: Recital | None) -> None:
    import torch
    from transformers import PreTrainedTokenizerFast, WhisperConfig, WhisperFeatureExtractor
    from transformers import WhisperForConditionalGeneration as Whisper

    end = tokenizer.token_to_id("<|endoftext|>")
    torch.manual_seed(0)
    d_model = _TOKEN_SIZE + _TIME_SIZE if recital else 32
    sizes = {"d_model": d_model, "encoder_layers": 1, "decoder_layers": 1, "encoder_ffn_dim": 64, "decoder_ffn_dim": 64}
    config = WhisperConfig(
        **sizes,
        vocab_size=tokenizer.get_vocab_size(),
        encoder_attention_heads=2,
        decoder_attention_heads=2,
        decoder_start_token_id=tokenizer.token_to_id("<|startoftranscript|>"),
        eos_token_id=end,
        bos_token_id=end,
        pad_token_id=end,
    )
    model = Whisper(config)
    if recital:
        _teach(model, tokenizer, recital)
    model.save_pretrained(folder)
    special = dict.fromkeys(("eos_token", "bos_token", "unk_token", "pad_token"), "<|endoftext|>")
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, **special).save_pretrained(folder)
    WhisperFeatureExtractor(feature_size=80).save_pretrained(folder)
    _update_json(folder / "generation_config.json", _generation(tokenizer))


def _teach(model: Any, tokenizer: Any, recital: Recital) -> None:
    """Let each place of the output name its word, and look at the moment of the sound when that is said.

    All layers pass on what they get, so that what is written follows from the places alone. The first attention to the
    sound has no effect on it either, but it is what word times are taken from.
    """
    import torch

    times = [f"<|{step * 0.02:.2f}|>" for step in (0, round(recital.lasts_s / 0.02))]
    spoken = [times[0], *map(_letters, recital.words), times[1], "<|endoftext|>"]
    length = recital.lasts_s * _FRAMES_PER_S / len(recital.words)
    rhythm = torch.rand(_TIME_SIZE // 2) * 2 * torch.pi / _FRAMES_PER_S

    def moment(frames: Any) -> Any:
        angles = frames[:, None] * rhythm
        return torch.cat([torch.cos(angles), torch.sin(angles)], dim=1)

    with torch.no_grad():
        for name, weights in model.named_parameters():
            if "layer_norm" not in name:
                weights.zero_()
        encoder, decoder = model.model.encoder, model.model.decoder
        tokens, places = decoder.embed_tokens.weight, decoder.embed_positions.weight
        tokens[:, :_TOKEN_SIZE] = 3 * torch.nn.functional.normalize(torch.randn(len(tokens), _TOKEN_SIZE))
        said = torch.tensor([tokenizer.token_to_id(token) for token in spoken])
        places[_PROMPT - 1 : _PROMPT - 1 + len(said)] = 4 * tokens[said]
        middles = (torch.arange(len(recital.words)) + 0.5) * length
        places[_PROMPT : _PROMPT + len(middles), _TOKEN_SIZE:] = 2 * moment(middles)
        heard = encoder.embed_positions.weight
        heard[:, _TOKEN_SIZE:] = moment(torch.arange(len(heard)).float())
        attention = decoder.layers[0].encoder_attn
        for projection in (attention.q_proj, attention.k_proj):
            projection.weight[:_TIME_SIZE, _TOKEN_SIZE:] = torch.eye(_TIME_SIZE)


def _letters(text: str) -> str:
    """Return the text in the letters of a vocabulary, one for each byte."""
    from tokenizers import pre_tokenizers

    ((letters, _),) = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False).pre_tokenize_str(text)
    return str(letters)


def _tokenizer(words: Sequence[str]) -> Any:
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

    letters = {letter: index for index, letter in enumerate(sorted(pre_tokenizers.ByteLevel.alphabet()))}
    # CTranslate2 takes a Whisper for multilingual if its vocabulary holds the empty token.
    known = ["", *dict.fromkeys(map(_letters, words))]
    vocabulary = {**letters, **{token: len(letters) + number for number, token in enumerate(known)}}
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    names = ["endoftext", "startoftranscript", *LANGUAGES]
    names += ["translate", "transcribe", "startoflm", "startofprev", "nospeech", "notimestamps"]
    tokenizer.add_special_tokens([AddedToken(f"<|{name}|>", special=True, normalized=False) for name in names])
    times = [AddedToken(f"<|{step * 0.02:.2f}|>", special=False, normalized=False) for step in range(_TIMES)]
    tokenizer.add_tokens(times)
    return tokenizer


def _generation(tokenizer: Any) -> dict[str, Any]:
    return {
        "lang_to_id": {f"<|{name}|>": tokenizer.token_to_id(f"<|{name}|>") for name in LANGUAGES},
        "task_to_id": {name: tokenizer.token_to_id(f"<|{name}|>") for name in ("translate", "transcribe")},
        "no_timestamps_token_id": tokenizer.token_to_id("<|notimestamps|>"),
        "is_multilingual": True,
        "suppress_tokens": [],
        "begin_suppress_tokens": [tokenizer.token_to_id("<|endoftext|>")],
        "alignment_heads": [[0, 0]],
        "max_length": 448,
    }


def _mend_config(folder: Path, tokenizer: Any) -> None:
    # transformers drops the languages when it reads its own file again, so the converter does not see them.
    ids = sorted(tokenizer.token_to_id(f"<|{name}|>") for name in LANGUAGES)
    _update_json(folder / "config.json", {"lang_ids": ids, "alignment_heads": [[0, 0]]})


def _update_json(path: Path, values: dict[str, Any]) -> None:
    path.write_text(json.dumps({**json.loads(path.read_text()), **values}))


if __name__ == "__main__":
    make_whisper(Path(sys.argv[1]))
