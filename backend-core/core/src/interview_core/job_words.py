"""What a job description says of a stage: the words of `stages.yaml`, as they stand in it."""

import re
from collections.abc import Sequence

# Learning that machines do says nothing about people who learn.
_OF_MACHINES = re.compile(
    r"\b(?:machine|deep|reinforcement|federated|transfer|supervised|unsupervised|representation)[ -]learning\b"
    r"|(?:기계|강화|전이|지도|비지도|모델|사전|분산|추가)\s?학습|학습\s?(?:데이터|모델|률|파이프라인|속도|코드)",
    re.IGNORECASE,
)


def find_words(words: Sequence[str], job_description: str) -> str | None:
    """Return the first of the words that a job description says, as it says it; None when it says none.

    A word in Latin letters begins a word of the text and is returned whole: `collaborat` finds "collaboration".
    """
    text = _OF_MACHINES.sub(" ", job_description)
    found = (re.search(_as_said(word), text, re.IGNORECASE) for word in words)
    return next((match.group() for match in found if match), None)


def _as_said(word: str) -> str:
    return rf"(?<![A-Za-z]){re.escape(word)}[A-Za-z]*(?:-[A-Za-z]+)*" if word.isascii() else re.escape(word)
