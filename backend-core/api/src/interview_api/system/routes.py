"""/healthz, /readyz and /api/v1/system."""

from fastapi import APIRouter, Response

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
