"""Turns what somebody searches for into a vector, while they wait."""

import structlog

from interview_core.contract.payloads import EmbedQuery
from interview_core.contract.tasks import EMBED_QUERY
from interview_core.queries import reply_to_query, take_query
from interview_worker.binding import handles
from interview_worker.cpu.resources import CpuResources
from interview_worker.masking import mask

log = structlog.get_logger(__name__)


@handles(EMBED_QUERY)
def embed_query(payload: EmbedQuery, resources: CpuResources) -> None:
    """Answer with the query's vector; a query that nobody waits for any more is dropped."""
    text = take_query(resources.redis, payload.query_id)
    if text is None:
        log.info("query dropped")
        return
    # Chunks were masked before they got their vectors.
    vector = resources.embedding.embed_query(mask(text))
    reply_to_query(resources.redis, payload.query_id, resources.embedding.model_name, vector)
