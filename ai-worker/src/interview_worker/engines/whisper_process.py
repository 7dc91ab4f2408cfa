"""The process in which faster-whisper runs: `python -P -m interview_worker.engines.whisper_process MODEL THREADS`.

It loads the model once, tells its states, and answers requests until its parent is gone. With `--fetch` it only makes
sure that the model's files are here.
"""

import argparse
import os
from pathlib import Path
from typing import IO, Any

from interview_worker.engines.child_pipe import Message, read_request, write_answer

RATE = 16_000
CPU_MODEL = "base"
SEVERAL_CORES_MODEL = "small"
GPU_MODEL = "large-v3-turbo"
_SEVERAL_CORES = 4
_ANSWER_S = 5


class ModelMissing(Exception):
    """The model cannot be had; the message says what to do."""


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("model", help="auto, a size that faster-whisper knows, a repository, or a folder")
    parser.add_argument("threads", type=int)
    parser.add_argument("--fetch", action="store_true")
    arguments = parser.parse_args()
    requests, answers = _take_pipes()
    try:
        device = _device()
        chosen = _choose(arguments.model, device)
        # Where a folder is on this machine is nobody's business who reads what the model is called.
        name = Path(chosen).name if Path(chosen).is_dir() else chosen
        write_answer(answers, {"state": "fetching", "model": name})
        folder = _find(chosen)
        if arguments.fetch:
            write_answer(answers, {"state": "fetched", "model": name})
            return
        write_answer(answers, {"state": "loading", "model": name})
        model = _load(folder, device, arguments.threads)
    except ModelMissing as error:
        write_answer(answers, {"state": "missing", "reason": str(error)})
        return
    write_answer(answers, {"state": "ready", "model": name, "device": device})
    _serve(model, requests, answers)


def _take_pipes() -> tuple[IO[bytes], IO[bytes]]:
    """Return the protocol's pipes, and point stdin and stdout elsewhere: a library that prints must not break it."""
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    return requests, answers


def _device() -> str:
    try:
        import ctranslate2
    except ImportError as error:
        raise ModelMissing(f"faster-whisper is not installed ({error}); install the worker's `cpu` extra.") from error
    return "cuda" if ctranslate2.get_cuda_device_count() else "cpu"


def _choose(name: str, device: str) -> str:
    if name != "auto":
        return name
    if device == "cuda":
        return GPU_MODEL
    return SEVERAL_CORES_MODEL if len(os.sched_getaffinity(0)) >= _SEVERAL_CORES else CPU_MODEL


def _find(name: str) -> str:
    """Return the folder with the model's files, downloading them where they are on the Hugging Face Hub."""
    if Path(name).is_dir():
        return name
    from faster_whisper.utils import download_model

    try:
        return str(download_model(name, local_files_only=True))
    except (OSError, ValueError):
        pass  # not in the cache yet, or no such name, which the next call says
    os.environ.setdefault("HF_HUB_ETAG_TIMEOUT", str(_ANSWER_S))
    try:
        return str(download_model(name))
    except Exception as error:
        # No network, a wrong name, a full disk: each raises its own type, and the operator's next step is the same.
        raise ModelMissing(
            f"The speech model {name} could not be downloaded ({type(error).__name__}). Connect this machine to the"
            " network once, or set SPEECH_MODEL to a folder that holds a CTranslate2 Whisper model."
        ) from error


def _load(folder: str, device: str, threads: int) -> Any:
    from faster_whisper import WhisperModel

    try:
        return WhisperModel(
            folder,
            device=device,
            compute_type="int8" if device == "cpu" else "int8_float16",
            cpu_threads=threads,
            local_files_only=True,
        )
    except (RuntimeError, ValueError, OSError) as error:
        raise ModelMissing(
            f"The speech model in {folder} cannot be loaded ({type(error).__name__}); remove it and fetch it again."
        ) from error


def _serve(model: Any, requests: IO[bytes], answers: IO[bytes]) -> None:
    while (request := read_request(requests)) is not None:
        header, audio = request
        try:
            answer = _transcribe(model, audio, header["language"])
        except Exception as error:  # noqa: BLE001  whatever a library raises is an answer; the process goes on
            answer = {"error": type(error).__name__}
        write_answer(answers, {"id": header["id"], **answer})


def _transcribe(model: Any, audio: bytes, language: str) -> Message:
    import numpy as np

    samples = np.frombuffer(audio, np.int16).astype(np.float32) / 32768
    segments, _ = model.transcribe(
        samples,
        language=language,
        beam_size=5,
        temperature=0.0,
        condition_on_previous_text=False,
        word_timestamps=True,
    )
    words = [
        {
            "text": word.word.strip(),
            "start_ms": round(float(word.start) * 1000),
            "end_ms": round(float(word.end) * 1000),
            "probability": round(float(word.probability), 3),
        }
        for segment in segments
        for word in segment.words or ()
        if word.word.strip()
    ]
    return {"words": words}


if __name__ == "__main__":
    main()
