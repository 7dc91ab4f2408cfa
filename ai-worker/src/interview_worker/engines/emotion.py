"""DeepFace's emotion network, on its ONNX backend and behind a face detection of our own."""

import hashlib
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
    """What one frame shows.

    `emotion` gives each emotion's share, 0 to 1; it is absent where no face is seen from the front. `is_facing` is
    absent where there is no face, `luminance` is the picture's mean brightness, 0 to 255.
    """

    is_face_found: bool
    emotion: dict[str, float] | None
    is_facing: bool | None = None
    luminance: float | None = None


class EmotionEngine(Protocol):
    """Looks at one video frame."""

    def analyze(self, jpeg: bytes) -> FaceReading:
        """Return what the frame shows.

        Raises:
            FrameUnreadable: the bytes are no picture.
            EngineUnavailable: the library or its weights are missing.
        """


class DeepFaceEmotion:
    """Loads the network on first use, from the folder `home` as DeepFace lays it out ("" is DeepFace's own choice).

    `sha256` is what its weights must have; "" takes those of the first use, and refuses others afterwards.
    """

    def __init__(self, home: str = "", sha256: str = "") -> None:
        self._home = home
        self._sha256 = sha256
        self._lock = threading.Lock()
        self._front: Any = None
        self._profile: Any = None
        self._deepface: Any = None
        self._retry_at_s = 0.0

    def analyze(self, jpeg: bytes) -> FaceReading:
        cv2 = _import("cv2")
        picture = _decode(cv2, jpeg)
        with self._lock:
            self._load_detectors(cv2)
            small, scale = _shrink(cv2, picture)
            luminance = round(float(small.mean()), 1)
            face = _largest(self._front, small)
            if face is not None:
                left, top, across, down = (round(int(value) / scale) for value in face)
                emotion = self._read_emotion(picture[top : top + down, left : left + across])
                return FaceReading(True, emotion, is_facing=True, luminance=luminance)
            # DeepFace asked about a frame without a face invents an emotion, so it is not asked.
            is_seen = self._is_profile_seen(cv2, small)
            return FaceReading(is_seen, None, is_facing=False if is_seen else None, luminance=luminance)

    def _load_detectors(self, cv2: Any) -> None:
        if self._front is None:
            self._front = cv2.CascadeClassifier(cv2.data.haarcascades + "haarcascade_frontalface_default.xml")
            self._profile = cv2.CascadeClassifier(cv2.data.haarcascades + "haarcascade_profileface.xml")

    def _is_profile_seen(self, cv2: Any, small: Any) -> bool:
        """Tell whether a face is turned to the side; the cascade knows one side only."""
        return any(_largest(self._profile, view) is not None for view in (small, cv2.flip(small, 1)))

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
            self._deepface = _load_deepface(self._home, self._sha256)
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


def _shrink(cv2: Any, picture: Any) -> tuple[Any, float]:
    """Return the picture in grey, as small as detection needs it, and by how much it shrank."""
    height, width = picture.shape[:2]
    scale = min(1.0, _DETECTION_WIDTH / width)
    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    return cv2.resize(grey, (round(width * scale), round(height * scale))), scale


def _largest(detector: Any, picture: Any) -> Any:
    """Return the box of the largest face (left, top, across, down), or None."""
    faces = detector.detectMultiScale(picture, 1.2, 5, minSize=(_MIN_FACE, _MIN_FACE))
    return max(faces, key=lambda box: box[2] * box[3]) if len(faces) else None


def _load_deepface(home: str, sha256: str) -> Any:
    # DeepFace reads both when it is imported; its other backends are TensorFlow and PyTorch.
    os.environ["DEEPFACE_BACKEND_ENGINE"] = "onnx"
    os.environ.setdefault("DEEPFACE_LOG_LEVEL", "40")
    if home:
        os.environ["DEEPFACE_HOME"] = home
    weights = Path(home or os.environ.get("DEEPFACE_HOME", "~")).expanduser() / _WEIGHTS
    try:
        library = _import("deepface.DeepFace")
        if weights.exists():
            _check_weights(weights, sha256)  # before anything of theirs runs
        library.build_model(task="facial_attribute", model_name="Emotion")
    except EngineUnavailable:
        raise
    except Exception as error:
        # Missing weights, no network, a damaged file: DeepFace raises a different type for each.
        raise _weights_missing(home) from error
    _check_weights(weights, sha256)
    return library


def _check_weights(weights: Path, sha256: str) -> None:
    """Compare the weights with the hash that is wanted, else with the one they had when they were first used.

    Raises:
        EngineUnavailable: they are other weights.
    """
    found = hashlib.sha256(weights.read_bytes()).hexdigest()
    note = weights.with_name(f"{weights.name}.sha256")
    if not sha256 and not note.exists():
        note.write_text(f"{found}\n")
        return
    if found != (sha256 or note.read_text().strip()).lower():
        raise EngineUnavailable(
            f"The emotion network's weights at {weights} are others than before: SHA-256 {found}. Where that is meant,"
            f" set EMOTION_WEIGHTS_SHA256 to it or remove {note.name}; else remove the weights."
        )


def _weights_missing(home: str) -> EngineUnavailable:
    place = Path(home or os.environ.get("DEEPFACE_HOME", "~")) / _WEIGHTS
    return EngineUnavailable(
        f"The emotion network's weights at {place} are missing or damaged and could not be downloaded; put"
        f" {_WEIGHTS.name} of the deepface_models releases there, or switch emotion analysis off."
    )
