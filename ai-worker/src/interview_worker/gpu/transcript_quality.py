"""Whether an answer's words are good enough to be judged at all."""

import re

from interview_worker.gpu.findings import TranscriptProblem
from interview_worker.gpu.seen_answer import see

MIN_ANSWER = 20
"""Letters and digits below which an answer is not judged."""

MIN_PROBABILITY = 0.5
"""Of the mean word. Below it every second word may be another one than was said."""

_MIN_WORDS = 5
_MIN_DISTINCT = 0.25


def problem_of(text: str, mean_probability: float | None = None) -> TranscriptProblem | None:
    """Return why an answer is too poor to judge; None when it is not.

    `mean_probability`, 0 to 1, is how sure a speech recognition is of its words; None for a typed answer.
    """
    if _letters(text) < MIN_ANSWER:
        return TranscriptProblem.TOO_SHORT
    if mean_probability is not None and mean_probability < MIN_PROBABILITY:
        return TranscriptProblem.LOW_CONFIDENCE
    seen = see(text).text
    if _letters(seen) < MIN_ANSWER or _repeats_itself(seen):
        return TranscriptProblem.MEANINGLESS
    return None


def _letters(text: str) -> int:
    return sum(char.isalnum() for char in text)


def _repeats_itself(text: str) -> bool:
    words = re.findall(r"\w+", text.casefold())
    characters = {char for char in text.casefold() if char.isalnum()}
    if len(characters) < _MIN_WORDS:
        return True
    return len(words) >= 4 * _MIN_WORDS and len(set(words)) / len(words) < _MIN_DISTINCT
