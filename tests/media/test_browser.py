"""The media server as its own process, and a real Chromium with a fake camera on a page of another origin."""

import asyncio
import functools
import http.server
import io
import os
import shutil
import signal
import socket
import subprocess
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from uuid import UUID

import numpy as np
import pytest
import yaml
from PIL import Image
from playwright.async_api import Page, async_playwright
from redis import Redis
from sqlalchemy.orm import sessionmaker
from sqlmodel import Session

from interview_core.db.tables import Interview
from interview_core.frames import Frame
from interview_core.storage import Storage
from interview_core.streams import frame_slot
from interview_core.turn_servers import TurnSettings, make_ice_servers
from tests.media.browsers import make_ticket, sign, until
from tests.media.process import ServerProcess
from tests.media.speaking import kept_s, segments, voiced_s
from tests.samples.speak import encode, silence, speak

pytestmark = pytest.mark.e2e

FLAGS = ["--no-sandbox", "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
PAGE = """<!doctype html><title>camera</title><script>
async function connect(url, ticket, configuration) {
  // Sound as it is: what suppresses noise takes a synthetic voice for some.
  const audio = {noiseSuppression: false, echoCancellation: false, autoGainControl: false}
  const stream = await navigator.mediaDevices.getUserMedia({audio, video: {width: 640, height: 480}})
  const pc = window.pc = new RTCPeerConnection({iceServers: [], ...configuration})
  window.heard = []
  window.ctl = pc.createDataChannel('ctl')
  ctl.onmessage = event => heard.push(JSON.parse(event.data))
  for (const track of stream.getTracks()) pc.addTransceiver(track, {direction: 'sendonly', streams: [stream]})
  await pc.setLocalDescription(await pc.createOffer())
  const response = await fetch(url, {method: 'POST', headers: {'Content-Type': 'application/json'},
                                     body: JSON.stringify({ticket, sdp: pc.localDescription.sdp})})
  await pc.setRemoteDescription(await response.json())
}
function say(message) { ctl.send(JSON.stringify(message)) }
function latest(type) { return heard.filter(message => message.type === type).at(-1) }
</script>"""


@pytest.fixture
def page_origin(tmp_path: Path) -> Iterator[str]:
    (tmp_path / "index.html").write_text(PAGE)
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=tmp_path)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@asynccontextmanager
async def open_page(origin: str, *flags: str) -> AsyncIterator[Page]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=shutil.which("chromium"), args=[*FLAGS, *flags])
        page = await browser.new_page()
        await page.goto(origin)
        yield page
        await browser.close()


@pytest.fixture
async def page(page_origin: str) -> AsyncIterator[Page]:
    async with open_page(page_origin) as page:
        yield page


async def connect(page: Page, url: str, ticket: str, configuration: dict | None = None) -> None:
    arguments = [f"{url}/media/offer", ticket, configuration or {}]
    await page.evaluate("arguments => connect(...arguments)", arguments)
    await page.wait_for_function("pc.connectionState === 'connected'", timeout=20_000)


