"""What a candidate needs to be on equal terms. It changes timers and turn-taking, and nothing that judges reads it."""

from pydantic import BaseModel, ConfigDict, Field

from interview_core.interview import MOMENT_S
from interview_core.scenario import Patience

_LONGER = 2
_MAX_SILENCE_MS = 60_000


class Accommodations(BaseModel):
    """Stored with the interview; the page reads what it has to draw differently."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    extra_time: float = Field(default=1, ge=1, le=3, description="Factor on every time limit.")
    longer_pauses: bool = Field(default=False, description="Silence ends an answer only after twice as long.")
    text_only: bool = Field(default=False, description="No microphone; answers are typed.")
    captions: bool = Field(default=False, description="Whatever is spoken is also shown as text.")
    no_camera: bool = False
    breaks: bool = Field(default=False, description="The page offers a break between topics.")

    @property
    def moment_s(self) -> float:
        """How long a moment to think stops the clock."""
        return MOMENT_S * (_LONGER if self.longer_pauses else 1)

    def patience(self, stage: Patience) -> Patience:
        """Return how long silence lasts before an answer is over, from what a stage allows everybody."""
        if not self.longer_pauses:
            return stage
        return Patience(
            min_silence_ms=stage.min_silence_ms * _LONGER,
            max_silence_ms=min(stage.max_silence_ms * _LONGER, _MAX_SILENCE_MS),
        )
