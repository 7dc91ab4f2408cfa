"""What the camera showed, put together; the frames themselves are gone."""

from collections.abc import Sequence

from interview_api.speech.schemas import EmotionPoint, Lighting, PictureDelivery
from interview_core.db.tables import FrameAnalysis

_STEP_MS = 10_000
_DARK, _DIM, _BRIGHT = 50, 90, 200
"""Mean brightness of a picture in which a face is lost, hard to see, washed out."""


def gather_frames(frames: Sequence[FrameAnalysis]) -> PictureDelivery:
    """Return the shares of at least one frame."""
    with_face = [frame for frame in frames if frame.is_face_found]
    known = [frame.is_facing for frame in with_face if frame.is_facing is not None]
    light = [frame.luminance for frame in frames if frame.luminance is not None]
    mean = sum(light) / len(light) if light else None
    return PictureDelivery(
        frames=len(frames),
        face_share=round(len(with_face) / len(frames), 3),
        facing_share=round(sum(known) / len(known), 3) if known else None,
        luminance=round(mean, 1) if mean is not None else None,
        lighting=_lighting(mean) if mean is not None else None,
        emotion=_emotions(frames),
    )


def _lighting(luminance: float) -> Lighting:
    if luminance < _DARK:
        return Lighting.DARK
    if luminance < _DIM:
        return Lighting.DIM
    return Lighting.BRIGHT if luminance > _BRIGHT else Lighting.GOOD


def _emotions(frames: Sequence[FrameAnalysis]) -> list[EmotionPoint]:
    steps: dict[tuple[int, int], list[dict[str, float]]] = {}
    for frame in frames:
        if frame.emotion:
            steps.setdefault((frame.epoch, frame.frame_ms // _STEP_MS), []).append(frame.emotion)
    return [
        EmotionPoint(
            epoch=epoch,
            start_ms=step * _STEP_MS,
            end_ms=(step + 1) * _STEP_MS,
            shares={name: round(sum(item.get(name, 0) for item in found) / len(found), 3) for name in found[0]},
        )
        for (epoch, step), found in sorted(steps.items())
    ]
