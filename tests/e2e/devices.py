"""A microphone that plays espeak-ng's Korean, and a camera that shows a drawn face, for a real Chromium."""

from pathlib import Path

import numpy as np

from tests.samples.draw_face import draw_face, jpeg
from tests.samples.speak import encode, silence, speak

SENTENCE = "캐시를 두었고 응답이 절반으로 빨라졌습니다."
QUIET_S = 1.5

FAKE = ["--use-fake-device-for-media-stream", "--autoplay-policy=no-user-gesture-required"]
ALLOWED = "--use-fake-ui-for-media-stream"
REFUSED = "--deny-permission-prompts"


def write_microphone(folder: Path) -> tuple[Path, float]:
    """Write what the microphone plays again and again; return the file and how many seconds of it are speech."""
    spoken = speak(SENTENCE)
    path = folder / "microphone.wav"
    path.write_bytes(encode(np.concatenate([spoken, silence(QUIET_S)]), "wav", rate=48_000))
    return path, len(spoken) / 16_000


def write_camera(folder: Path) -> Path:
    """Write what the camera shows: one face, a little brighter and darker as a real sensor's picture is."""
    path = folder / "camera.mjpeg"
    face = draw_face().astype(np.int16)
    frames = [np.clip(face + change, 0, 255).astype(np.uint8) for change in (-4, -2, 0, 2, 4, 2, 0, -2)]
    path.write_bytes(b"".join(jpeg(frame) for frame in frames * 4))
    return path
