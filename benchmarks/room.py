"""What a session in the room costs, and how much of its voice arrives, beside aiortc as it comes and Pipecat."""

import asyncio
import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID, uuid4

import httpx
import psutil
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.rtcdtlstransport import RTCDtlsTransport

from benchmarks.measure import print_cells
from benchmarks.room_media import Film, make_film
from benchmarks.room_workers import measure_workers
from interview_core.tickets import MediaTicket, sign_media_ticket
from tests.factories import make_interview, make_user, open_question
from tests.ports import free_port
from tests.stack import Service, Stack, run_stack, wait_for

SESSIONS = (1, 4, 8, 16)
LOSSES = (0.0, 0.02, 0.05, 0.1)
_WARM_UP_S = 3
_MEASURED_S = 12
_LOSS_MEASURED_S = 20
_LOSS_SESSIONS = 2


class Server(Protocol):
    """A media server under load."""

    @property
    def name(self) -> str: ...

    @property
    def url(self) -> str: ...

    @property
    def pid(self) -> int: ...

    def admit(self) -> tuple[str, UUID | None]:
        """Return a ticket, and the question to be answered with it."""

    async def read(self, http: httpx.AsyncClient, sessions: int, since: dict[str, float]) -> dict[str, float]:
        """Return `lag_ms`, and `missing`: the share of audio that did not arrive since an earlier reading."""


@dataclass
class Platform:
    """This platform's media server: everybody is answering, heard, cut, stored and looked at."""

    stack: Stack

    @property
    def name(self) -> str:
        return "this platform"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.stack.media_port}"

    @property
    def pid(self) -> int:
        return self.stack.services["media-server"].pid

    def admit(self) -> tuple[str, UUID | None]:
        with self.stack.sessions() as session:
            interview = make_interview(session, make_user(session))
            question_id = open_question(session, interview)
        ticket = MediaTicket(
            ticket_id=uuid4(),
            interview_id=interview.id,
            epoch=1,
            purpose="practice",
            may_transcribe=True,
            may_analyze_emotion=True,
            language="ko",
            min_silence_ms=1000,
            max_silence_ms=0,
        )
        return sign_media_ticket(ticket, secret=self.stack.environment["MEDIA_SECRET_KEY"]), question_id

    async def read(self, http: httpx.AsyncClient, sessions: int, since: dict[str, float]) -> dict[str, float]:
        text = (await http.get(f"{self.url}/metrics")).text
        figures = dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
        gap_ms, now = float(figures["interview_media_audio_gap_ms_total"]), time.monotonic()
        elapsed_ms = (now - since.get("at", now)) * 1000 * sessions
        missing = (gap_ms - since.get("gap_ms", 0)) / elapsed_ms if elapsed_ms else 0.0
        return {
            "lag_ms": float(figures["interview_media_loop_lag_ms"]),
            "missing": missing,
            "gap_ms": gap_ms,
            "at": now,
        }


@dataclass
class Stock:
    """aiortc as its documentation shows it, or another server that is asked in the same way."""

    folder: Path
    loop: str
    title: str = "aiortc"
    app: str = "benchmarks.room_stock"
    python: str = sys.executable
    service: Service = field(init=False)
    port: int = field(default_factory=free_port)

    def __post_init__(self) -> None:
        arguments = ["-m", "uvicorn", "--factory", f"{self.app}:create_app", "--port", str(self.port)]
        command = [self.python, *arguments, "--loop", self.loop, "--no-access-log"]
        root = Path(__file__).parents[1]
        environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": f"{root}:{root / 'media-server' / 'src'}"}
        self.service = Service(f"{self.title}-{self.loop}", command, environment, self.folder).start()
        wait_for(lambda: _answers(f"{self.url}/stats"), within_s=60, what=f"{self.title} serves")

    @property
    def name(self) -> str:
        return f"{self.title}, {self.loop}"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        return self.service.pid

    def admit(self) -> tuple[str, UUID | None]:
        return "", None

    async def read(self, http: httpx.AsyncClient, sessions: int, since: dict[str, float]) -> dict[str, float]:
        figures = (await http.get(f"{self.url}/stats")).json()
        now = time.monotonic()
        expected = (now - since.get("at", now)) * 16_000 * sessions
        missing = 1 - (figures["samples"] - since.get("samples", 0)) / expected if expected else 0.0
        return {"lag_ms": figures["lag_ms"], "missing": missing, "samples": figures["samples"], "at": now}


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=1).is_success
    except httpx.HTTPError:
        return False


