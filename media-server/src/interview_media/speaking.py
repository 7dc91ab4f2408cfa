"""When somebody speaks, from the probability of a voice in each frame. Pure; positions are samples of 16 kHz."""

from collections.abc import Iterable
from dataclasses import dataclass

from interview_media.voice_activity import FRAME

IS_VOICE = 0.5
IS_SILENCE = 0.35
_FRAMES_TO_BEGIN = 3
_FRAMES_TO_STOP = 8


@dataclass(frozen=True, slots=True)
class Change:
    """Speech began, or stopped, at a position; known some frames later."""

    at: int
    is_speaking: bool


class SpeakingDetector:
    """Speech begins with 96 ms of a voice and stops with 256 ms without one; what is in between changes nothing."""

    def __init__(self) -> None:
        self.speaking_since: int | None = None
        self._run = 0

    def hear(self, begins_at: int, voices: Iterable[float]) -> list[Change]:
        """Return what changed in the frames from `begins_at` on."""
        changes = []
        position = begins_at
        for voice in voices:
            position += FRAME
            if change := self._take(float(voice), position):
                changes.append(change)
        return changes

    def stop(self, at: int) -> list[Change]:
        """Say that the audio breaks off."""
        self._run = 0
        if self.speaking_since is None:
            return []
        self.speaking_since = None
        return [Change(at, is_speaking=False)]

    def _take(self, voice: float, frame_end: int) -> Change | None:
        is_speaking = self.speaking_since is not None
        counts = voice < IS_SILENCE if is_speaking else voice > IS_VOICE
        self._run = self._run + 1 if counts else 0
        if self._run < (_FRAMES_TO_STOP if is_speaking else _FRAMES_TO_BEGIN):
            return None
        at = frame_end - self._run * FRAME
        self._run = 0
        self.speaking_since = None if is_speaking else at
        return Change(at, is_speaking=not is_speaking)
