"""Lets the model read what a question will be made of while the candidate is still answering the one before."""

from interview_core.contract.payloads import ForgetInterview, ReadAhead
from interview_core.contract.tasks import FORGET_INTERVIEW, READ_AHEAD
from interview_core.drafts import take_draft
from interview_worker.binding import handles
from interview_worker.gpu.question import read_upcoming
from interview_worker.gpu.resources import GpuResources


@handles(READ_AHEAD)
def read_ahead(payload: ReadAhead, resources: GpuResources) -> None:
    """Read the conversation so far, with what the candidate has typed of the present answer."""
    draft = take_draft(resources.redis, payload.interview_id)
    read_upcoming(payload.interview_id, payload.position, resources, draft)


@handles(FORGET_INTERVIEW)
def forget_interview(payload: ForgetInterview, resources: GpuResources) -> None:
    """Erase what the model keeps of an interview that was deleted."""
    resources.language_model.forget(payload.interview_id)
