"""/healthz, /readyz, /metrics and /api/v1/system."""

from fastapi import APIRouter, Response
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest

from interview_api.dependencies import AppResources
from interview_api.system import service
from interview_api.system.schemas import Health, Readiness, SystemStatus

router = APIRouter(prefix="/system", tags=["system"])
probes = APIRouter(tags=["system"])


@router.get("/status")
def read_system_status(resources: AppResources) -> SystemStatus:
    """Return what works right now: whether a model can ask and judge, and what may be uploaded."""
    return service.read_status(resources)


@probes.get("/healthz")
async def check_health() -> Health:
    """Say that the process lives; nothing else is touched."""
    return Health()


@probes.get("/readyz", responses={503: {"model": Readiness, "description": "The backend cannot work."}})
def check_readiness(resources: AppResources, response: Response) -> Readiness:
    """Check database, migrations, storage, broker and workers; `degraded` (200) still takes work."""
    readiness = service.check_readiness(resources)
    if readiness.status == "unavailable":
        response.status_code = 503
    return readiness


@probes.get("/metrics", include_in_schema=False)
def read_metrics(resources: AppResources) -> Response:
    return Response(generate_latest(resources.metrics.registry), media_type=CONTENT_TYPE_PLAIN_0_0_4)
