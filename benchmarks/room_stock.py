"""aiortc as its documentation shows it, for comparison: every frame is decoded, and the newest one looked at."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import av
from aiortc import MediaStreamTrack, RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import MediaStreamError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from interview_media.loop_lag import LoopLag

LOOK_EVERY_FRAMES = 15


class Room:
    """`samples` counts audio of 16 kHz; its shortfall is what got lost."""

    def __init__(self) -> None:
        self.samples = 0
        self.peers: set[RTCPeerConnection] = set()
        self.tasks: set[asyncio.Task[None]] = set()
        self.lag = LoopLag()

    def start(self, track: MediaStreamTrack) -> None:
        task = asyncio.create_task(self._listen(track) if track.kind == "audio" else self._watch(track))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def _listen(self, track: MediaStreamTrack) -> None:
        resampler = av.AudioResampler(format="s16", layout="mono", rate=16_000)
        with suppress(MediaStreamError):
            while True:
                frame = await track.recv()
                if isinstance(frame, av.AudioFrame):
                    self.samples += sum(piece.samples for piece in resampler.resample(frame))

    async def _watch(self, track: MediaStreamTrack) -> None:
        count = 0
        with suppress(MediaStreamError):
            while True:
                frame = await track.recv()
                count += 1
                if count % LOOK_EVERY_FRAMES == 0 and isinstance(frame, av.VideoFrame):
                    frame.to_ndarray(format="bgr24")


def create_app() -> Starlette:
    """Make the app; `uvicorn --factory benchmarks.room_stock:create_app`."""
    room = Room()

    async def offer(request: Request) -> JSONResponse:
        body = json.loads(await request.body())
        peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        room.peers.add(peer)
        peer.add_listener("track", room.start)
        await peer.setRemoteDescription(RTCSessionDescription(sdp=body["sdp"], type="offer"))
        await peer.setLocalDescription(await peer.createAnswer())
        return JSONResponse({"sdp": peer.localDescription.sdp, "type": "answer"})

    async def stats(_request: Request) -> JSONResponse:
        return JSONResponse({"samples": room.samples, "lag_ms": room.lag.usual_worst_ms})

    @asynccontextmanager
    async def run(_app: Starlette) -> AsyncIterator[None]:
        measuring = asyncio.create_task(room.lag.measure())
        yield
        measuring.cancel()

    routes = [Route("/media/offer", offer, methods=["POST"]), Route("/stats", stats)]
    return Starlette(routes=routes, lifespan=run)
