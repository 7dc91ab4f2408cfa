"""The handlers of the GPU queue; importing this binds them."""

from interview_worker.gpu import evaluation, question, reading_ahead, report

__all__ = ["evaluation", "question", "reading_ahead", "report"]
