"""The handlers of the GPU queue; importing this binds them."""

from interview_worker.gpu import (
    evaluation,
    learning,
    preparing,
    profile_completion,
    question,
    question_set,
    reading_ahead,
    report,
)

__all__ = [
    "evaluation",
    "learning",
    "preparing",
    "profile_completion",
    "question",
    "question_set",
    "reading_ahead",
    "report",
]
