"""The media server's HTTP side: `uvicorn --factory interview_media.app:create_app`."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Literal

from fastapi import FastAPI, Request
from fastapi.middleware.cors import CORSMiddleware
from pydantic import BaseModel
from redis.asyncio import Redis

from interview_core.contract.broker import Broker
from interview_core.logs import configure_logs
from interview_core.settings import SettingsInvalid, load_settings
from interview_core.tickets import read_media_ticket
from interview_media.errors import handle_errors
from interview_media.frames import FrameSender
from interview_media.loop_lag import LoopLag
from interview_media.middleware import BodyLimit, RequestIds
from interview_media.offers import check_offer
from interview_media.peers import Peers
from interview_media.settings import MediaSettings

MAX_BODY_BYTES = 64 * 1024


class Offer(BaseModel):
    """A browser's wish to connect."""

    ticket: str
    sdp: str


class Answer(BaseModel):
    """What the browser gives to `setRemoteDescription`."""

    type: Literal["answer"] = "answer"
    sdp: str


class Health(BaseModel):
    status: Literal["ok"] = "ok"
    peers: int
    max_peers: int
    loop_lag_ms: int
    """The worst of the last ten seconds."""


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

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        redis: Redis = Redis.from_url(settings.redis_url, socket_connect_timeout=0.5, socket_timeout=1)
        app.state.lag = LoopLag()
        app.state.peers = Peers(settings, redis, FrameSender(redis, Broker(settings.redis_url)))
        measuring = asyncio.create_task(app.state.lag.measure())
        try:
            yield
        finally:
            measuring.cancel()
            await app.state.peers.close_all()
            await redis.aclose()

    app = FastAPI(title="Interview media server", lifespan=lifespan, openapi_url=None)
    app.state.settings = settings
    app.add_api_route("/media/offer", take_offer, methods=["POST"])
    app.add_api_route("/healthz", check_health, methods=["GET"])
    handle_errors(app)
    app.add_middleware(BodyLimit, max_bytes=MAX_BODY_BYTES)
    app.add_middleware(
        CORSMiddleware,
        allow_origins=settings.cors_origins,
        allow_methods=["POST"],
        allow_headers=["Content-Type"],
        expose_headers=["X-Request-ID"],
    )
    app.add_middleware(RequestIds)
    return app


async def take_offer(offer: Offer, request: Request) -> Answer:
    """Connect a browser that holds a media ticket, and answer its offer at once, without trickle."""
    state = request.app.state
    ticket = read_media_ticket(offer.ticket, secret=state.settings.media_secret_key.get_secret_value())
    peers: Peers = state.peers
    return Answer(sdp=await peers.connect(ticket, check_offer(offer.sdp)))


async def check_health(request: Request) -> Health:
    """Tell how full and how late this process is."""
    state = request.app.state
    return Health(peers=len(state.peers), max_peers=state.settings.media_max_peers, loop_lag_ms=state.lag.worst_ms)