async def test_a_real_browsers_frames_reach_the_slot_and_the_server_stops_cleanly(
    page: Page, page_origin: str, server: Callable[..., ServerProcess], redis: Redis
) -> None:
    running = await server(CORS_ORIGINS=page_origin).start()
    url, process = running.url, running.process
    ticket = make_ticket()
    slot = frame_slot(ticket.interview_id)
    await connect(page, url, sign(ticket))
    await until(lambda: redis.exists(slot) == 1)
    first = Frame.unpack(redis.get(slot))
    picture = Image.open(io.BytesIO(first.jpeg))
    # A browser on a busy machine sends a smaller picture of the same shape.
    assert (picture.format, picture.width * 3) == ("JPEG", picture.height * 4)
    assert len({picture.convert("L").getpixel((x, 240)) // 16 for x in range(0, 640, 8)}) > 1
    await until(lambda: Frame.unpack(redis.get(slot)).frame_ms > first.frame_ms)
    process.send_signal(signal.SIGTERM)
    assert await asyncio.to_thread(process.wait, 15) in (0, -signal.SIGTERM)
    await page.wait_for_function("pc.connectionState !== 'connected'", timeout=20_000)


async def test_without_consent_a_real_browser_stays_connected_and_no_frame_leaves(
    page: Page, page_origin: str, server: Callable[..., ServerProcess], redis: Redis
) -> None:
    running = await server(CORS_ORIGINS=page_origin).start()
    url = running.url
    ticket = make_ticket(may_analyze_emotion=False)
    await connect(page, url, sign(ticket))
    await asyncio.sleep(7)
    assert await page.evaluate("pc.connectionState") == "connected"
    assert running.count_peers() == 1
    assert redis.exists(frame_slot(ticket.interview_id)) == 0
    await page.evaluate("pc.close()")
    await until(lambda: running.count_peers() == 0, within_s=10)


@pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is missing: nobody speaks")
async def test_what_is_said_into_a_real_browsers_microphone_is_stored(
    page_origin: str,
    server: Callable[..., ServerProcess],
    interview: Interview,
    question_id: UUID,
    sessions: sessionmaker[Session],
    storage: Storage,
    tmp_path: Path,
) -> None:
    running = await server(CORS_ORIGINS=page_origin).start()
    speech = speak("저는 주문 시스템을 개선했습니다")
    microphone = tmp_path / "microphone.wav"
    microphone.write_bytes(encode(np.concatenate([silence(3), speech, silence(4)]), "wav", rate=48_000))
    async with open_page(page_origin, f"--use-file-for-fake-audio-capture={microphone}") as page:
        await connect(page, running.url, sign(make_ticket(interview.id)))
        await page.wait_for_function("latest('ready')?.may_transcribe")
        # The file is played in a loop: an answer is what is said between two silences.
        for is_speaking in ("true", "false"):
            await page.wait_for_function(f"latest('speaking')?.is_speaking === {is_speaking}", timeout=60_000)
        start = {"type": "answer.start", "question_id": str(question_id), "take": 1}
        await page.evaluate("message => say(message)", start)
        await page.wait_for_function("latest('speaking').is_speaking", timeout=60_000)
        await page.wait_for_function("latest('pause')", timeout=60_000)
        await page.evaluate("message => say(message)", {"type": "answer.end", "question_id": str(question_id)})
        ended = await (await page.wait_for_function("latest('answer.ended')", timeout=60_000)).json_value()
    assert (ended["reason"], ended["last_sequence"]) == ("button", segments(sessions)[-1].sequence)
    assert kept_s(sessions, storage) == pytest.approx(voiced_s(speech), rel=0.2)


@pytest.mark.skipif(shutil.which("turnserver") is None, reason="coturn is missing: no relay for the test")
async def test_a_browser_that_reaches_only_the_relay_is_connected_through_it(
    page: Page,
    page_origin: str,
    server: Callable[..., ServerProcess],
    redis: Redis,
    free_port: Callable[[], int],
    tmp_path: Path,
) -> None:
    secret, port, address = os.urandom(20).hex(), free_port(), own_address()
    with relay(secret, port, address, tmp_path):
        url = f"turn:{address}:{port}?transport=udp"
        running = await server(CORS_ORIGINS=page_origin, TURN_URLS=url, TURN_SECRET=secret).start()
        ticket = make_ticket()
        (ice_server,) = make_ice_servers(TurnSettings(turn_urls=url, turn_secret=secret), ticket.interview_id)
        only_relay = {"iceServers": [ice_server.model_dump()], "iceTransportPolicy": "relay"}
        await connect(page, running.url, sign(ticket), only_relay)
        await until(lambda: redis.exists(frame_slot(ticket.interview_id)) == 1)
        used = await page.evaluate(
            "async () => [...(await pc.getStats()).values()].filter(s => s.type === 'local-candidate')"
            ".map(s => s.candidateType)"
        )
        assert set(used) == {"relay"}


def own_address() -> str:
    """Return an address of this machine that is not the loopback, which neither browsers nor the server offer."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))
        return str(probe.getsockname()[0])


@contextmanager
def relay(secret: str, port: int, address: str, folder: Path) -> Iterator[None]:
    """coturn with the very options of the compose file, but for its addresses."""
    compose = yaml.safe_load((Path(__file__).parents[2] / "docker-compose.yml").read_text("utf-8"))
    replaced = {
        "--listening-port": str(port),
        "--allowed-peer-ip": address,
        "--pidfile": str(folder / "turnserver.pid"),
        "--userdb": str(folder / "turndb"),
    }
    options = [option.partition("=") for option in compose["services"]["turn"]["command"]]
    command = [f"{name}{equals}{replaced.get(name, value)}" for name, equals, value in options]
    with subprocess.Popen(
        ["turnserver", "-n", f"--static-auth-secret={secret}", f"--listening-ip={address}", *command],
        stdout=subprocess.DEVNULL,
    ) as process:
        try:
            yield
        finally:
            process.kill()
