"""Silero's network, which tells speech from everything else; its weights are a file in the package faster-whisper."""

import importlib.util
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from interview_core.errors import EngineUnavailable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

RATE = 16_000
STEP = 512
"""Samples of one decision: 32 ms."""

_CONTEXT = 64
_BEGINS, _ENDS = 0.5, 0.35
_MIN_SPEECH = 4
_MIN_SILENCE = 4
"""Steps: shorter speech is a click, shorter silence a stop consonant."""


@dataclass(frozen=True)
class Span:
    start_ms: int
    end_ms: int

    @property
    def duration_ms(self) -> int:
        return self.end_ms - self.start_ms


class VoiceActivity(Protocol):
    """Finds where somebody speaks."""

    def find_speech(self, samples: "NDArray[np.int16]") -> list[Span]:
        """Return the stretches of speech in 16-bit mono audio of 16 kHz, in order; none: nobody spoke.

        Raises:
            EngineUnavailable: the library or the weights are missing.
        """


class SileroVoiceActivity:
    """Loads the network on first use."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._session: Any = None

    def find_speech(self, samples: "NDArray[np.int16]") -> list[Span]:
        if len(samples) == 0:
            return []
        return spans_of(self._probabilities(samples).tolist(), len(samples))

    def _probabilities(self, samples: "NDArray[np.int16]") -> "NDArray[np.float32]":
        import numpy as np

        sound = np.pad(samples.astype(np.float32) / 32768, (0, -len(samples) % STEP))
        steps = sound.reshape(-1, STEP)
        before = np.concatenate([np.zeros((1, _CONTEXT), np.float32), steps[:-1, -_CONTEXT:]])
        state = np.zeros((1, 1, 128), np.float32)
        output, _, _ = self._load().run(None, {"input": np.concatenate([before, steps], 1), "h": state, "c": state})
        return np.asarray(output, np.float32).reshape(-1)

    def _load(self) -> Any:
        with self._lock:
            if self._session is None:
                self._session = _open_session()
            return self._session


def spans_of(probabilities: list[float], sample_count: int) -> list[Span]:
    """Return stretches of speech from the probability of each step."""
    found: list[tuple[int, int]] = []
    start: int | None = None
    quiet = 0
    for index, probability in enumerate(probabilities):
        if start is None:
            if probability >= _BEGINS:
                start, quiet = index, 0
            continue
        quiet = quiet + 1 if probability < _ENDS else 0
        if quiet > _MIN_SILENCE:
            found.append((start, index - quiet + 1))
            start = None
    if start is not None:
        found.append((start, len(probabilities) - quiet))
    return [_span(start, end, sample_count) for start, end in found if end - start >= _MIN_SPEECH]


def _span(start: int, end: int, sample_count: int) -> Span:
    return Span(start * STEP * 1000 // RATE, min(end * STEP, sample_count) * 1000 // RATE)


def _open_session() -> Any:
    package = importlib.util.find_spec("faster_whisper")
    try:
        import onnxruntime
    except ImportError as error:
        raise EngineUnavailable(f"{error.name} is not installed; install the worker's `cpu` extra.") from error
    if package is None or package.origin is None:
        raise EngineUnavailable("faster-whisper is not installed; install the worker's `cpu` extra.")
    weights = next(Path(package.origin).parent.glob("assets/silero_vad*.onnx"), None)
    if weights is None:
        raise EngineUnavailable("The package faster-whisper lacks its voice activity network; install it again.")
    options = onnxruntime.SessionOptions()
    options.inter_op_num_threads = options.intra_op_num_threads = 1
    options.log_severity_level = 4
    return onnxruntime.InferenceSession(str(weights), sess_options=options, providers=["CPUExecutionProvider"])
