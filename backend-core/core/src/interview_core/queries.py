"""What somebody searches for, on its way to the worker that knows its vector, and the vector on its way back."""

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from redis import Redis
from redis.exceptions import TimeoutError as RedisTimeout

EXPIRES_S = 10
_WAIT_S = 0.5


@dataclass(frozen=True)
class QueryVector:
    """A query's place among the vectors of a model."""

    model: str
    vector: list[float]


def put_query(redis: Redis, query_id: UUID, text: str) -> None:
    """Leave a query for the worker; it is gone after some seconds."""
    redis.set(_query_slot(query_id), text, ex=EXPIRES_S)


def take_query(redis: Redis, query_id: UUID) -> str | None:
    """Take a query away; None when nobody waits for it any more."""
    text = redis.getdel(_query_slot(query_id))
    return text.decode() if isinstance(text, bytes) else None


def reply_to_query(redis: Redis, query_id: UUID, model: str, vector: Sequence[float]) -> None:
    """Give the query's vector to whoever waits for it."""
    pipeline = redis.pipeline()
    pipeline.rpush(_reply_slot(query_id), json.dumps({"model": model, "vector": list(vector)}))
    pipeline.expire(_reply_slot(query_id), EXPIRES_S)
    pipeline.execute()


def await_reply(redis: Redis, query_id: UUID, *, within_s: float) -> QueryVector | None:
    """Wait for a query's vector; None when no worker gave it in time."""
    deadline = time.monotonic() + within_s
    while (left_s := deadline - time.monotonic()) > 0:
        try:
            entry = redis.blpop([_reply_slot(query_id)], timeout=min(_WAIT_S, max(left_s, 0.01)))
        except RedisTimeout:
            continue
        if isinstance(entry, (list, tuple)):
            fields = json.loads(entry[1])
            return QueryVector(fields["model"], fields["vector"])
    return None


def _query_slot(query_id: UUID) -> str:
    return f"query:{query_id}"


def _reply_slot(query_id: UUID) -> str:
    return f"query-reply:{query_id}"
