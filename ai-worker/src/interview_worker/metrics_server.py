"""Shows a worker's figures to Prometheus on a port of their own."""

import structlog
from prometheus_client import CollectorRegistry, start_http_server

log = structlog.get_logger(__name__)


def serve_metrics(registry: CollectorRegistry, host: str, port: int) -> None:
    """Serve `/metrics` from a thread of this process; a port that is taken costs the figures, not the worker."""
    try:
        start_http_server(port, addr=host, registry=registry)
    except OSError as error:
        log.warning("metrics not served", host=host, port=port, reason=error.strerror)
    else:
        log.info("metrics served", host=host, port=port)
