"""A drawn face that a Haar cascade finds, so that no photograph of a person is needed."""

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
Place = Callable[[float, float], tuple[int, int]]


def draw_face(width: int = 640, height: int = 480, *, scale: float = 1.0) -> Picture:
    """Return a picture (BGR) with a shaded face in its middle; it is found at scales from 0.5 to 1.0."""
    center_x, center_y = width // 2, height // 2

    def place(across: float, down: float) -> tuple[int, int]:
        return center_x + int(across * scale), center_y + int(down * scale)

    def size(*lengths: float) -> tuple[int, ...]:
        return tuple(max(1, int(length * scale)) for length in lengths)

    picture = np.full((height, width, 3), 200, np.uint8)
    cv2.ellipse(picture, place(0, 0), size(110, 150), 0, 0, 360, (150, 180, 220), -1)
    for side in (-45, 45):
        cv2.ellipse(picture, place(side, -35), size(24, 12), 0, 0, 360, (240, 240, 240), -1)
        cv2.circle(picture, place(side, -35), size(9)[0], (40, 30, 20), -1)
        cv2.ellipse(picture, place(side, -60), size(30, 6), 0, 0, 360, (40, 40, 60), -1)
    for side in (-12, 12):
        cv2.line(picture, place(0 if side < 0 else -12, -25 if side < 0 else 35), place(side, 35), (110, 140, 180), 6)
    cv2.ellipse(picture, place(0, 75), size(42, 12), 0, 0, 360, (90, 90, 170), -1)
    cv2.ellipse(picture, place(0, -100), size(115, 70), 0, 180, 360, (30, 30, 40), -1)
    return _shade(cv2.GaussianBlur(picture, (0, 0), 5 * scale), place, scale)


def _shade(picture: Picture, place: Place, scale: float) -> Picture:
    """Darken the edges and the eye sockets: a cascade looks for light and shadow, and a flat drawing has none."""
    down, across = np.mgrid[0 : picture.shape[0], 0 : picture.shape[1]]
    center_x, center_y = place(0, 0)
    light = 1.1 - ((across - center_x) / (260 * scale)) ** 2 - 0.6 * ((down - center_y) / (330 * scale)) ** 2
    for side in (-45, 45):
        x, y = place(side, -40)
        light *= 1 - 0.45 * np.exp(-(((across - x) / (38 * scale)) ** 2 + ((down - y) / (24 * scale)) ** 2))
    return np.clip(picture * np.clip(light, 0.2, 1.2)[..., None], 0, 255).astype(np.uint8)


def jpeg(picture: Picture) -> bytes:
    """Return the picture as a JPEG file."""
    is_encoded, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 90])
    assert is_encoded
    return bytes(data)