@dataclass
class Browser:
    """One session's sender. Its packets are encoded already, so that it costs little beside the server."""

    film: Film
    has_video: bool
    connection: RTCPeerConnection = field(default_factory=lambda: RTCPeerConnection(RTCConfiguration(iceServers=[])))

    async def join(self, http: httpx.AsyncClient, server: Server) -> None:
        ticket, question_id = await asyncio.to_thread(server.admit)
        for track in self.film.tracks(has_video=self.has_video):
            sender = self.connection.addTrack(track)
            # aiortc asks its encoder, which a recording does not have.
            vars(sender)["_send_keyframe"] = track.give_key_frame
        channel = self.connection.createDataChannel("ctl")
        start = json.dumps({"type": "answer.start", "question_id": str(question_id), "take": 1})
        if question_id is not None:
            channel.add_listener("open", lambda: channel.send(start))
        await self.connection.setLocalDescription(await self.connection.createOffer())
        body = {"ticket": ticket, "sdp": self.connection.localDescription.sdp}
        response = await http.post(f"{server.url}/media/offer", json=body)
        response.raise_for_status()
        answer = response.json()
        await self.connection.setRemoteDescription(RTCSessionDescription(sdp=answer["sdp"], type=answer["type"]))

    async def leave(self) -> None:
        await self.connection.close()


@dataclass(frozen=True)
class Load:
    cpu_share: float
    """Of one core."""
    memory_mb: float
    lag_ms: float
    missing: float


class LossyLine:
    """Drops a share of the packets of media that this process sends."""

    def __init__(self) -> None:
        self.loss = 0.0
        send: Callable[[RTCDtlsTransport, bytes], Awaitable[None]] = RTCDtlsTransport._send_rtp  # noqa: SLF001  where every packet leaves

        async def send_some(transport: RTCDtlsTransport, data: bytes) -> None:
            is_control = 64 <= data[1] & 0x7F <= 95
            if is_control or random.random() >= self.loss:
                await send(transport, data)

        setattr(RTCDtlsTransport, "_send_rtp", send_some)  # noqa: B010  a type checker refuses the plain assignment


async def put_under_load(server: Server, film: Film, sessions: int, seconds: float, *, has_video: bool = True) -> Load:
    """Connect sessions, let them run, and return what they cost the server's process."""
    browsers = [Browser(film, has_video) for _ in range(sessions)]
    async with httpx.AsyncClient(timeout=60) as http:
        for browser in browsers:
            await browser.join(http, server)
        await asyncio.sleep(_WARM_UP_S)
        process = psutil.Process(server.pid)
        before, times, began = await server.read(http, sessions, {}), process.cpu_times(), time.monotonic()
        await asyncio.sleep(seconds)
        took, times_after = time.monotonic() - began, process.cpu_times()
        after = await server.read(http, sessions, before)
        memory_mb = process.memory_info().rss / 1e6
        await asyncio.gather(*(browser.leave() for browser in browsers))
    cpu_s = times_after.user + times_after.system - times.user - times.system
    return Load(cpu_s / took, memory_mb, after["lag_ms"], after["missing"])


async def measure_sessions(servers: list[Server], film: Film) -> None:
    rows = []
    for sessions in SESSIONS:
        for server in servers:
            load = await put_under_load(server, film, sessions, _MEASURED_S)
            each = f"{load.cpu_share / sessions:.1%}"
            rows.append(
                [
                    server.name,
                    f"{sessions}",
                    f"{load.cpu_share:.0%}",
                    each,
                    f"{load.lag_ms:.0f}",
                    f"{load.memory_mb:.0f}",
                ]
            )
    header = ["server", "sessions", "of a core", "each", "event loop late, p99 ms", "memory, MB"]
    print_cells("The room: video of 640 × 480 at 15 frames/s and speech", header, rows)


async def measure_losses(servers: list[Server], film: Film, line: LossyLine) -> None:
    rows = []
    for loss in LOSSES:
        line.loss = loss
        loads = [
            await put_under_load(server, film, _LOSS_SESSIONS, _LOSS_MEASURED_S, has_video=False) for server in servers
        ]
        rows.append([f"{loss:.0%}", *(f"{max(load.missing, 0):.1%}" for load in loads)])
    line.loss = 0.0
    print_cells("Audio missing, by packets lost", ["packets lost", *(server.name for server in servers)], rows)


def measure_room() -> None:
    """Print all tables. All servers run in turn, beside the senders, on this machine."""
    settings: dict[str, Any] = {"MEDIA_MAX_PEERS": "64", "MEDIA_MAX_LAG_MS": "100000"}
    with tempfile.TemporaryDirectory() as folder, run_stack(Path(folder), settings) as stack:
        film = make_film()
        stack.start("media-server")
        stock = [Stock(Path(folder), "asyncio"), Stock(Path(folder), "uvloop")]
        if python := os.environ.get("PIPECAT_PYTHON"):
            stock.append(Stock(Path(folder), "uvloop", "Pipecat", "benchmarks.room_pipecat", python))
        try:
            servers: list[Server] = [Platform(stack), *stock]
            asyncio.run(_measure(servers, film))
        finally:
            for server in stock:
                server.service.stop(within_s=5)
    with tempfile.TemporaryDirectory() as folder:
        measure_workers(Path(folder))


async def _measure(servers: list[Server], film: Film) -> None:
    line = LossyLine()
    await measure_sessions(servers, film)
    # The loop changes nothing about what gets lost.
    await measure_losses(servers[:2], film, line)
