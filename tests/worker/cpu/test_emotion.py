"""DeepFace for real, on its ONNX backend with random weights: what it answers means nothing, that it runs does."""

import hashlib
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from interview_core.errors import EngineUnavailable
from interview_worker.engines.emotion import DeepFaceEmotion, FrameUnreadable
from tests.samples.draw_face import draw_face, jpeg
from tests.samples.make_emotion_weights import make_emotion_weights

EMOTIONS = {"angry", "disgust", "fear", "happy", "sad", "surprise", "neutral"}


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> DeepFaceEmotion:
    home: Path = tmp_path_factory.mktemp("deepface")
    make_emotion_weights(home)
    return DeepFaceEmotion(str(home))


@pytest.mark.parametrize("scale", [0.5, 0.7, 1.0])
def test_a_face_has_shares_of_seven_emotions(engine, scale):
    reading = engine.analyze(jpeg(draw_face(scale=scale)))

    assert reading.is_face_found
    assert set(reading.emotion) == EMOTIONS
    assert sum(reading.emotion.values()) == pytest.approx(1, abs=0.001)
    assert all(type(share) is float for share in reading.emotion.values())


@pytest.mark.parametrize("shade", [0, 128, 255])
def test_a_frame_without_a_face_has_no_emotion(engine, shade):
    reading = engine.analyze(jpeg(np.full((480, 640, 3), shade, np.uint8)))

    assert not reading.is_face_found
    assert reading.emotion is None


@pytest.mark.parametrize(("shade", "luminance"), [(0, 0), (128, 128), (255, 255)])
def test_a_frame_says_how_bright_it_is(engine, shade, luminance):
    reading = engine.analyze(jpeg(np.full((480, 640, 3), shade, np.uint8)))

    assert reading.luminance == pytest.approx(luminance, abs=1)
    assert reading.is_facing is None


def test_a_face_from_the_front_faces_the_screen(engine):
    reading = engine.analyze(jpeg(draw_face()))

    assert reading.is_facing is True
    assert 50 < reading.luminance < 220


class FakeCascade:
    """Finds a face in pictures that are lit from the left, as the real one finds profiles of one side only."""

    def detectMultiScale(self, picture, *_: object, **__: object):  # noqa: N802  OpenCV's name
        return [(10, 10, 80, 80)] if picture[:, :50].mean() > picture[:, -50:].mean() else []


@pytest.mark.parametrize("side", [slice(0, 320), slice(320, 640)])
def test_a_face_that_is_turned_away_to_either_side_is_a_face_and_has_no_emotion(engine, monkeypatch, side):
    engine.analyze(jpeg(draw_face()))
    monkeypatch.setattr(engine, "_profile", FakeCascade())
    picture = np.zeros((480, 640, 3), np.uint8)
    picture[:, side] = 200

    reading = engine.analyze(jpeg(picture))

    assert (reading.is_face_found, reading.is_facing, reading.emotion) == (True, False, None)


def analyze_alone(home: Path, sha256: str = "") -> str:
    """Look at a face in a process of its own, since DeepFace keeps what it has loaded; return what went wrong."""
    script = (
        "import sys; from interview_worker.engines.emotion import DeepFaceEmotion\n"
        "from interview_core.errors import EngineUnavailable\n"
        "try: DeepFaceEmotion(sys.argv[1], sys.argv[3]).analyze(open(sys.argv[2], 'rb').read())\n"
        "except EngineUnavailable as error: print(error)"
    )
    face = home / "face.jpg"
    face.write_bytes(jpeg(draw_face()))
    command = [sys.executable, "-c", script, str(home), str(face), sha256]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=120).stdout


def test_weights_that_changed_since_their_first_use_are_refused(tmp_path):
    make_emotion_weights(tmp_path)
    weights = next(tmp_path.rglob("*.onnx"))
    assert analyze_alone(tmp_path) == ""

    with weights.open("ab") as file:
        file.write(b"\0")

    assert "others than before" in analyze_alone(tmp_path)


def test_weights_of_another_hash_than_the_one_that_is_set_are_refused(tmp_path):
    make_emotion_weights(tmp_path)
    right = hashlib.sha256(next(tmp_path.rglob("*.onnx")).read_bytes()).hexdigest()

    assert analyze_alone(tmp_path, right) == ""
    assert "EMOTION_WEIGHTS_SHA256" in analyze_alone(tmp_path, "0" * 64)


@pytest.mark.parametrize("content", [b"", b"no picture", jpeg(draw_face())[:300]])
def test_bytes_that_are_no_picture_are_refused(engine, content):
    with pytest.raises(FrameUnreadable):
        engine.analyze(content)


def test_missing_weights_are_named_with_the_next_step(tmp_path):
    """In a process of its own, since DeepFace keeps what it has loaded, and without a network to load from."""
    script = (
        "import sys; from interview_worker.engines.emotion import DeepFaceEmotion\n"
        "from interview_core.errors import EngineUnavailable\n"
        "engine = DeepFaceEmotion(sys.argv[1])\n"
        "for _ in range(2):\n"
        "    try: engine.analyze(open(sys.argv[2], 'rb').read())\n"
        "    except EngineUnavailable as error: print(error)"
    )
    (tmp_path / "face.jpg").write_bytes(jpeg(draw_face()))
    output = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path), str(tmp_path / "face.jpg")],
        env={"PATH": "/usr/bin:/bin", "HTTPS_PROXY": "http://127.0.0.1:9", "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    first, second = output.stdout.splitlines()
    assert first == second
    assert "facial_expression_model_weights.onnx" in first
    assert str(tmp_path) in first


def test_missing_library_is_an_engine_that_is_not_available(monkeypatch):
    monkeypatch.setitem(sys.modules, "cv2", None)
    with pytest.raises(EngineUnavailable, match="cv2 is not installed"):
        DeepFaceEmotion().analyze(b"anything")
