"""Pipecat's SmallWebRTC transport, for comparison: the microphone at 16 kHz with its Silero, a picture a second.

Pipecat is no dependency: it is measured where `PIPECAT_PYTHON` names the Python of an environment that has it.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from loguru import logger
from pipecat.audio.vad.silero import SileroVADAnalyzer
from pipecat.frames.frames import Frame, InputAudioRawFrame
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.processors.audio.vad_processor import VADProcessor
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
from pipecat.transports.base_transport import TransportParams, VideoInSourceParams
from pipecat.transports.smallwebrtc.connection import SmallWebRTCConnection
from pipecat.transports.smallwebrtc.transport import SmallWebRTCTransport
from pipecat.workers.runner import WorkerRunner
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from interview_media.loop_lag import LoopLag

_RATE = 16_000
_SAMPLE_BYTES = 2


class Counter(FrameProcessor):  # type: ignore[misc]  # its base is unknown where Pipecat is not installed
    """The end of each pipeline."""

    samples = 0

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if isinstance(frame, InputAudioRawFrame):
            Counter.samples += len(frame.audio) // _SAMPLE_BYTES
        await self.push_frame(frame, direction)


async def _run_session(connection: Any) -> None:
    camera = {"camera": VideoInSourceParams(framerate=1)}
    params = TransportParams(audio_in_enabled=True, video_in_enabled=True, video_in_sources=camera)
    transport = SmallWebRTCTransport(connection, params)
    voices = VADProcessor(vad_analyzer=SileroVADAnalyzer())
    pipeline = Pipeline([transport.input(), voices, Counter()])
    worker = PipelineWorker(
        pipeline, params=PipelineParams(audio_in_sample_rate=_RATE), enable_rtvi=False, enable_turn_tracking=False
    )

    async def end(*_: object) -> None:
        await worker.cancel()

    transport.add_event_handler("on_client_disconnected", end)
    runner = WorkerRunner(handle_sigint=False)
    await runner.add_workers(worker)
    await runner.run()


def create_app() -> Starlette:
    """Make the app; `uvicorn --factory benchmarks.room_pipecat:create_app`."""
    logger.remove()
    sessions: set[asyncio.Task[None]] = set()
    lag = LoopLag()

    async def offer(request: Request) -> JSONResponse:
        connection = SmallWebRTCConnection(ice_servers=[])
        await connection.initialize(sdp=json.loads(await request.body())["sdp"], type="offer")
        session = asyncio.create_task(_run_session(connection))
        sessions.add(session)
        session.add_done_callback(sessions.discard)
        return JSONResponse(connection.get_answer())

    async def stats(_request: Request) -> JSONResponse:
        return JSONResponse({"samples": Counter.samples, "lag_ms": lag.usual_worst_ms})

    @asynccontextmanager
    async def run(_app: Starlette) -> AsyncIterator[None]:
        measuring = asyncio.create_task(lag.measure())
        yield
        measuring.cancel()

    routes = [Route("/media/offer", offer, methods=["POST"]), Route("/stats", stats)]
    return Starlette(routes=routes, lifespan=run)
