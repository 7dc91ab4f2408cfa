"""Hints to the workers' models. They only make things quicker or better, so one that is lost is no error."""

from uuid import UUID

import structlog
from redis.exceptions import RedisError

from interview_api.resources import Resources
from interview_core.contract.broker import BrokerUnavailable
from interview_core.contract.payloads import EmbedFocus, ForgetInterview, ReadAhead
from interview_core.contract.tasks import EMBED_FOCUS, FORGET_INTERVIEW, READ_AHEAD
from interview_core.drafts import Draft, put_draft

log = structlog.get_logger(__name__)


def read_ahead(resources: Resources, interview_id: UUID, position: int, draft: Draft | None = None) -> None:
    """Let the model begin to read what the question at a position will be made of."""
    try:
        if draft is not None:
            put_draft(resources.redis, interview_id, draft)
        resources.broker.dispatch(READ_AHEAD, ReadAhead(interview_id=interview_id, position=position))
    except (RedisError, BrokerUnavailable):
        log.info("hint not sent", task=READ_AHEAD.name)


def embed_focus(resources: Resources, interview_id: UUID) -> None:
    """Let questions of the bank be found by what an interview is about."""
    try:
        resources.broker.dispatch(EMBED_FOCUS, EmbedFocus(interview_id=interview_id))
    except BrokerUnavailable:
        log.info("hint not sent", task=EMBED_FOCUS.name)


def forget(resources: Resources, interview_id: UUID) -> None:
    """Let the model erase what it keeps of an interview."""
    try:
        resources.broker.dispatch(FORGET_INTERVIEW, ForgetInterview(interview_id=interview_id))
    except BrokerUnavailable:
        log.warning("hint not sent", task=FORGET_INTERVIEW.name)
