"""The application: `uvicorn --factory interview_api.app:create_app`."""

import logging
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache

from fastapi import APIRouter, FastAPI
from fastapi.middleware.cors import CORSMiddleware
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute

from interview_api.auth.routes import router as auth
from interview_api.docs import DESCRIPTION, TAGS, DocumentedApi, add_docs
from interview_api.errors import add_error_handlers, error_docs
from interview_api.explanations.routes import router as explanations
from interview_api.interviews.routes import router as interviews
from interview_api.interviews.routes import scenarios
from interview_api.learning.routes import router as learning
from interview_api.middleware import AddressLimit, BodyLimit, RequestContext
from interview_api.operations.routes import router as operations
from interview_api.progress.routes import router as progress
from interview_api.question_sets.routes import router as question_sets
from interview_api.report_files.routes import router as report_files
from interview_api.reports.routes import router as reports
from interview_api.resources import Resources, make_resources
from interview_api.resumes.routes import router as resumes
from interview_api.reviews.routes import operations as review_operations
from interview_api.reviews.routes import router as reviews
from interview_api.settings import ApiSettings
from interview_api.speech.routes import router as speech
from interview_api.system.routes import probes
from interview_api.system.routes import router as system
from interview_api.usage.routes import router as usage
from interview_api.users.routes import router as users
from interview_core import __version__
from interview_core.errors import InterviewError
from interview_core.logs import configure_logs
from interview_core.redis_checks import check_redis
from interview_core.settings import load_settings

API = "/api/v1"


def create_app() -> FastAPI:
    """Return the application as the environment configures it, or end the process with what is wrong."""
    try:
        settings = load_settings(ApiSettings)
        configure_logs(settings, "backend")
        _log_like_the_rest("uvicorn", "uvicorn.error")
        logging.getLogger("uvicorn.access").disabled = True
        check_redis(settings.redis_url)
        return build_app(make_resources(settings))
    except InterviewError as error:
        sys.exit(str(error))


def build_app(resources: Resources) -> FastAPI:
    """Return the application on these resources, which it closes when it stops."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        await resources.close()

    app = describe_app(lifespan=lifespan)
    app.state.resources = resources
    _add_middleware(app, resources)
    return app


def describe_app(**options: object) -> FastAPI:
    """Return the application's routes and documentation, which need no resources to be looked at."""
    app = DocumentedApi(
        title="AI interview platform",
        version=__version__,
        summary="Résumé in, interview in the browser, report out.",
        description=DESCRIPTION,
        openapi_tags=TAGS,
        routes=_routes(),
        generate_unique_id_function=_operation_id,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        **options,  # type: ignore[arg-type]  # FastAPI's own keyword arguments
    )
    add_error_handlers(app)
    add_docs(app)
    return app


@cache
def _routes() -> list[BaseRoute]:
    """Return what every application of this process answers; putting it together takes longer than all the rest."""
    api = APIRouter(prefix=API, responses=error_docs(429, 500, 503))
    for router in (
        auth, users, usage, resumes, scenarios, interviews, speech, reports, report_files, explanations,
        reviews, progress, question_sets, learning, system, operations, review_operations,
    ):  # fmt: skip
        api.include_router(router)
    everything = APIRouter(generate_unique_id_function=_operation_id)
    everything.include_router(api)
    everything.include_router(probes)
    return everything.routes


def _add_middleware(app: FastAPI, resources: Resources) -> None:
    """The last one added is the outermost."""
    settings = resources.settings
    app.add_middleware(
        BodyLimit,
        max_bytes=settings.max_body_bytes,
        uploads={
            f"{API}/resumes": settings.max_upload_bytes,
            f"{API}/interviews/[^/]+/(questions/[^/]+/recordings|voice-baseline)": settings.max_recording_bytes,
        },
    )
    app.add_middleware(AddressLimit, limits=resources.limits)
    if settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=settings.cors_origins,
            allow_credentials=True,
            allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
            allow_headers=["Authorization", "Content-Type", "Idempotency-Key", "Last-Event-ID", "X-Request-ID"],
            expose_headers=["X-Request-ID", "Retry-After", "Content-Disposition", "X-Speech-Engine"],
        )
    app.add_middleware(RequestContext, metrics=resources.metrics)


def _operation_id(route: APIRoute) -> str:
    return route.name


def _log_like_the_rest(*names: str) -> None:
    for name in names:
        logger = logging.getLogger(name)
        logger.handlers = []
        logger.propagate = True
