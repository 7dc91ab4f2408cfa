"""What an answer keeps of having been spoken."""

from dataclasses import dataclass
from typing import Any

from interview_core.db.tables import AnswerSource
from interview_core.speech import SegmentId


@dataclass(frozen=True)
class SpokenText:
    """What an answer keeps of having been spoken."""

    take: int
    transcript: str
    edits: list[dict[str, Any]]
    missing: list[SegmentId]

    @property
    def fields(self) -> dict[str, Any]:
        """The columns of `answer`."""
        missing = [{"epoch": item.epoch, "sequence": item.sequence} for item in self.missing]
        return {
            "source": AnswerSource.VOICE,
            "take": self.take,
            "transcript": self.transcript,
            "transcript_edits": self.edits,
            "missing_segments": missing or None,
        }
