"""Smart Turn v3 through ONNX Runtime: whether speech sounds finished, by its last eight seconds, in 23 languages.

The network (BSD 2-Clause, by the makers of Pipecat; see "Speech" in the README) is no part of this project: an operator
puts its file into the folder of models. It hears what Whisper hears, a spectrogram of 80 mel bands.
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from interview_core.errors import EngineFailed, EngineUnavailable
from interview_media.end_of_turn import Heard
from interview_media.voice_activity import SAMPLE_RATE

_WINDOW_S = 8
_BANDS = 80
_FRAME, _HOP = 400, 160
_FRAMES = _WINDOW_S * SAMPLE_RATE // _HOP
_SHAPE = [_BANDS, _FRAMES]
_LEAST_POWER = 1e-10
_DYNAMICS = 8.0
"""Powers of ten below the loudest; what is quieter counts as that."""


class SmartTurn:
    name = "smart-turn"
    window_s = float(_WINDOW_S)

    def __init__(self, path: Path) -> None:
        """Load the network, or raise EngineUnavailable."""
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = False
        try:
            self._session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        except Exception as error:  # noqa: BLE001  ONNX Runtime has an error of its own for each kind of bad file
            raise EngineUnavailable(f"{path} is no network that can be loaded ({type(error).__name__}).") from None
        inputs = self._session.get_inputs()
        if len(inputs) != 1 or inputs[0].shape[1:] != _SHAPE or len(self._session.get_outputs()) != 1:
            raise EngineUnavailable(f"{path} is no Smart Turn v3: it does not take {_BANDS} bands of {_FRAMES} frames.")
        self._input = inputs[0].name

    def judge(self, heard: Heard) -> float:
        (answer,) = self._session.run(None, {self._input: spectrogram(heard.pcm)[None]})
        probability = float(np.ravel(answer)[0])
        if not 0 <= probability <= 1:
            raise EngineFailed("The network answered with no probability.")
        return probability


def spectrogram(pcm: NDArray[np.int16]) -> NDArray[np.float32]:
    """Return what the network hears of the last eight seconds: shape (80, 800); silence goes before shorter sound."""
    samples = np.zeros(_WINDOW_S * SAMPLE_RATE, np.float32)
    last = pcm[-len(samples) :]
    samples[len(samples) - len(last) :] = last / np.float32(32768)
    samples = (samples - samples.mean()) / np.sqrt(samples.var() + 1e-7)
    padded = np.pad(samples, _FRAME // 2, mode="reflect")
    frames = np.lib.stride_tricks.sliding_window_view(padded, _FRAME)[::_HOP][:_FRAMES]
    power = np.abs(np.fft.rfft(frames * _HANN)) ** 2
    bands = np.log10(np.maximum(_MEL @ power.T, _LEAST_POWER))
    scaled: NDArray[np.float32] = (np.maximum(bands, bands.max() - _DYNAMICS) / 4 + 1).astype(np.float32)
    return scaled


def _mel_filters() -> NDArray[np.float32]:
    """Return Slaney's triangles, of equal area: shape (80, 201)."""
    # Up to 1000 Hz a mel is 200/3 Hz; above, each is 6.4 ** (1/27) times the one before.
    step, corner, growth = 200 / 3, 1000.0, np.log(6.4) / 27
    highest = corner / step + np.log(SAMPLE_RATE / 2 / corner) / growth
    mels = np.linspace(0, highest, _BANDS + 2)
    edges = np.where(mels < corner / step, mels * step, corner * np.exp(growth * (mels - corner / step)))
    bins = np.fft.rfftfreq(_FRAME, 1 / SAMPLE_RATE)
    low, middle, high = edges[:-2, None], edges[1:-1, None], edges[2:, None]
    triangles = np.minimum((bins - low) / (middle - low), (high - bins) / (high - middle))
    filters: NDArray[np.float32] = (np.maximum(triangles, 0) * 2 / (high - low)).astype(np.float32)
    return filters


_HANN = np.hanning(_FRAME + 1)[:-1].astype(np.float32)
_MEL = _mel_filters()
