"""Reasons to ask on, found by rules in an answer, with or without a model.

Conservative: what could be meant otherwise, is about something else, or is only rounded, gives nothing.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from interview_core.speech_acts import SpeechAct, is_meaningless, recognise
from interview_worker.gpu import answer_detail, claimed_figures, claimed_work
from interview_worker.gpu.claimed_figures import Contradiction

_MAX_READ = 8_000
_MAX_QUOTE = 300
_MAX_EACH = 3


class ProbeReason(StrEnum):
    """In the order in which they are taken up."""

    CONTRADICTS_RESUME = "contradicts_resume"
    CONTRADICTS_ANSWER = "contradicts_answer"
    VAGUE = "vague"
    INTERESTING = "interesting"


@dataclass(frozen=True)
class Signal:
    """One reason to ask on."""

    reason: ProbeReason
    target: str
    """What to ask about, in a few words of the answer or the claim."""
    quote: str
    """Stands in the answer literally."""
    against: str | None
    """What the answer contradicts, in the words of the résumé or of the earlier answer."""


def find_signals(
    answer: str,
    language: str,
    *,
    claims: Sequence[str],
    profile: Mapping[str, Any],
    earlier_answers: Sequence[str],
) -> list[Signal]:
    """Return the reasons to ask on, the most important first; nothing for a wish or for what says nothing."""
    act = recognise(answer, language)
    if is_meaningless(answer, language) or act not in (None, SpeechAct.DONT_KNOW):
        return []
    text = answer[:_MAX_READ]
    resume = [
        *claimed_figures.against_resume(text, claims, profile),
        *claimed_work.against_resume(text, profile),
    ]
    earlier = [
        contradiction
        for said in earlier_answers
        for contradiction in (
            *claimed_figures.against_answer(text, said[:_MAX_READ]),
            *claimed_work.against_answer(text, said[:_MAX_READ], profile),
        )
    ]
    # Who says not to know says nothing vague, yet may deny what the résumé holds.
    vague = None if act else answer_detail.vague_part(text, language)
    signals = [
        *_contradicting(ProbeReason.CONTRADICTS_RESUME, resume),
        *_contradicting(ProbeReason.CONTRADICTS_ANSWER, earlier),
        *([Signal(ProbeReason.VAGUE, vague.target, vague.quote[:_MAX_QUOTE], None)] if vague else []),
        *(
            Signal(ProbeReason.INTERESTING, part.target, part.quote[:_MAX_QUOTE], None)
            for part in answer_detail.interesting_parts(text)
        ),
    ]
    return list(_limited(signals))


def _contradicting(reason: ProbeReason, found: Iterable[Contradiction]) -> Iterator[Signal]:
    return (Signal(reason, item.target, item.quote[:_MAX_QUOTE], item.against[:_MAX_QUOTE]) for item in found)


def _limited(signals: Iterable[Signal]) -> Iterator[Signal]:
    """Yield each quote once for a reason, and no more than a few for each."""
    seen: dict[ProbeReason, set[str]] = {reason: set() for reason in ProbeReason}
    for signal in signals:
        quotes = seen[signal.reason]
        if signal.quote not in quotes and len(quotes) < _MAX_EACH:
            quotes.add(signal.quote)
            yield signal
