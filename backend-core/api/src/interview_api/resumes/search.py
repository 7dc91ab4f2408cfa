"""Search by meaning: a worker gives the query's vector, the database finds what is near it."""

from uuid import UUID, uuid4

from redis.exceptions import RedisError

from interview_api.resources import Resources
from interview_core.contract.broker import BrokerUnavailable
from interview_core.contract.payloads import EmbedQuery
from interview_core.contract.tasks import EMBED_QUERY
from interview_core.db.search import Hit, search_chunks
from interview_core.errors import Unavailable
from interview_core.queries import QueryVector, await_reply, put_query

WAIT_S = 2.0


class SearchUnavailable(Unavailable):
    code = "SEARCH_UNAVAILABLE"


def search(
    resources: Resources, user_id: UUID, query: str, *, limit: int, resume_id: UUID | None
) -> tuple[list[Hit], str]:
    """Return the nearest chunks of the user's résumés, and the model that compared them.

    Raises:
        SearchUnavailable: no worker gave the query's vector in time.
    """
    found = _vector(resources, query)
    with resources.sessions() as session:
        hits = search_chunks(session, user_id, found.vector, found.model, limit=limit, resume_id=resume_id)
    return hits, found.model


def _vector(resources: Resources, query: str) -> QueryVector:
    query_id = uuid4()
    try:
        put_query(resources.redis, query_id, query)
        resources.broker.dispatch(EMBED_QUERY, EmbedQuery(query_id=query_id))
        found = await_reply(resources.redis, query_id, within_s=WAIT_S)
    except (RedisError, BrokerUnavailable):
        found = None
    if found is None:
        raise SearchUnavailable("The worker that understands queries did not answer; try again in a moment.")
    return found
