"""The media server's HTTP side: `uvicorn --factory interview_media.app:create_app`."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Literal

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.middleware.cors import CORSMiddleware
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from pydantic import BaseModel
from redis import Redis as SyncRedis
from redis.asyncio import Redis

from interview_core.contract.broker import Broker
from interview_core.db.engine import make_engine, make_session_factory
from interview_core.errors import EngineUnavailable, InterviewError
from interview_core.logs import configure_logs
from interview_core.settings import SettingsInvalid, load_settings
from interview_core.storage import Storage
from interview_core.streams import EventWriter
from interview_core.tickets import read_media_ticket
from interview_core.turn_servers import IceServer, make_ice_servers
from interview_media.end_of_turn import EndOfTurn, SilenceAlone
from interview_media.errors import handle_errors
from interview_media.frames import FrameSender
from interview_media.loop_lag import LoopLag
from interview_media.metrics import MediaMetrics
from interview_media.middleware import BodyLimit, RequestIds
from interview_media.offers import check_offer
from interview_media.origins import check_origin
from interview_media.peers import Peers
from interview_media.resources import MediaResources
from interview_media.settings import MediaSettings
from interview_media.smart_turn import SmartTurn
from interview_media.speech_store import DurableSpeechStore
from interview_media.speech_writer import MemoryBudget
from interview_media.voice_activity import SileroNetwork

log = structlog.get_logger(__name__)

MAX_BODY_BYTES = 64 * 1024
_DATABASE_CONNECTIONS = 4


class Offer(BaseModel):
    """A browser's wish to connect."""

    ticket: str
    sdp: str


class Answer(BaseModel):
    """What the browser gives to `setRemoteDescription`; and the relays that it may use, as its ticket named them."""

    type: Literal["answer"] = "answer"
    sdp: str
    ice_servers: list[IceServer]


class Health(BaseModel):
    status: Literal["ok"] = "ok"
    peers: int
    max_peers: int
    loop_lag_ms: int
    """The worst of the last ten seconds."""
    can_hear: bool
    """Whether spoken answers can be taken; false when the network that finds voices is missing."""
    end_of_turn: str
    """What helps to tell when an answer is over: `smart-turn`, or `silence` alone."""


def create_app() -> FastAPI:
    """Make the app as the environment says, or end the process with the reason."""
    try:
        settings = load_settings(MediaSettings)
    except SettingsInvalid as error:
        raise SystemExit(str(error)) from None
    configure_logs(settings, "media-server")
    return make_app(settings)


def make_app(settings: MediaSettings) -> FastAPI:
    """Make the app for given settings; connections are made when it starts and closed when it stops."""
    app = FastAPI(title="Interview media server", lifespan=_run, openapi_url=None)
    app.state.settings = settings
    app.add_api_route("/media/offer", take_offer, methods=["POST"])
    app.add_api_route("/healthz", check_health, methods=["GET"])
    app.add_api_route("/metrics", show_metrics, methods=["GET"])
    handle_errors(app)
    app.add_middleware(BodyLimit, max_bytes=MAX_BODY_BYTES)
    app.add_middleware(
        CORSMiddleware,
        allow_origins=settings.cors_origins,
        allow_methods=["POST"],
        allow_headers=["Content-Type"],
        expose_headers=["X-Request-ID", "Retry-After"],
    )
    app.add_middleware(RequestIds)
    return app


@asynccontextmanager
async def _run(app: FastAPI) -> AsyncIterator[None]:
    settings: MediaSettings = app.state.settings
    redis: Redis = Redis.from_url(settings.redis_url, socket_connect_timeout=0.5, socket_timeout=1)
    events_redis = SyncRedis.from_url(settings.redis_url, socket_connect_timeout=0.5, socket_timeout=1)
    engine = make_engine(settings.database_url, pool_size=_DATABASE_CONNECTIONS)
    broker = Broker(settings.redis_url)
    lag = app.state.lag = LoopLag()
    store = DurableSpeechStore(
        Storage(settings.storage_url), make_session_factory(engine, broker), EventWriter(events_redis)
    )
    resources = MediaResources(
        settings,
        FrameSender(redis, broker),
        store,
        _load_network(),
        MediaMetrics(lambda: len(app.state.peers), lambda: lag.usual_worst_ms),
        MemoryBudget(settings.media_unstored_mb * 1024 * 1024),
        _load_end_of_turn(settings),
    )
    peers = app.state.peers = Peers(resources, redis, lambda: lag.usual_worst_ms)
    app.state.resources = resources
    working = [asyncio.create_task(lag.measure()), asyncio.create_task(peers.watch())]
    try:
        yield
    finally:
        for task in working:
            task.cancel()
        await peers.close_all()
        resources.close()
        await redis.aclose()
        events_redis.close()
        engine.dispose()


def _load_network() -> SileroNetwork | None:
    try:
        return SileroNetwork()
    except EngineUnavailable as error:
        log.error("no spoken answers can be taken", reason=error.message)
        return None


def _load_end_of_turn(settings: MediaSettings) -> EndOfTurn:
    if not settings.media_turn_model:
        return SilenceAlone()
    try:
        return SmartTurn(settings.models_dir / settings.media_turn_model)
    except EngineUnavailable as error:
        log.error("silence alone ends answers", reason=error.message)
        return SilenceAlone()


async def take_offer(offer: Offer, request: Request) -> Answer:
    """Connect a browser that holds a media ticket, and answer its offer at once, without trickle."""
    state = request.app.state
    settings: MediaSettings = state.settings
    try:
        check_origin(request.headers.get("origin"), request.headers.get("host"), settings.cors_origins)
        ticket = read_media_ticket(offer.ticket, secret=settings.media_secret_key.get_secret_value())
        sdp = await state.peers.connect(ticket, check_offer(offer.sdp))
    except InterviewError as error:
        state.resources.metrics.count_offer(error.code)
        raise
    state.resources.metrics.count_offer("answered")
    return Answer(sdp=sdp, ice_servers=make_ice_servers(settings, ticket.interview_id))


async def check_health(request: Request) -> Health:
    """Tell how full and how late this process is."""
    state = request.app.state
    return Health(
        peers=len(state.peers),
        max_peers=state.settings.media_max_peers,
        loop_lag_ms=state.lag.worst_ms,
        can_hear=state.resources.network is not None,
        end_of_turn=state.resources.end_of_turn.name,
    )


async def show_metrics(request: Request) -> Response:
    """Figures for Prometheus."""
    return Response(generate_latest(request.app.state.resources.metrics.registry), media_type=CONTENT_TYPE_PLAIN_0_0_4)
