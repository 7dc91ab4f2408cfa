"""What to practise next, taken from what was found: nothing here is written by a model."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from uuid import UUID

from interview_worker.gpu.claims import ClaimResult, ClaimVerdict
from interview_worker.gpu.findings import Stored, Verdict

MAX_ITEMS = 6


class PracticeKind(StrEnum):
    CONTRADICTED_CLAIM = "contradicted_claim"
    MISSED_ASPECT = "missed_aspect"
    STAR_PART = "star_part"
    IMPROVEMENT = "improvement"


class PracticeItem(Stored):
    kind: PracticeKind
    text: str
    """The claim, aspect or improvement in words; of a STAR part its name."""
    competency: str | None = None
    question_id: UUID | None = None


@dataclass(frozen=True)
class JudgedTurn:
    """A question with how its answer was judged."""

    question_id: UUID
    competency: str | None
    verdict: Verdict


def practice(turns: Sequence[JudgedTurn], claims: Sequence[ClaimResult]) -> list[PracticeItem]:
    """Return what to practise: contradictions first, then what was missing, of each answer in turn, weakest first."""
    scored = [turn for turn in turns if turn.verdict.score is not None]
    weakest_first = sorted(scored, key=lambda turn: turn.verdict.score or 0)
    contradictions = [
        PracticeItem(
            kind=PracticeKind.CONTRADICTED_CLAIM,
            text=claim.text,
            question_id=claim.evidence.question_id if claim.evidence else None,
        )
        for claim in claims
        if claim.verdict is ClaimVerdict.CONTRADICTED
    ]
    in_turn = _alternating([list(_of_turn(turn)) for turn in weakest_first])
    return [*contradictions, *in_turn][:MAX_ITEMS]


def _of_turn(turn: JudgedTurn) -> Iterator[PracticeItem]:
    findings = turn.verdict.findings
    missing = [
        *((PracticeKind.MISSED_ASPECT, text) for text in findings.missed),
        *((PracticeKind.STAR_PART, item.part) for item in findings.star if item.evidence is None),
        *((PracticeKind.IMPROVEMENT, point.text) for point in findings.points if point.kind == "improvement"),
    ]
    for kind, text in missing:
        yield PracticeItem(kind=kind, text=text, competency=turn.competency, question_id=turn.question_id)


def _alternating(lists: Sequence[Sequence[PracticeItem]]) -> Iterator[PracticeItem]:
    longest = max(map(len, lists), default=0)
    items = (items[place] for place in range(longest) for items in lists if place < len(items))
    return islice(items, MAX_ITEMS)
