"""Writes a Whisper of random weights, small enough for tests: `python -m tests.samples.make_whisper FOLDER`.

faster-whisper loads and decodes it as it does a real one. What it hears is noise.
"""

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

_LANGUAGES = """
en zh de es ru ko fr ja pt tr pl ca nl ar sv it id hi fi vi he uk el ms cs ro da hu ta no th ur hr
bg lt la mi ml cy sk te fa lv bn sr az sl kn et mk br eu is hy ne mn bs kk sq sw gl mr pa si km sn
yo so af oc ka be tg sd gu am yi lo uz fo ht ps tk nn mt sa lb my bo tl mg as tt haw ln ha ba jw su
"""
LANGUAGES = _LANGUAGES.split()
_TIMES = 1501


def make_whisper(folder: Path) -> Path:
    """Write the model in CTranslate2's format and return its folder."""
    from ctranslate2.converters import TransformersConverter

    with tempfile.TemporaryDirectory() as name:
        made = Path(name)
        _write_transformers_model(made)
        converter = TransformersConverter(str(made), copy_files=["tokenizer.json", "preprocessor_config.json"])
        converter.convert(str(folder), quantization="int8", force=True)
    _mend_config(folder)
    return folder


def _write_transformers_model(folder: Path) -> None:
    import torch
    from transformers import PreTrainedTokenizerFast, WhisperConfig, WhisperFeatureExtractor
    from transformers import WhisperForConditionalGeneration as Whisper

    tokenizer = _tokenizer()
    end = tokenizer.token_to_id("<|endoftext|>")
    torch.manual_seed(0)
    sizes = {"d_model": 32, "encoder_layers": 1, "decoder_layers": 1, "encoder_ffn_dim": 64, "decoder_ffn_dim": 64}
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
    Whisper(config).save_pretrained(folder)
    special = dict.fromkeys(("eos_token", "bos_token", "unk_token", "pad_token"), "<|endoftext|>")
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, **special).save_pretrained(folder)
    WhisperFeatureExtractor(feature_size=80).save_pretrained(folder)
    _update_json(folder / "generation_config.json", _generation(tokenizer))


def _tokenizer() -> Any:
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

    letters = {letter: index for index, letter in enumerate(sorted(pre_tokenizers.ByteLevel.alphabet()))}
    # CTranslate2 takes a Whisper for multilingual if its vocabulary holds the empty token.
    tokenizer = Tokenizer(models.BPE(vocab={**letters, "": len(letters)}, merges=[]))
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


def _mend_config(folder: Path) -> None:
    # transformers drops the languages when it reads its own file again, so the converter does not see them.
    tokenizer = _tokenizer()
    ids = sorted(tokenizer.token_to_id(f"<|{name}|>") for name in LANGUAGES)
    _update_json(folder / "config.json", {"lang_ids": ids, "alignment_heads": [[0, 0]]})


def _update_json(path: Path, values: dict[str, Any]) -> None:
    path.write_text(json.dumps({**json.loads(path.read_text()), **values}))


if __name__ == "__main__":
    make_whisper(Path(sys.argv[1]))
