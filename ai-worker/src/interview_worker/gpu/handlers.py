"""The handlers of the GPU queue; importing this binds them."""

from interview_worker.gpu import evaluation, question, report

__all__ = ["evaluation", "question", "report"]
