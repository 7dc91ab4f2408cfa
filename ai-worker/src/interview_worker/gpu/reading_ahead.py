"""Lets the model read what a question will be made of while the candidate is still answering the one before."""

from uuid import UUID

from interview_core.contract.payloads import ForgetInterview, ReadAhead
from interview_core.contract.tasks import FORGET_INTERVIEW, READ_AHEAD
from interview_core.db.interviews import load_state
from interview_core.db.speech import load_take, newest_take
from interview_core.drafts import Draft, take_draft
from interview_worker.binding import handles
from interview_worker.gpu.question import read_upcoming
from interview_worker.gpu.resources import GpuResources


@handles(READ_AHEAD)
def read_ahead(payload: ReadAhead, resources: GpuResources) -> None:
    """Read the conversation so far, with what the candidate has typed or said of the present answer."""
    draft = take_draft(resources.redis, payload.interview_id) or _said_so_far(payload.interview_id, resources)
    read_upcoming(payload.interview_id, payload.position, resources, draft)


def _said_so_far(interview_id: UUID, resources: GpuResources) -> Draft | None:
    """Return what is written down already of an answer that is being spoken."""
    with resources.session() as session:
        turn = load_state(session, interview_id).open_turn
        take = newest_take(session, turn.question_id) if turn else None
        if turn is None or take is None:
            return None
        return Draft(turn.question_id, load_take(session, turn.question_id, take).text)


@handles(FORGET_INTERVIEW)
def forget_interview(payload: ForgetInterview, resources: GpuResources) -> None:
    """Erase what the model keeps of an interview that was deleted."""
    resources.language_model.forget(payload.interview_id)
