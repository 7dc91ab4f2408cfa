"""Silero's voice activity detector through ONNX Runtime: how likely each 32 ms of audio hold a voice.

The network is a file inside the package faster-whisper, which is installed here without what it needs to transcribe:
its own package, `silero-vad`, would bring PyTorch.
"""

import hashlib
from importlib import metadata
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from interview_core.errors import EngineUnavailable

SAMPLE_RATE = 16_000
FRAME = 512
"""Samples that are judged together."""

_CONTEXT = 64
_STATE = (1, 1, 128)
_FILE = "faster_whisper/assets/silero_vad_v6.onnx"
_SHA256 = "4cbf549b8326f60f80f2536d9eefeb450a9abe83365a098031c89719f1be17d2"


class VoiceDetector(Protocol):
    """Judges one stream of audio."""

    def judge(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the probability of a voice in each whole frame that the new samples (-1 to 1) complete."""

    def reset(self) -> None:
        """Forget what was heard: the next samples do not follow the last ones."""


class SileroNetwork:
    """The loaded network, which all streams share."""

    def __init__(self) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = False
        self._session = onnxruntime.InferenceSession(_read_network(), options, providers=["CPUExecutionProvider"])

    def run(
        self, frames: NDArray[np.float32], h: NDArray[np.float32], c: NDArray[np.float32]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
        probabilities, h, c = self._session.run(None, {"input": frames, "h": h, "c": c})
        return probabilities, h, c


def _read_network() -> bytes:
    """Return the network's bytes, or raise EngineUnavailable."""
    try:
        path = Path(str(metadata.distribution("faster-whisper").locate_file(_FILE)))
        content = path.read_bytes()
    except (metadata.PackageNotFoundError, OSError):
        raise EngineUnavailable(
            "No voice activity network: install the pinned faster-whisper, if need be with --no-deps.",
        ) from None
    if hashlib.sha256(content).hexdigest() != _SHA256:
        raise EngineUnavailable(f"The voice activity network {path} is not the one that this version was made for.")
    return content


class SileroDetector:
    """One stream's state over the shared network."""

    def __init__(self, network: SileroNetwork) -> None:
        self._network = network
        self.reset()

    def reset(self) -> None:
        self._h = np.zeros(_STATE, np.float32)
        self._c = np.zeros(_STATE, np.float32)
        self._rest = np.zeros(0, np.float32)
        self._context = np.zeros(_CONTEXT, np.float32)

    def judge(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        joined = np.concatenate([self._rest, samples])
        count = len(joined) // FRAME
        self._rest = joined[count * FRAME :]
        if not count:
            return np.zeros(0, np.float32)
        frames = np.empty((count, _CONTEXT + FRAME), np.float32)
        frames[:, _CONTEXT:] = joined[: count * FRAME].reshape(count, FRAME)
        frames[0, :_CONTEXT] = self._context
        frames[1:, :_CONTEXT] = frames[:-1, -_CONTEXT:]
        self._context = frames[-1, -_CONTEXT:].copy()
        probabilities, self._h, self._c = self._network.run(frames, self._h, self._c)
        return np.ravel(probabilities)
