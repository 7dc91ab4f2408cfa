"""To which topic a late question goes back: the one with the weakest or with the strongest answers so far."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from uuid import UUID

from interview_core.db.tables import Answer, Question
from interview_core.interview_state import Outcome
from interview_core.scenario import Extreme

_OPENING = frozenset({"introduction", "final", "review", "highlight"})
_WHOLE_ANSWER = 120
"""Words after which more of them say no more."""
_FIGURE = re.compile(r"\d")


@dataclass(frozen=True)
class PastTopic:
    """A topic of the interview, by its opening question."""

    slot: int
    stage: str
    title: str
    competency: str | None
    question: str


def choose_topic(
    wanted: Extreme,
    turns: Sequence[tuple[Question, Answer | None]],
    scores: Mapping[UUID, float | None],
    hide: Callable[[str], str],
) -> PastTopic | None:
    """Return the topic to go back to; None when there is none that may be taken up again.

    Scores decide where answers have them; else how much was said, with which figures. What was skipped or declined,
    and what the candidate did not know twice, is left alone.
    """
    topics: dict[int, list[tuple[Question, Answer]]] = {}
    for question, answer in turns:
        if answer is not None and question.slot is not None and question.stage not in _OPENING:
            topics.setdefault(question.slot, []).append((question, answer))
    open_topics = {slot: said for slot, said in topics.items() if _may_return(said)}
    if not open_topics:
        return None
    strengths = {slot: fmean(_strength(answer, scores) for _, answer in said) for slot, said in open_topics.items()}
    pick = min if wanted == "weakest" else max
    slot = pick(strengths, key=lambda key: (strengths[key], -key))
    first = open_topics[slot][0][0]
    return PastTopic(slot, first.stage, first.stage_title, first.competency, hide(first.text))


def _may_return(said: Sequence[tuple[Question, Answer]]) -> bool:
    outcomes = [answer.outcome for _, answer in said]
    closed = {Outcome.SKIPPED, Outcome.DECLINED}
    return not closed & set(outcomes) and outcomes.count(Outcome.DONT_KNOW) < 2


def _strength(answer: Answer, scores: Mapping[UUID, float | None]) -> float:
    """Return 0 to 100."""
    score = scores.get(answer.id)
    if score is not None:
        return score
    words = answer.text.split()
    figures = sum(bool(_FIGURE.search(word)) for word in words)
    return 70 * min(len(words) / _WHOLE_ANSWER, 1) + min(10 * figures, 30)
