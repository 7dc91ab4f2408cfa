"""What a question depends on, and what a written question is."""

from dataclasses import dataclass, field
from dataclasses import fields as dataclass_fields
from typing import Any, Protocol, Self
from uuid import UUID

from interview_core.db.questions import Place
from interview_core.scenario import Difficulty, QuestionType
from interview_worker.engines.language_model import (
    GenerationResult,
)
from interview_worker.gpu.bank_material import BankMaterial
from interview_worker.gpu.provenance import AnsweredBy
from interview_worker.gpu.resume_facts import ResumeFacts
from interview_worker.gpu.returning import PastTopic

_MAX_QUOTED = 160


@dataclass(frozen=True)
class PastTurn:
    """A question that was asked, and its answer; None when there is none yet."""

    question: str
    answer: str | None
    is_skipped: bool
    type: str | None
    bank_id: str | None
    is_closed: bool = False
    """Skipped or declined: not to be taken up again."""


@dataclass(frozen=True)
class OpenClaim:
    """A statement of the résumé that no question has probed."""

    id: UUID
    about: str | None
    text: str


@dataclass(frozen=True)
class Situation:
    """All that the next question depends on."""

    interview_id: UUID
    """Or the question set's."""
    language: str
    place: Place
    role: str
    company: str | None
    company_description: str | None
    job_description: str | None
    facts: ResumeFacts
    turns: tuple[PastTurn, ...] = ()
    answered_ms_ago: int | None = None
    """How long the candidate has been waiting for the question."""
    claims: tuple[OpenClaim, ...] = ()
    """What the question may probe, the most promising first."""
    returns_to: PastTopic | None = None
    bank: BankMaterial = field(default_factory=BankMaterial)

    @property
    def stage(self) -> str:
        """The stage that the question belongs to by its content."""
        return self.returns_to.stage if self.returns_to else self.place.planned.stage

    @property
    def competency(self) -> str | None:
        return self.returns_to.competency if self.returns_to else self.place.planned.competency

    @property
    def position(self) -> int:
        return self.place.position

    @property
    def reason(self) -> str:
        """Why the candidate is asked here, with the question that opened the topic to which this one goes back."""
        template, topic = self.place.planned.going_back_reason, self.returns_to
        if template is None or topic is None or len(topic.question) > _MAX_QUOTED:
            return self.place.reason(self.language)
        return template.format(question=topic.question)

    @property
    def is_follow_up(self) -> bool:
        """Whether to go deeper into the answer before."""
        return self.place.probe > 0

    @property
    def seed(self) -> str:
        return f"{self.interview_id}:{self.position}"

    @property
    def asked(self) -> tuple[str, ...]:
        return tuple(turn.question for turn in self.turns)


@dataclass(frozen=True)
class WrittenQuestion:
    """A question that may be asked, with what is stored beside it."""

    text: str
    type: QuestionType | None
    difficulty: Difficulty | None
    topic: str | None
    source_quote: str | None
    covers: list[str]
    answered_by: AnsweredBy
    claim_id: UUID | None = None
    reason: str | None = None
    """Why it is asked, where its own text says more than its place in the plan."""
    result: GenerationResult | None = field(default=None, compare=False)
    """What the model took; it is not stored with a prepared question."""

    def store(self) -> dict[str, Any]:
        """Return all of it as JSON."""
        fields = {item.name: getattr(self, item.name) for item in dataclass_fields(self) if item.name != "result"}
        claim_id = str(self.claim_id) if self.claim_id else None
        return {**fields, "answered_by": self.answered_by.model_dump(mode="json"), "claim_id": claim_id}

    @classmethod
    def read(cls, stored: dict[str, Any]) -> Self:
        """Return what `store` made."""
        answered_by = AnsweredBy.model_validate(stored["answered_by"])
        claim_id = UUID(stored["claim_id"]) if stored["claim_id"] else None
        return cls(**{**stored, "answered_by": answered_by, "claim_id": claim_id})


class Listener(Protocol):
    """Follows a question while it is written."""

    def on_text(self, text: str) -> None:
        """Take a piece of the question, as the model writes it."""

    def on_reset(self) -> None:
        """Forget the pieces so far: another attempt begins."""
