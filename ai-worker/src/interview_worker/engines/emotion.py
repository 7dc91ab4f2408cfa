"""DeepFace's emotion network, on its ONNX backend and behind a face detection of our own."""

import importlib
import os
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from interview_core.errors import EngineFailed, EngineUnavailable

_WEIGHTS = Path(".deepface", "weights", "facial_expression_model_weights.onnx")
# Detection is nine tenths of the cost of a frame and does not need more detail than this.
_DETECTION_WIDTH = 320
_MIN_FACE = 40
_RETRY_S = 60


class FrameUnreadable(EngineFailed):
    code = "FRAME_UNREADABLE"


@dataclass(frozen=True)
class FaceReading:
    """What one frame shows. `emotion` gives each emotion's share, 0 to 1; it is absent where there is no face."""

    is_face_found: bool
    emotion: dict[str, float] | None


class EmotionEngine(Protocol):
    """Looks at one video frame."""

    def analyze(self, jpeg: bytes) -> FaceReading:
        """Return what the frame shows.

        Raises:
            FrameUnreadable: the bytes are no picture.
            EngineUnavailable: the library or its weights are missing.
        """


class DeepFaceEmotion:
    """Loads the network on first use, from the folder `home` as DeepFace lays it out ("" is DeepFace's own choice)."""

    def __init__(self, home: str = "") -> None:
        self._home = home
        self._lock = threading.Lock()
        self._detector: Any = None
        self._deepface: Any = None
        self._retry_at_s = 0.0

    def analyze(self, jpeg: bytes) -> FaceReading:
        cv2 = _import("cv2")
        picture = _decode(cv2, jpeg)
        with self._lock:
            face = self._find_face(cv2, picture)
            # DeepFace asked about a frame without a face invents an emotion, so it is not asked.
            return FaceReading(True, self._read_emotion(face)) if face is not None else FaceReading(False, None)

    def _find_face(self, cv2: Any, picture: Any) -> Any:
        """Return the largest face cut out of the picture, or None."""
        if self._detector is None:
            self._detector = cv2.CascadeClassifier(cv2.data.haarcascades + "haarcascade_frontalface_default.xml")
        height, width = picture.shape[:2]
        scale = min(1.0, _DETECTION_WIDTH / width)
        small = cv2.resize(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), (round(width * scale), round(height * scale)))
        faces = self._detector.detectMultiScale(small, 1.2, 5, minSize=(_MIN_FACE, _MIN_FACE))
        if len(faces) == 0:
            return None
        left, top, across, down = (round(int(value) / scale) for value in max(faces, key=lambda box: box[2] * box[3]))
        return picture[top : top + down, left : left + across]

    def _read_emotion(self, face: Any) -> dict[str, float]:
        deepface = self._load()
        try:
            readings = deepface.analyze(
                face, actions=("emotion",), detector_backend="skip", enforce_detection=False, silent=True
            )
        except (ValueError, OSError) as error:
            raise _weights_missing(self._home) from error
        shares = {name: float(percent) / 100 for name, percent in readings[0]["emotion"].items()}
        return {name: round(share, 4) for name, share in shares.items()}

    def _load(self) -> Any:
        if self._deepface is None:
            if time.monotonic() < self._retry_at_s:
                raise _weights_missing(self._home)
            # A failed download takes longer than a frame is worth, so it is not tried again with every frame.
            self._retry_at_s = time.monotonic() + _RETRY_S
            self._deepface = _load_deepface(self._home)
        return self._deepface


def _import(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise EngineUnavailable(f"{name} is not installed ({error}); install the worker's `cpu` extra.") from error


def _decode(cv2: Any, jpeg: bytes) -> Any:
    numpy = _import("numpy")
    picture = cv2.imdecode(numpy.frombuffer(jpeg, numpy.uint8), cv2.IMREAD_COLOR) if jpeg else None
    if picture is None:
        raise FrameUnreadable("The frame is no readable picture.")
    return picture


def _load_deepface(home: str) -> Any:
    # DeepFace reads both when it is imported; its other backends are TensorFlow and PyTorch.
    os.environ["DEEPFACE_BACKEND_ENGINE"] = "onnx"
    os.environ.setdefault("DEEPFACE_LOG_LEVEL", "40")
    if home:
        os.environ["DEEPFACE_HOME"] = home
    try:
        library = _import("deepface.DeepFace")
        library.build_model(task="facial_attribute", model_name="Emotion")
    except EngineUnavailable:
        raise
    except Exception as error:
        # Missing weights, no network, a damaged file: DeepFace raises a different type for each.
        raise _weights_missing(home) from error
    return library


def _weights_missing(home: str) -> EngineUnavailable:
    place = Path(home or os.environ.get("DEEPFACE_HOME", "~")) / _WEIGHTS
    return EngineUnavailable(
        f"The emotion network's weights at {place} are missing or damaged and could not be downloaded; put"
        f" {_WEIGHTS.name} of the deepface_models releases there, or switch emotion analysis off."
    )
