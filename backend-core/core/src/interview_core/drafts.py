"""An answer that is still being typed, on its way from the backend to the GPU worker. It is never stored."""

import json
from dataclasses import dataclass
from uuid import UUID

from redis import Redis

EXPIRES_S = 10


@dataclass(frozen=True)
class Draft:
    """What a candidate has typed so far to a question."""

    question_id: UUID
    text: str


def put_draft(redis: Redis, interview_id: UUID, draft: Draft) -> None:
    """Leave the newest draft for the worker, in place of one that it has not taken yet."""
    packed = json.dumps({"question_id": str(draft.question_id), "text": draft.text})
    redis.set(_slot(interview_id), packed, ex=EXPIRES_S)


def take_draft(redis: Redis, interview_id: UUID) -> Draft | None:
    """Take the newest draft away; None when there is none, or when it was taken already."""
    packed = redis.getdel(_slot(interview_id))
    if not isinstance(packed, bytes):
        return None
    fields = json.loads(packed)
    return Draft(UUID(fields["question_id"]), fields["text"])


def _slot(interview_id: UUID) -> str:
    return f"draft:{interview_id}"
